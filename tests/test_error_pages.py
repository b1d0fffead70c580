"""Error pages: in both languages, without database or context, and keeping what was typed."""

import pytest
from django.template.loader import render_to_string

from tests.test_template_pack import Tree

pytestmark = pytest.mark.shows("3.7")


@pytest.mark.parametrize("name", ["400.html", "413.html", "500.html", "503.html"])
def test_it_speaks_both_languages_with_no_context_at_all(name: str) -> None:
    page = Tree(render_to_string(name).replace("<!doctype html>", "")).root
    assert page.one("html")["lang"] == "en"
    assert page.one("main").one("div", lang="es").one("h1").words()
    assert not list(page.every("script"))


def test_a_lost_database_gives_back_what_was_typed() -> None:
    typed = [("words", 'a "big" <hole>\nhere'), ("extras", "a"), ("extras", "b")]
    html = render_to_string(
        "503.html", {"posted": typed, "path": "/report/location/?x=1&y=2", "photo_fields": ["photos"]}
    )
    form = Tree(html.replace("<!doctype html>", "")).root.one("form")
    assert (form["method"], form["action"]) == ("post", "/report/location/?x=1&y=2")
    assert [(field["name"], field["value"]) for field in form.every("input", type="hidden")] == typed
    assert form["enctype"] == "multipart/form-data"
    assert form.one("input", type="file")["name"] == "photos"
    assert "Try again" in form.one("button").words()


def test_a_lost_database_while_reading_offers_the_same_page_again() -> None:
    page = Tree(render_to_string("503.html", {"path": "/map/"}).replace("<!doctype html>", "")).root
    assert not list(page.every("form"))
    assert page.one("a", class_="usa-button")["href"] == "/map/"
