"""No page in Spanish has a choice, label or hint in English."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import trans_real

from tests.pages import PAGES, addresses, is_translated
from tests.planted import Planted
from tests.test_permissions import _no_limits, planted, signed_in  # noqa: F401

READ = {"option", "label", "legend", "h1", "h2", "h3", "th", "button", "dt", "summary", "title"}
# A language by its own name, a sign in both languages, and the code of a calendar, which is no word of a menu there.
BOTH = {"English", "Something wrong here? Tell us.", "always"}


class Texts(HTMLParser):
    """The text directly in each element of READ, and in each span of one."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in READ or (tag in {"span", "abbr"} and self.open):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and (text := " ".join(data.split())):
            self.texts.append(text)


def texts(page: str) -> list[str]:
    parser = Texts()
    parser.feed(re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL))
    return parser.texts


@pytest.fixture(scope="module")
def english() -> set[str]:
    """The sentences that have another one in Spanish."""
    catalog = trans_real.translation("es")._catalog
    assert catalog is not None
    return {
        text
        for key, spanish in catalog.items()
        if isinstance(key, str) and (text := key.rpartition("\x04")[2]) != spanish and "%(" not in text
    }


def spanish_pages(client: Client, planted: Planted) -> Iterator[tuple[str, str]]:  # noqa: F811
    for name, page in PAGES.items():
        if not name.startswith("staff_app:") or "GET" not in page.methods or not is_translated(name):
            continue
        with translation.override("es"):
            path = addresses(name, planted)[0]
        answer = client.get(path)
        if answer.status_code == 200 and "text/html" in answer["Content-Type"] and not answer.streaming:
            yield path, answer.content.decode()


def test_no_choice_label_or_heading_of_staff_is_english_on_a_spanish_page(planted: Planted, english: set[str]) -> None:  # noqa: F811
    seen, wrong = 0, set()
    for path, page in spanish_pages(signed_in(planted, "ada"), planted):
        seen += 1
        wrong |= {f"{path}: {text}" for text in texts(page) if text in english and text not in BOTH}
    assert seen > 100
    assert not wrong, "\n".join(sorted(wrong))
