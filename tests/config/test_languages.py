"""A language is added by files alone."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf.locale import LANG_INFO
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from config import languages
from requests_app.models import Category
from tests import factories
from tests.made_up_language import add_language, in_arabic_letters

pytestmark = pytest.mark.shows("4.23")

ROOT = Path(__file__).resolve().parents[2]
CREOLE = {"name": "Haitian Creole", "name_local": "kreyòl ayisyen"}


@pytest.fixture(autouse=True)
def _what_django_knew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test tells Django of languages ends with it."""
    for code in ("ht", "xx", "zh-hans"):
        monkeypatch.setitem(LANG_INFO, code, LANG_INFO.get(code, {}))
        if not LANG_INFO[code]:
            monkeypatch.delitem(LANG_INFO, code)


def empty(folder: Path, name: str) -> Path:
    (folder / name / "LC_MESSAGES").mkdir(parents=True)
    (folder / name / "LC_MESSAGES/django.po").touch()
    return folder / name


def test_english_and_every_folder_with_words_are_spoken_under_their_own_names(tmp_path: Path) -> None:
    empty(tmp_path, "fr")
    empty(tmp_path, "zh_Hans")
    (tmp_path / "notes").mkdir()
    assert languages.spoken([ROOT / "locale", tmp_path]) == [
        ("en", "English"),
        ("es", "Español"),
        ("fr", "Français"),
        ("zh-hans", "简体中文"),
    ]


def test_a_language_that_django_does_not_know_says_its_own_name(tmp_path: Path) -> None:
    folder = empty(tmp_path, "ht")
    with pytest.raises(ValueError, match=r"ht/language\.json must name it"):
        languages.spoken([tmp_path])
    (folder / "language.json").write_text(json.dumps(CREOLE))
    assert languages.spoken([tmp_path]) == [("en", "English"), ("ht", "Kreyòl ayisyen")]
    assert languages.run_from_the_right([("ht", "")]) == []


def test_which_languages_run_from_the_right_is_known(tmp_path: Path) -> None:
    folder = empty(tmp_path, "xx")
    (folder / "language.json").write_text(json.dumps({**CREOLE, "right_to_left": True}))
    empty(tmp_path, "fa")
    assert languages.run_from_the_right(languages.spoken([tmp_path])) == ["fa", "xx"]


def test_a_folder_named_in_the_settings_is_enough(tmp_path: Path) -> None:
    add_language(tmp_path, "ht", about=CREOLE)
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "LOCALE_FOLDERS": str(tmp_path)}
    asked = (
        "from django.conf import settings; import django; django.setup(); from django.utils import translation;"
        "translation.activate('ht'); print(dict(settings.LANGUAGES)['ht'], translation.gettext('Where is it?'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == f"Kreyòl ayisyen {in_arabic_letters('Where is it?')}", done.stderr


@pytest.mark.django_db
def test_a_city_that_speaks_it_is_read_in_it_from_the_first_page_to_the_catalog(
    tmp_path: Path, settings: Settings, client: Client
) -> None:
    add_language(tmp_path, "ht", about=CREOLE)
    settings.LOCALE_PATHS = [str(tmp_path), *settings.LOCALE_PATHS]
    settings.LANGUAGES = languages.spoken(map(Path, settings.LOCALE_PATHS))
    cast = factories.rivermark()
    cast.city.languages = ["en", "es", "ht"]
    cast.city.save(update_fields=["languages"])
    category = Category.objects.get(code="streets")
    category.name |= {"ht": "Lari"}
    category.save(update_fields=["name"])

    english = client.get("/").text
    assert '<a href="/ht/" lang="ht" hreflang="ht">' in english or re.search(r'value="ht"\s+lang="ht"', english)
    assert "Kreyòl ayisyen" in english
    page = client.get("/ht/services/streets/")
    assert '<html lang="ht" dir="ltr">' in page.text
    assert ">Lari</h1>" in page.text
    assert in_arabic_letters("Skip to main content") in page.text
    assert page["Content-Language"] == "ht"
    # A city that does not speak it has no such page.
    cast.city.languages = ["en", "es"]
    cast.city.save(update_fields=["languages"])
    cache.clear()
    assert client.get("/ht/services/streets/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/zh-hans/accounts/login/", "/es/accounts/login/", "/accounts/login/"])
def test_what_is_one_readers_alone_stays_unshared_whatever_the_languages_code(
    path: str, settings: Settings, client: Client
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("zh-hans", "简体中文")]
    factories.jurisdiction(languages=["en", "es", "zh-hans"])
    assert client.get(path)["Cache-Control"] == "private, no-store"
