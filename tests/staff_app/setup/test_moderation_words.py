"""What the city looks out for: administrators list sites, threats and addresses, and try a sentence."""

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.models import ModerationTerm, User
from requests_app.rules.people import blocked_addresses
from requests_app.rules.publication import review
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.33")]
SignIn = Callable[[User], Client]
PATH = "/staff/moderation-words/"


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def add(client: Client, kind: str, value: str) -> str:
    return client.post(f"{PATH}?kind={kind}", {"value": value, "add": "1"}, follow=True).content.decode()


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("link", "https://www.Spam.example/buy?x", "spam.example"),
        ("threat", "  I  WILL hurt you! ", "i will hurt you!"),
        ("address", "Troll@Banned.example", "troll@banned.example"),
        ("address", "@Banned.example", "@banned.example"),
    ],
)
def test_a_term_is_kept_as_it_is_compared_and_counts_at_once(
    town: Rivermark, ada: Client, kind: str, typed: str, kept: str
) -> None:
    assert "is now on the list" in add(ada, kind, typed)
    term = ModerationTerm.objects.get()
    assert (term.kind, term.value, term.created_by) == (kind, kept, town.ada)
    if kind == "address":
        assert blocked_addresses.is_blocked(town.city, "troll@banned.example")
    else:
        assert review.find_matches(town.city, [f"See {typed}"]).reason == kind
    assert "already on the list" in add(ada, kind, typed)
    assert ModerationTerm.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "problem"),
    [
        ("link", "no site", "That’s not a website."),
        ("link", "testserver.example", "own website"),
        ("link", "www.rivermark.example", "own website"),
        ("link", "", "Enter a site"),
        ("threat", "!!!", "not just punctuation"),
        ("threat", "x " * 100, "at most 120 characters"),
        ("address", "nobody", "not an email address"),
        ("address", "@", "not an email address"),
    ],
)
def test_what_could_never_be_found_is_not_taken_and_stays_typed(
    town: Rivermark, ada: Client, kind: str, typed: str, problem: str
) -> None:
    type(town.city).objects.filter(pk=town.city.pk).update(
        hosts=["testserver", "testserver.example", "311.rivermark.example:8000", "rivermark.example"]
    )
    answer = ada.post(f"{PATH}?kind={kind}", {"value": typed, "add": "1"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert problem in html
    assert typed.strip() in html
    assert not ModerationTerm.objects.exists()


def test_a_sentence_can_be_tried_and_is_kept_nowhere(town: Rivermark, ada: Client) -> None:
    add(ada, "threat", "te voy a matar")
    found = ada.post(PATH, {"sentence": "Te voy a MATAR, jefe", "try": "1"}).content.decode()
    assert "This would be held for review." in found
    assert "<mark>te voy a matar</mark>" in found
    found = ada.post(PATH, {"sentence": "This damn road", "try": "1"}).content.decode()
    assert "Everyone could read this right away." in found
    assert ada.post(PATH, {"sentence": "", "try": "1"}).status_code == 422


def test_a_term_is_removed_by_its_button_alone(town: Rivermark, ada: Client) -> None:
    add(ada, "link", "spam.example")
    term = ModerationTerm.objects.get()
    assert ada.get(f"{PATH}{term.pk}/remove/").status_code == 405
    assert "is no longer on the list" in ada.post(f"{PATH}{term.pk}/remove/", follow=True).content.decode()
    assert not ModerationTerm.objects.exists()
    assert ada.post(f"{PATH}{term.pk}/remove/").status_code == 404


def test_the_list_of_another_city_is_not_there(town: Rivermark, ada: Client) -> None:
    other = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    type(town.city).objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    theirs = ModerationTerm.objects.create(jurisdiction=other, kind="threat", value="margay words")
    assert "margay words" not in ada.get(PATH).content.decode()
    assert ada.post(f"{PATH}{theirs.pk}/remove/").status_code == 404


def test_a_long_list_is_paged_and_searched(town: Rivermark, ada: Client) -> None:
    ModerationTerm.objects.bulk_create(
        ModerationTerm(jurisdiction=town.city, kind="link", value=f"s{number:03}.example") for number in range(60)
    )
    page = ada.get(f"{PATH}?kind=link").content.decode()
    assert "s000.example" in page
    assert "s059.example" not in page
    assert "s059.example" in ada.get(f"{PATH}?kind=link&q=s059").content.decode()
    assert ada.get(f"{PATH}?kind=nonsense&cursor=x").status_code == 200
