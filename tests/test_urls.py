"""docs/urls.md, the resolver and tests/pages.py list the same addresses, so that a new one must state who may see it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.utils.translation import override

from requests_app.web.urls import MOVED
from tests import factories
from tests.pages import DEMO_PAGES, PAGES, Found, resolved

pytestmark = pytest.mark.shows("9.7")

MAP = Path(__file__).parent.parent / "docs/urls.md"
DEMO = "tests.demo_urls"
# A value for each kind of parameter.
SAMPLES = {"uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "int": "7", "slug": "one-two", "str": "7K3M9QWT"}


@dataclass(frozen=True)
class Row:
    """A row of docs/urls.md."""

    name: str
    path: str
    methods: str
    who: str
    languages: str
    purpose: str


def rows() -> Iterator[Row]:
    for line in MAP.read_text().splitlines():
        if line.startswith("| `"):
            cells = [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]
            yield Row(*cells)


def example(row: Row) -> str:
    """The row's path with its parameters filled in."""
    path = row.path.replace("{xml,json}", "json")
    return re.sub(r"<(?:(\w+):)?\w+>", lambda part: SAMPLES.get(part[1] or "", "abc"), path)


def found() -> dict[str, Found]:
    return {one.name: one for one in resolved(get_resolver(DEMO))}


def test_the_map_names_every_address_once_and_no_other() -> None:
    named = [row.name for row in rows()]
    assert len(named) == len(set(named))
    assert set(named) == set(found())


def test_every_address_is_in_the_table_of_pages() -> None:
    assert set(PAGES) | set(DEMO_PAGES) == set(found())
    assert set(PAGES) == {one.name for one in resolved(get_resolver())}


def test_the_demo_has_no_address_elsewhere() -> None:
    assert all(name.startswith("demo:") for name in DEMO_PAGES)
    with pytest.raises(Resolver404):
        resolve("/demo/mail/")


def test_each_row_tells_the_truth() -> None:
    pages, routes = PAGES | DEMO_PAGES, found()
    for row in rows():
        page = pages[row.name]
        assert (row.methods, row.who) == (page.methods, page.who), row.name
        assert row.purpose, row.name
        assert resolve(example(row), DEMO).view_name == row.name
        translated = row.languages == "each"
        assert translated == routes[row.name].is_translated, row.name
        if translated:
            with override("es"):
                assert resolve(f"/es{example(row)}", DEMO).view_name == row.name


def unnamed(resolver: URLResolver) -> Iterator[URLPattern]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            yield from unnamed(part)
        elif not part.name:
            yield part


def moved() -> list[tuple[str, str]]:
    """The rows of the map's last table: from and to."""
    text = MAP.read_text().partition("## Moved")[2]
    return re.findall(r"^\| Redirect `([^`]+)` \| `([^`]+)` \|$", text, re.MULTILINE)


def test_an_address_without_a_name_is_one_that_moved() -> None:
    assert list(unnamed(get_resolver())) == MOVED
    assert len(moved()) == len(MOVED)


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), moved())
@pytest.mark.parametrize("language", ["", "/es"])
def test_a_moved_address_leads_to_the_new_one(client: Client, old: str, new: str, language: str) -> None:
    factories.rivermark()
    before, after = (language + re.sub(r"<(?:(\w+):)?\w+>", "7K3M9QWT", path) for path in (old, new))
    response = client.get(f"{before}?near=here")
    assert response.status_code == 301
    assert response["Location"].partition("?")[0] == after
