"""servicerequestupdates, in FixMyStreet's shape."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from requests_app import api_keys
from requests_app.actions.work import conversation, endings, progress, staff_actions
from requests_app.clock import app_now
from requests_app.models import ApiKey, Comment, Event, IdempotencyKey, Person, ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import BASE, NO_KEY, Api, as_texts
from tests.shifted_clock import set_time

pytestmark = pytest.mark.shows("15.2")
FIELDS = ["update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"]
PATH = "servicerequestupdates.json"


@pytest.fixture
def pothole(cast: factories.Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, answers={"where": "lane"})


@pytest.fixture
def fms(cast: factories.Rivermark) -> Api:
    return Api(api_keys.create(cast.city, "FixMyStreet", scopes=["updates"])[1])


def pass_seconds(seconds: int) -> None:
    set_time(app_now() + dt.timedelta(seconds=seconds))


def words(answer: Any) -> list[tuple[str, str]]:
    return [(one["status"], one["description"]) for one in answer]


# --- Reading ----------------------------------------------------------------------------------------------------------


def test_it_says_what_happened_oldest_first_once_nobody_can_undo_it(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    conversation.comment(pothole.pk, text="We ordered asphalt.", actor=cast.tom)
    conversation.note(pothole.pk, text="Secret note", actor=cast.tom)
    pass_seconds(1)
    endings.resolve(pothole.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    assert api.get(PATH) == []
    pass_seconds(31)
    found = api.get(PATH)
    assert words(found) == [("OPEN", "We ordered asphalt."), ("CLOSED", "Filled.")]
    assert all(list(one) == FIELDS for one in found)
    assert {one["service_request_id"] for one in found} == {pothole.display_reference}
    assert len({one["update_id"] for one in found}) == 2
    assert api.get("servicerequestupdates.xml") == as_texts(found)
    conversation.comment(pothole.pk, text="Warranty: two years.", actor=cast.tom)
    pass_seconds(31)
    # It had ended: a client that read OPEN would open it again.
    assert words(api.get(PATH))[-1] == ("CLOSED", "Warranty: two years.")
    # A hidden comment is nowhere, nor are requests that aren't public.
    Comment.objects.filter(text__startswith="Warranty").update(hidden_at=dt.datetime.now(dt.UTC))
    assert len(api.get(PATH)) == 2
    ServiceRequest.objects.update(public_state="hidden")
    assert api.get(PATH) == []


def test_dates_choose_by_when_it_happened_with_both_ends_included(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    conversation.comment(pothole.pk, text="We ordered asphalt.", actor=cast.tom)
    pass_seconds(60)
    at = api.get(PATH)[0]["updated_datetime"]
    assert len(api.get(PATH, start_date=at, end_date=at)) == 1
    second = dt.timedelta(seconds=1)
    after = (dt.datetime.fromisoformat(at) + second).isoformat()
    before = (dt.datetime.fromisoformat(at) - second).isoformat()
    assert api.get(PATH, start_date=after) == []
    assert api.get(PATH, end_date=before) == []
    for wrong in ({"start_date": "soon"}, {"start_date": "2020-01-01", "end_date": "2021-01-01"}):
        api.get(PATH, 400, **wrong)
        api.get("servicerequestupdates.xml", 400, **wrong)


def test_what_staff_undid_never_happened(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    done = staff_actions.perform(
        pothole.pk, lambda: progress.accept(pothole.pk, actor=cast.tom), form="accept", actor=cast.tom
    )
    assert done
    staff_actions.undo(done.pk, actor=cast.tom)
    pass_seconds(60)
    assert api.get(PATH) == []


# --- Writing ----------------------------------------------------------------------------------------------------------


def form(pothole: ServiceRequest, **more: str) -> dict[str, str]:
    return {
        "service_request_id": pothole.display_reference,
        "update_id": "991",
        "updated_datetime": "2026-01-02T03:04:05Z",
        "status": "OPEN",
        "title": "",
        "description": "It grew.\nStill there.",
        "first_name": "Ana",
        "last_name": "Ortiz",
        "email": "bea@fms.example",
        **more,
    }


def test_a_residents_words_reach_staff_once_and_nobody_else(
    fms: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    (made,) = fms.post(form(pothole), path=PATH)
    assert list(made) == ["update_id"]
    assert fms.post(form(pothole, description="Sent again"), path="servicerequestupdates.xml") == [made]
    comment = Comment.objects.get()
    assert (comment.text, comment.public, comment.kind) == ("It grew.\nStill there.", False, "answer")
    pothole.refresh_from_db()
    assert pothole.has_new_answer
    assert (Event.objects.filter(kind="answered").count(), IdempotencyKey.objects.count()) == (1, 1)
    assert "It grew" not in str(fms.get("requests.json", extensions="true"))
    assert fms.get(PATH) == []
    staff = Client()
    staff.force_login(cast.tom)
    assert "It grew." in staff.get(f"/staff/r/{pothole.reference}/").content.decode()
    # No address is kept: who looks for an answer looks where they wrote.
    assert not Person.objects.filter(contact_points__value="bea@fms.example").exists()


def test_another_status_there_is_said_to_staff_and_changes_nothing_here(fms: Api, pothole: ServiceRequest) -> None:
    fms.post(form(pothole, status="closed", update_id=""), path=PATH)
    assert Comment.objects.get().text.endswith("\n\nStatus at FixMyStreet: CLOSED")
    pothole.refresh_from_db()
    assert pothole.is_open


def test_it_needs_a_key_with_the_scope_updates(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    ApiKey.objects.update(scopes=["report", "read"])
    assert "scope" in api.post(form(pothole), 403, path=PATH)[0]["description"]
    api.key = ""
    assert api.post(form(pothole), 403, path=PATH)[0]["description"] == NO_KEY
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"service_request_id": ""}, 400),
        ({"service_request_id": "no"}, 404),
        ({"description": " "}, 400),
        ({"description": "x" * 4001}, 400),
        ({"description": "a\x00b"}, 400),
        ({"update_id": "x" * 201}, 400),
        ({"updated_datetime": "yesterday"}, 400),
    ],
    ids=["no number", "unknown number", "no words", "too long", "NUL", "long id", "date"],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_kept(
    fms: Api, pothole: ServiceRequest, changed: dict[str, str], status: int
) -> None:
    for path in (PATH, "servicerequestupdates.xml"):
        (error,) = fms.post(form(pothole, **changed), status, path=path)
        assert next(iter(changed)) in error["description"]
    assert not Comment.objects.exists()


def test_a_private_request_and_a_test_keys_reach_are_404(fms: Api, pothole: ServiceRequest) -> None:
    ServiceRequest.objects.update(public_state="private")
    fms.post(form(pothole), 404, path=PATH)
    ServiceRequest.objects.update(public_state="public")
    ApiKey.objects.update(is_test=True)
    fms.post(form(pothole), 404, path=PATH)
    assert fms.client.put(f"{BASE}{PATH}").status_code == 405
