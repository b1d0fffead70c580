"""Emergency words and moderation lists: the log knows every change, and the last ones are undone with one button."""

import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import strip_tags

from requests_app.models import EmergencyPhrase, ModerationTerm, SetupChange, User
from requests_app.rules.alarms import screening
from requests_app.rules.people import blocked_addresses
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.8", "13.10")]
PHRASES, TERMS = "/staff/emergency-words/", "/staff/moderation-words/"
GAS = {"phrase": "boiler hisses", "kind": "red_flag", "language": "en", "unless": "", "add": "1"}


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


def undo(client: Client, path: str) -> str:
    last = SetupChange.objects.order_by("-id")[0]
    answer = client.post(path, {"undo": str(last.pk)}, follow=True)
    return " ".join(html.unescape(strip_tags(answer.content.decode())).split())


def test_a_phrase_that_was_added_changed_or_removed_comes_back_as_it_was(town: Rivermark, ada: Client) -> None:
    def on_the_list() -> list[str]:
        return [
            one.phrase for one in EmergencyPhrase.objects.filter(jurisdiction=town.city, language="en", kind="red_flag")
        ]

    before = on_the_list()
    ada.post(PHRASES, GAS)
    assert "boiler hisses" in on_the_list()
    assert "Emergency words added: boiler hisses Ada" in undo(ada, PHRASES)
    assert on_the_list() == before
    # What was undone can be, too.
    undo(ada, PHRASES)
    phrase = EmergencyPhrase.objects.get(phrase="boiler hisses")
    ada.post(f"{PHRASES}{phrase.pk}/", {**GAS, "unless": "my boiler hisses at night"})
    assert "Unless it’s part of: removed “my boiler hisses at night”" in undo(ada, PHRASES)
    phrase.refresh_from_db()
    assert phrase.unless == []
    ada.post(f"{PHRASES}{phrase.pk}/remove/")
    undo(ada, PHRASES)
    assert screening.find_danger(town.city, "my boiler hisses").danger is not None


def test_what_was_changed_again_is_not_undone(ada: Client) -> None:
    ada.post(PHRASES, GAS)
    phrase = EmergencyPhrase.objects.get(phrase="boiler hisses")
    added = SetupChange.objects.order_by("-id")[0]
    ada.post(f"{PHRASES}{phrase.pk}/", {**GAS, "kind": "utility"})
    answer = ada.post(PHRASES, {"undo": str(added.pk)}, follow=True)
    assert "can’t be undone" in answer.content.decode()
    assert EmergencyPhrase.objects.filter(pk=phrase.pk).exists()


def test_a_site_comes_back_on_its_list(ada: Client) -> None:
    ada.post(f"{TERMS}?kind=link", {"value": "spam.example", "add": "1"})
    ada.post(f"{TERMS}{ModerationTerm.objects.get().pk}/remove/")
    undo(ada, f"{TERMS}?kind=link")
    assert ModerationTerm.objects.get().value == "spam.example"
    assert [one.action for one in SetupChange.objects.order_by("id")] == ["added", "removed", "undone"]


def test_the_log_never_holds_an_address(town: Rivermark, ada: Client) -> None:
    ada.post(f"{TERMS}?kind=address", {"value": "troll@banned.example", "add": "1"})
    term = ModerationTerm.objects.get()
    undo(ada, f"{TERMS}?kind=address")
    assert not blocked_addresses.is_blocked(town.city, "troll@banned.example")
    for change in SetupChange.objects.all():
        assert change.key == str(term.pk)
        assert "troll" not in f"{change.name} {change.before} {change.after}"
    # So one that was removed must be typed again.
    last = SetupChange.objects.order_by("-id")[0]
    assert f'name="undo" value="{last.pk}"' not in ada.get(TERMS).content.decode()
