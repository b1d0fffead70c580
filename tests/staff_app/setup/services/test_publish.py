"""See the difference, publish now or at a date, discard, read the history and roll back."""

import html
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client

from requests_app.actions import service_drafts
from requests_app.models import OutboxRow, Service, ServiceDraft
from requests_app.rules.written_catalog import written_service
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
    assert "Priority: “2” is now “1”" in page
    assert "“Tell us the where.”: Required: “Yes” is now “No”" in page
    history = html.unescape(send(ada, draft, publish="1").content.decode())
    assert "Version 2" in history
    assert "Priority: “2” is now “1”" in history
    assert "Ada" in history


def test_what_is_unfinished_is_listed_with_links_and_not_published(town: Rivermark, ada: Client) -> None:
    written = written_service(Service.objects.get(service_code="pothole")) | {"name": {"en": "Pothole"}}
    draft = service_drafts.save(town.city, "pothole", written, revision=0, base=1, actor=town.ada)
    answer = send(ada, draft, publish="1")
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert '<a href="/staff/setup/services/pothole/">Name: Enter the text in Spanish.</a>' in page
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
