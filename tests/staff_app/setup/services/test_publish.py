"""See the difference, publish now or at a date, discard, read the history and roll back."""

import datetime as dt
import html
from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from requests_app.actions.setup import service_drafts
from requests_app.clock import app_now
from requests_app.models import OutboxRow, Service, ServiceApproval, ServiceDraft, SetupChange
from requests_app.rules.setup.catalog_rows import written_service
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
CHANGES = "/staff/setup/services/pothole/changes/"
HISTORY = "/staff/setup/services/pothole/history/"


@pytest.fixture
def draft(town: Rivermark) -> ServiceDraft:
    written = deepcopy(written_service(Service.objects.get(service_code="pothole")))
    written["questions"][0]["required"] = False
    return service_drafts.save(town.city, "pothole", written | {"priority": 1}, revision=0, base=1, actor=town.ada)


def send(client: Client, draft: ServiceDraft, **pressed: Any) -> Any:
    return client.post(CHANGES, {"revision": draft.revision, "base": 1, **pressed}, follow=True)


def test_the_difference_is_said_in_words_and_published(draft: ServiceDraft, ada: Client) -> None:
    page = html.unescape(ada.get(CHANGES).content.decode())
    assert "Priority: 1: danger to people instead of 2: urgent" in page
    assert "“Tell us the where.” isn’t required anymore" in page
    history = html.unescape(send(ada, draft, publish="1").content.decode())
    assert "Version 2" in history
    assert "Priority: 1: danger to people instead of 2: urgent" in history
    assert "Ada" in history


def test_what_is_unfinished_is_listed_with_links_and_not_published(town: Rivermark, ada: Client) -> None:
    written = written_service(Service.objects.get(service_code="pothole")) | {"name": {"en": "Pothole"}}
    draft = service_drafts.save(town.city, "pothole", written, revision=0, base=1, actor=town.ada)
    answer = send(ada, draft, publish="1")
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert '<a href="/staff/setup/services/pothole/words/">Name: Enter the text in Spanish.</a>' in page
    assert town.pothole.service.versions.count() == 1


def test_a_date_to_come_is_set_and_taken_off(draft: ServiceDraft, ada: Client) -> None:
    assert send(ada, draft, schedule="1", publish_at="2001-01-01T08:00").status_code == 422
    answer = send(ada, draft, schedule="1", publish_at="2031-01-05T08:00")
    assert "Will be published on Jan. 5, 2031, 8 a.m." in answer.content.decode()
    # In the city's time zone.
    assert OutboxRow.objects.get(kind="publish_service").due_at.isoformat() == "2031-01-05T13:00:00+00:00"
    send(ada, draft, unschedule="1")
    draft.refresh_from_db()
    assert draft.publish_at is None


def test_of_two_who_publish_at_once_one_publishes(town: Rivermark, draft: ServiceDraft, ada: Client) -> None:
    send(ada, draft, publish="1")
    answer = send(ada, draft, publish="1")
    assert answer.status_code == 409
    assert town.pothole.service.versions.count() == 2


def test_a_discarded_draft_is_gone(draft: ServiceDraft, ada: Client) -> None:
    assert "Draft discarded." in send(ada, draft, discard="1").content.decode()
    assert not ServiceDraft.objects.exists()


def test_an_earlier_version_is_rolled_back_to_unless_a_newer_one_came(draft: ServiceDraft, ada: Client) -> None:
    send(ada, draft, publish="1")
    stale = ada.post("/staff/setup/services/pothole/roll-back/", {"number": "1", "base": "1"})
    assert stale.status_code == 409
    answer = ada.post("/staff/setup/services/pothole/roll-back/", {"number": "1", "base": "2"}, follow=True)
    assert "Brought back version 1" in answer.content.decode()
    current = Service.objects.get(service_code="pothole").current
    assert current is not None
    assert (current.number, current.priority) == (3, 2)


