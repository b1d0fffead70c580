"""The pages on disk that nginx shows when nothing answers behind it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from requests_app.actions.setup.city import change_city
from requests_app.models import Jurisdiction, OutboxRow
from requests_app.worker import away_pages, tasks
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.AWAY_ROOT = tmp_path / "away"
    settings.AWAY_ROOT.mkdir()
    return tmp_path / "away"


@pytest.fixture
def city() -> Jurisdiction:
    city = factories.rivermark().city
    Jurisdiction.objects.filter(pk=city.pk).update(
        hosts=["rivermark.example"], desk_number="311", desk_long_number="555-0100", languages=["en", "es"]
    )
    city.refresh_from_db()
    return city


def test_each_language_has_its_page_with_the_citys_name_and_numbers(root: Path, city: Jurisdiction) -> None:
    away_pages.write(city)
    english, spanish = ((root / f"rivermark.example/{code}.html").read_text() for code in ("en", "es"))
    assert (root / "rivermark.example/index.html").read_text() == english
    for page in (english, spanish):
        assert city.name in page
        for number in ("tel:911", "tel:311", "tel:555-0100"):
            assert number in page
    assert "Our site isn’t working right now" in english
    assert 'href="/report/offline/"' in english
    assert "Nuestro sitio no funciona en este momento" in spanish
    assert 'href="/es/report/offline/"' in spanish


def test_all_that_a_page_links_to_works_without_the_server(root: Path, city: Jurisdiction, client: Client) -> None:
    """The addresses of styles and of the offline form and its catalog are files, with what the site answers."""
    away_pages.write(city)
    folder = root / "rivermark.example/pages"
    for code, prefix in (("en", ""), ("es", "/es")):
        page = (root / f"rivermark.example/{code}.html").read_text()
        links = set(re.findall(r'(?:href|src)="(/[^"?]*)', page))
        # Home in the other language is the page itself, in that language.
        links -= {"/", "/es/"}
        assert f"{prefix}/report/offline/" in links
        for link in (*links, f"{prefix}/report/offline/catalog.json"):
            if not link.startswith("/static/"):
                path = folder / link[1:]
                on_disk = (path / "index.html" if link.endswith("/") else path).read_bytes()
                assert on_disk == client.get(link, HTTP_HOST="rivermark.example").content


def test_a_change_of_the_city_is_written_by_a_row_of_the_outbox(root: Path, city: Jurisdiction) -> None:
    away_pages.write(city)
    change_city(city.pk, "numbers", {"desk_long_number": "555-0199"}, actor=None)
    row = OutboxRow.objects.get(kind="write_city_pages")
    page = root / "rivermark.example/es.html"
    assert "555-0199" not in page.read_text()
    assert tasks.HANDLERS[row.kind](row) is None
    assert "555-0199" in page.read_text()
    change_city(city.pk, "numbers", {"desk_long_number": "555-0199"}, actor=None)
    assert OutboxRow.objects.filter(kind="write_city_pages").count() == 1


def test_what_has_not_changed_is_left_and_what_is_gone_is_deleted(root: Path, city: Jurisdiction) -> None:
    away_pages.write(city)
    before = {path: path.stat().st_ino for path in root.rglob("*") if path.is_file()}
    away_pages.write(city)
    assert {path: path.stat().st_ino for path in root.rglob("*") if path.is_file()} == before
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in before)
    Jurisdiction.objects.filter(pk=city.pk).update(languages=["en"])
    city.refresh_from_db()
    away_pages.write(city)
    assert not (root / "rivermark.example/es.html").exists()
    assert not (root / "rivermark.example/pages/es/report/offline/index.html").exists()


def test_each_city_has_pages_of_its_own_and_other_names_get_one_without_a_name(root: Path, city: Jurisdiction) -> None:
    call_command("write_away_pages")
    other = factories.jurisdiction("elsewhere.example")
    Jurisdiction.objects.filter(pk=other.pk).update(name="Elsewhere", hosts=["elsewhere.example", "e.example"])
    call_command("write_away_pages")
    for host, name in (
        ("rivermark.example", city.name),
        ("elsewhere.example", "Elsewhere"),
        ("e.example", "Elsewhere"),
    ):
        assert name in (root / host / "en.html").read_text()
    nobodys = (root / "default/index.html").read_text()
    assert "Please come back in a minute" in nobodys
    assert city.name not in nobodys
    # A city without a host name answers to every other name.
    Jurisdiction.objects.filter(pk=other.pk).update(hosts=[])
    call_command("write_away_pages")
    assert "Elsewhere" in (root / "default/index.html").read_text()


def test_nothing_is_written_where_no_folder_was_made(tmp_path: Path, settings: Any, city: Jurisdiction) -> None:
    settings.AWAY_ROOT = tmp_path / "away"
    away_pages.write(city)
    assert not settings.AWAY_ROOT.exists()
