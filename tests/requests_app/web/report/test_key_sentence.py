"""Long words are kept whole, and lists begin with the sentence that matters."""

import html

import pytest
from django.test import Client

from requests_app.models import ServiceRequest
from requests_app.rules.report import key_sentence
from tests import factories
from tests.factories import Rivermark
from tests.resident import signed_in
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.9")]
START = (
    "Hi, my name is on the mailbox and I've lived on this block since 1987, when my late husband bought the place. "
    "We always liked it here, and I don't like to complain about anybody. "
)
MATTERS = "There is a deep hole in the road in front of the library."
RAMBLING = f"{START}{MATTERS} Anyway, thank you all for reading this far, and say hello to your families."
# Speech, without punctuation.
SPOKEN = (
    "so hi um I wanted to write about something I've been meaning to write about since the fair in the spring and everybody said "
    "you should really report that and I said yes but you know how it is so anyway there is a deep hole in the road and it has "
    "been there for weeks and it is getting bigger"
)


@pytest.mark.parametrize(("text", "begins"), [(RAMBLING, MATTERS), (SPOKEN, "there is a deep hole in the road")])
def test_the_check_page_shows_it_and_keeps_all(
    cast: Rivermark, walk: Walk, client: Client, text: str, begins: str
) -> None:
    walk.begin(text)
    assert f"“… {begins}" in walk.html
    walk.on("service", service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text=text, q_where="lane").on("contact", none="1")
    assert walk.at == "check"
    assert f"“… {begins}" in walk.html
    walk.send()
    made = ServiceRequest.objects.get()
    assert made.description == text
    assert made.description[made.key_sentence_at :].startswith(begins)
    staff = Client()
    staff.force_login(cast.cal)
    assert f">… {begins}" in staff.get("/staff/").content.decode()


def test_every_list_that_cuts_words_begins_with_it(cast: Rivermark, walk: Walk) -> None:
    first, other = (factories.routed(cast.pothole, RAMBLING, answers={"where": "lane"}) for _ in range(2))
    residents = signed_in()
    staff = Client()
    staff.force_login(cast.tom)
    pages = {
        "my reports": residents.get("/my/"),
        "the public list": residents.get("/requests/"),
        "maybe the same, for staff": staff.get(f"/staff/r/{first.reference}/"),
        "more from here, for staff": staff.get(f"/staff/r/{first.reference}/more/"),
    }
    shown = {name: html.unescape(answer.content.decode()) for name, answer in pages.items()}
    shown["maybe the same"] = html.unescape(walk.to_details().html)
    assert walk.at == "duplicates"
    for name, page in shown.items():
        assert f"… {MATTERS[:40]}" in page, name
    # All of it fits into the feed.
    assert "Hi, my name is on the mailbox" in html.unescape(residents.get("/requests/feed/").content.decode())
    ServiceRequest.objects.filter(pk=other.pk).update(description=RAMBLING + " Thanks." * 40)
    assert f">… {MATTERS}" in html.unescape(residents.get("/requests/feed/").content.decode())


def test_a_short_text_is_shown_from_its_beginning(walk: Walk) -> None:
    walk.to_check()
    assert "Staff see this first" not in walk.html
    walk.send()
    assert ServiceRequest.objects.get().key_sentence_at == 0


def test_an_edit_finds_it_again(cast: Rivermark, walk: Walk) -> None:
    from requests_app.actions.report import corrections
    from tests.factories import submitted

    sent = submitted(cast.pothole, RAMBLING, answers={"where": "lane"})
    assert sent.link is not None
    assert sent.service_request.key_sentence_at == len(START)
    corrections.correct(sent.service_request.pk, corrections.Correction(MATTERS, ""), actor=sent.link.person)
    assert ServiceRequest.objects.get().key_sentence_at == 0


@pytest.mark.parametrize(
    ("text", "start", "shown"),
    [
        ("One. Two.", 0, "One. Two."),
        ("One. Two.", 5, "… Two."),
        # Somebody may not read all of the words, so the place isn't exact.
        ("One XX. Two.", 5, "… Two."),
        ("Gone.", 40, "Gone."),
        ("a" * 200, 0, "a" * 159 + "…"),
        ("one two\n three", 4, "… two three"),
    ],
)
def test_an_excerpt_says_that_there_is_more(text: str, start: int, shown: str) -> None:
    assert key_sentence.excerpt(text, start) == shown


def test_four_thousand_letters_without_an_end_are_cut(cast: Rivermark) -> None:
    text = ("word " * 800)[:3960] + "a hole in the road"
    start = key_sentence.start_of(cast.city, text, "en", cast.pothole.service_id)
    assert text[start:].endswith("a hole in the road")
    assert len(text[start:].split()) <= key_sentence.LONG_WORDS