def test_the_history_names_who_published_here(draft: ServiceDraft, ada: Client) -> None:
    send(ada, draft, publish="1")
    own = SetupChange.objects.get(key="pothole", action="published")
    elsewhere = factories.lakeside()
    SetupChange.objects.create(
        jurisdiction=elsewhere.city, kind=own.kind, key="pothole", action="published", user=elsewhere.sid, at=own.at
    )
    rows = ada.get(HISTORY).context["rows"]
    assert [row["change"] and row["change"].user.name for row in rows] == ["Ada", None]


# --- Emergency words that residents read ------------------------------------------------------------------------------

OUTREACH = "/staff/setup/services/outreach/"
NEW_WORDS = {"en": "Ring 911 if they don’t answer.", "es": "Llame al 911 si no contesta."}


def written_outreach() -> dict[str, Any]:
    return deepcopy(written_service(Service.objects.get(service_code="outreach")))


@pytest.fixture
def changed(town: Rivermark) -> ServiceDraft:
    written = written_outreach() | {"emergency_screen": NEW_WORDS}
    return service_drafts.save(town.city, "outreach", written, revision=0, base=1, actor=town.ada)


def press(client: Client, draft: ServiceDraft, **fields: Any) -> Any:
    """Selects a button on the page of the differences, with what it shows."""
    shown = client.get(f"{OUTREACH}changes/").content.decode()
    seen = shown.split('name="seen" value="')[1].split('"')[0] if 'name="seen"' in shown else ""
    typed = {"revision": draft.revision, "base": 1, **({"seen": seen} if seen else {}), **fields}
    return client.post(f"{OUTREACH}changes/", typed, follow=True)


def today(town: Rivermark) -> dt.date:
    return app_now().astimezone(town.city.zone).date()


def test_the_page_asks_who_at_the_911_center_approved_the_new_words(
    town: Rivermark, changed: ServiceDraft, ada: Client
) -> None:
    page = html.unescape(ada.get(f"{OUTREACH}changes/").content.decode())
    assert "Residents will see this emergency check" in page
    assert NEW_WORDS["es"] in page
    until = today(town) + dt.timedelta(days=90)
    no_name, too_soon = {"approver": " ", "review_by": until}, {"approver": "Lt. Ruiz", "review_by": today(town)}
    for typed in ({}, {"approver": "Lt. Ruiz"}, no_name, too_soon):
        answer = press(ada, changed, publish="1", **typed)
        assert answer.status_code == 422
        assert "<title>Error: " in answer.content.decode()
        assert "There is a problem" in answer.content.decode()
    assert written_outreach()["emergency_screen"] != NEW_WORDS
    press(ada, changed, publish="1", approver="Lt. Ruiz", review_by=until)
    assert written_outreach()["emergency_screen"] == NEW_WORDS
    approval = ServiceApproval.objects.get()
    assert (approval.approver, approval.review_by, approval.user) == ("Lt. Ruiz", until, town.ada)


def test_words_without_the_number_are_not_published_whoever_approved_them(town: Rivermark, ada: Client) -> None:
    written = written_outreach() | {"emergency_screen": {"en": "Ring the mayor.", "es": "Llame al 911."}}
    draft = service_drafts.save(town.city, "outreach", written, revision=0, base=1, actor=town.ada)
    answer = press(ada, draft, publish="1", approver="Lt. Ruiz", review_by=today(town) + dt.timedelta(days=9))
    assert answer.status_code == 422
    said = "The emergency question must name 911 in English."
    assert f'<a href="{OUTREACH}words/">{said}</a>' in html.unescape(answer.content.decode())
    assert written_outreach()["emergency_screen"] != written["emergency_screen"]


