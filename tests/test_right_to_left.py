"""Right-to-left languages: pages are mirrored as a whole, and none of our style sheets says left or right.

tests/test_accessibility.py checks that each English page is mirrored.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import override_settings

from config import languages
from requests_app.models import Jurisdiction
from tests.made_up_language import ARABIC_LETTERS, add_language
from tests.planted import Planted, kept_for_a_module
from tests.test_accessibility import ACCESS, DESK, PHONE, RESIDENTS, ZOOMED, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.23")]

ROOT = Path(__file__).resolve().parent.parent
SIDED = re.compile(
    r"^\s*(left|right|(margin|padding|border)-(left|right)[a-z-]*|border-(top|bottom)-(left|right)-radius)\s*:"
    r"|^\s*(text-align|float|clear)\s*:\s*(left|right)\b",
    re.MULTILINE,
)
FOUR_SIDES = re.compile(r"\b(?:margin|padding|inset|border-width): \S+ (?P<right>\S+) \S+ (?P<left>\S+);")


@pytest.mark.parametrize(
    "file",
    [*sorted((ROOT / "static/css").glob("*.css")), ROOT / "templates/requests_app/site/theme.css"],
    ids=lambda file: file.name,
)
def test_no_style_sheet_of_ours_says_left_or_right(file: Path) -> None:
    # Rules about MapLibre's own parts stay as they are.
    ours = re.sub(r"\.maplibregl[^{]*\{[^}]*\}", "", file.read_text())
    assert [found.group().strip() for found in SIDED.finditer(ours)] == []
    # Four values name all four sides.
    assert [found.group() for found in FOUR_SIDES.finditer(ours) if found["right"] != found["left"]] == []


def test_the_design_system_says_start_and_end_too() -> None:
    css = (ROOT / "static/vendor/uswds/uswds.css").read_text()
    assert re.findall(r"[;{](?:left|right|(?:margin|padding|border)-(?:left|right)[a-z-]*):[^;}]*", css) == []


@pytest.fixture(scope="module")
def planted(django_db_setup: None, browser: "Browser", django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        Jurisdiction.objects.update(languages=["en", "es", "ar"])
        yield planted


@pytest.fixture(scope="module")
def visitor(browser: "Browser", planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    folder = tmp_path_factory.mktemp("locale")
    add_language(folder, "ar")
    spoken = languages.spoken([ROOT / "locale", folder])
    with override_settings(
        RATE_LIMITS=False,
        LOCALE_PATHS=[str(folder), str(ROOT / "locale")],
        LANGUAGES=spoken,
        LANGUAGES_BIDI=languages.run_from_the_right(spoken),
    ):
        visitor = Visitor(browser, planted, [ACCESS])
        yield visitor
        visitor.close()


# tests/test_accessibility.py turns every page around in English. Arabic letters are tried on a third of them.
IN_ARABIC = [
    pytest.param(name, marks=[pytest.mark.slow] if number % 3 else []) for number, name in enumerate(sorted(RESIDENTS))
]


@pytest.mark.sampled(2)
@pytest.mark.browser
@pytest.mark.parametrize("name", IN_ARABIC)
def test_a_page_in_arabic_letters_runs_from_the_right_and_nothing_sticks_out(visitor: Visitor, name: str) -> None:
    tab = visitor.open(name, "ar")
    if tab.evaluate("document.contentType") != "text/html":
        return
    html = tab.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar", "rtl")
    assert set(ARABIC_LETTERS.values()) & set(tab.locator("main").inner_text())
    wrong = []
    for size in (DESK, PHONE, ZOOMED):
        tab.set_viewport_size(size)
        wrong += tab.evaluate("access.tooWide()")
    assert wrong == []
