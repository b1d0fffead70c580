"""What a phone keeps of a crew's day: the allowed fields alone, and nothing of who reported."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.actions.people.reporters import Reporter
from requests_app.models import AnswerTemplate, PublicState, ServiceRequest, User
from staff_app.crew.offline import CHOICE_FIELDS, STOP_FIELDS
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.9")]
SignIn = Callable[[User], Client]
SECRETS = ("Ana Reyes", "ana@example.org", "555-019-9123", "Reyes")


ANA_REYES = Reporter(name="Ana Reyes", email="ana@example.org", phone="555-019-9123")


@pytest.fixture
def hole(cast: Rivermark) -> ServiceRequest:
    words = "A hole, call 555-019-9123 or ana@example.org, ring at Ana Reyes"
    one = factories.routed(cast.pothole, words, answers={"where": "lane"}, reporter=ANA_REYES)
    ServiceRequest.objects.filter(pk=one.pk).update(
        assignee=cast.dev, place_note="Ring at Ana Reyes, 555-019-9123", address="12 Elm St"
    )
    return one


def test_it_keeps_the_allowed_fields_and_nothing_of_the_reporter(
    cast: Rivermark, hole: ServiceRequest, signed_in: SignIn
) -> None:
    AnswerTemplate.objects.create(
        jurisdiction=cast.city, name="Filled", outcome="fixed", words={"en": "Filled {reference} at {address}."}
    )
    answer = signed_in(cast.dev).get("/staff/crew/day.json")
    assert "no-store" in answer["Cache-Control"]
    day = answer.json()
    assert set(day) == {"user", "key", "token", "day", "no_evidence", "services", "stops", "drive", "drive_words"}
    (stop,) = day["stops"]
    assert set(stop) <= STOP_FIELDS
    assert {name for choice in stop["choices"] for name in choice} == CHOICE_FIELDS
    kept = json.dumps(day)
    assert not [secret for secret in SECRETS if secret in kept]
    assert stop["words"].startswith("A hole, call [")
    assert (stop["address"], stop["number"]) == ("12 Elm St", hole.display_reference)
    assert stop["last_event"] == hole.events.order_by("-id")[0].pk
    fixed = next(one for one in stop["choices"] if one["code"] == "fixed")
    assert fixed["text"].startswith(f"Filled {hole.display_reference}")


def test_of_a_confidential_report_it_keeps_no_words(cast: Rivermark, hole: ServiceRequest, signed_in: SignIn) -> None:
    ServiceRequest.objects.filter(pk=hole.pk).update(public_state=PublicState.PRIVATE)
    (stop,) = signed_in(cast.dev).get("/staff/crew/day.json").json()["stops"]
    assert (stop["words"], stop["place_note"], stop["is_confidential"]) == ("", "", True)


def test_each_person_has_a_key_of_their_own_and_always_the_same(cast: Rivermark, signed_in: SignIn) -> None:
    keys = [signed_in(user).get("/staff/crew/day.json").json()["key"] for user in (cast.dev, cast.tom, cast.dev)]
    assert keys[0] == keys[2] != keys[1]


def test_the_page_and_its_worker_are_the_same_for_everybody(cast: Rivermark, signed_in: SignIn) -> None:
    worker = Client().get("/staff/crew/sw.js").content.decode()
    assert worker == signed_in(cast.dev).get("/staff/crew/sw.js").content.decode()
    assert '"name": "crew"' in worker
    assert "/staff/crew/offline/" in worker
    assert "/staff/crew/day.json" not in worker, "the day is in no cache"
    page = Client().get("/staff/crew/offline/")
    assert page.status_code == 200
    assert "My day on this phone" in page.content.decode()
    # The residents' worker leaves staff pages alone.
    assert '"/staff/"' in Client().get("/sw.js").content.decode()


def test_a_closed_account_and_a_stranger_get_no_day(cast: Rivermark, hole: ServiceRequest, signed_in: SignIn) -> None:
    dev = signed_in(cast.dev)
    User.objects.filter(pk=cast.dev.pk).update(is_active=False)
    for client in (dev, Client()):
        answer = client.get("/staff/crew/day.json")
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