def test_an_approval_lasts_until_the_day_of_publishing(town: Rivermark, changed: ServiceDraft, ada: Client) -> None:
    day = today(town) + dt.timedelta(days=10)
    at = {"schedule": "1", "publish_at": f"{day}T23:59", "approver": "Lt. Ruiz"}
    answer = press(ada, changed, **at, review_by=day - dt.timedelta(days=1))
    assert answer.status_code == 422
    assert "has run out" in answer.content.decode()
    changed.refresh_from_db()
    assert changed.publish_at is None
    assert "approved by Lt. Ruiz until" in press(ada, changed, **at, review_by=day).content.decode()


@pytest.mark.parametrize(("second", "published"), [(59, True), (61, False)])
def test_an_approval_that_ends_at_midnight_counts_until_then(
    town: Rivermark, changed: ServiceDraft, ada: Client, second: int, published: bool
) -> None:
    day = today(town) + dt.timedelta(days=10)
    press(ada, changed, schedule="1", publish_at=f"{day}T23:59", approver="Lt. Ruiz", review_by=day)
    row = OutboxRow.objects.get(kind="publish_service")
    with connection.cursor() as cursor:
        shift = "SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)"
        cursor.execute(shift, [row.due_at + dt.timedelta(seconds=second)])
        service_drafts.publish_row(row)
        cursor.execute("SELECT set_config('lamplighter.time_shift', '', true)")
    assert (written_outreach()["emergency_screen"] == NEW_WORDS) is published
    assert Service.objects.get(service_code="outreach").active
    # A draft that was not published stays, without its date, and the log says why.
    assert ServiceDraft.objects.filter(publish_at=None).exists() is not published
    if not published:
        refused = SetupChange.objects.get(action="not_published")
        assert "has run out" in refused.note


def test_what_is_scheduled_and_then_changed_is_not_published_with_the_earlier_approval(
    town: Rivermark, changed: ServiceDraft, ada: Client
) -> None:
    day = today(town) + dt.timedelta(days=1)
    press(ada, changed, schedule="1", publish_at=f"{day}T08:00", approver="Lt. Ruiz", review_by=day)
    other = changed.written | {"emergency_screen": {"en": "Wait for 911.", "es": "Espere al 911."}}
    service_drafts.save(town.city, "outreach", other, revision=changed.revision, base=1, actor=town.ada)
    row = OutboxRow.objects.get(kind="publish_service")
    ServiceDraft.objects.update(publish_at=app_now())
    service_drafts.publish_row(row)
    assert written_outreach()["emergency_screen"] == {
        "en": "Is the person hurt? Call 911.",
        "es": "¿La persona está herida? Llame al 911.",
    }


def test_rolling_back_to_other_words_asks_too(town: Rivermark, changed: ServiceDraft, ada: Client) -> None:
    until = today(town) + dt.timedelta(days=90)
    press(ada, changed, publish="1", approver="Lt. Ruiz", review_by=until)
    fields = {"number": "1", "base": "2"}
    refused = ada.post(f"{OUTREACH}roll-back/", fields)
    assert refused.status_code == 409
    assert "Read it and approve it again." in html.unescape(refused.content.decode())
    page = ada.get(f"{OUTREACH}history/").content.decode()
    assert "your 911 center must approve it first" in page
    fields["seen"] = page.split('name="seen" value="')[1].split('"')[0]
    assert ada.post(f"{OUTREACH}roll-back/", fields).status_code == 422
    ada.post(f"{OUTREACH}roll-back/", fields | {"approver": "Chief Ode", "review_by": until})
    assert written_outreach()["emergency_screen"] != NEW_WORDS
    assert ServiceApproval.objects.get().approver == "Chief Ode"


def test_a_service_that_residents_cannot_use_is_published_without_an_approval(
    town: Rivermark, changed: ServiceDraft, ada: Client
) -> None:
    Service.objects.filter(service_code="outreach").update(active=False)
    assert "Residents will see this emergency check" not in ada.get(f"{OUTREACH}changes/").content.decode()
    press(ada, changed, publish="1")
    assert written_outreach()["emergency_screen"] == NEW_WORDS
    assert "approve it first" not in ada.get(f"{OUTREACH}history/").content.decode()
