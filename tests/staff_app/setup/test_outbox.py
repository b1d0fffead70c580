"""What was given up is seen by those who look after it, by kind and cause, and tried again or settled by a button."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from requests_app import outbox
from requests_app.actions.people import invitations
from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.messages.outbox_words import outbox_words
from requests_app.models import (
    ContactPoint,
    Jurisdiction,
    OneTimeLink,
    OutboxRow,
    Person,
    ServiceRequest,
    SetupChange,
    User,
)
from requests_app.worker import clock, tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
GAVE_UP = "SMTPServerDisconnected"


def kill(row: OutboxRow, error: str = GAVE_UP) -> OutboxRow:
    row.dead_at, row.attempts, row.last_error = app_now(), 17, error
    row.save()
    return row


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def dead(town: Rivermark) -> OutboxRow:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    return kill(OutboxRow.objects.get(service_request=one, kind="email_received"))


@pytest.fixture
def elsewhere(town: Rivermark) -> Jurisdiction:
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    return factories.jurisdiction("Eastport", hosts=["eastport.example"])


def path(kind: str, error: str = GAVE_UP) -> str:
    return f"/staff/outbox/group/?{urlencode({'kind': kind, 'error': error})}"


def link_to(city: Jurisdiction, email: str) -> OutboxRow:
    """A link to confirm an address, which nobody has reported with."""
    person = Person.objects.create(jurisdiction=city)
    point = ContactPoint.objects.create(person=person, kind="email", value=email, normalized=email)
    verify_email.send_link(point, OneTimeLink.Purpose.SIGN_IN)
    return kill(OutboxRow.objects.latest("id"))


def test_it_shows_what_was_given_up_with_its_error(town: Rivermark, dead: OutboxRow, ada: Client) -> None:
    page = ada.get("/staff/outbox/").content.decode()
    assert GAVE_UP in page
    assert "Email: report received" in page
    assert "Email: sent to department" not in page, "what waits for its turn was not given up"
    group = ada.get(path("email_received")).content.decode()
    assert "17" in group
    assert ServiceRequest.objects.get().display_reference in group


def test_a_refused_address_is_said_in_words(town: Rivermark, dead: OutboxRow, ada: Client) -> None:
    kill(dead, "550")
    link = kill(OutboxRow.objects.create(kind="send_webhook", lane="outside", jurisdiction=town.city), "550")
    words = "The mail server refused the address (550)"
    listed = ada.get("/staff/outbox/").content.decode()
    assert f'data-label="Error">{words}</td>' in listed
    assert 'data-label="Error">550</td>' in listed
    assert words in ada.get(path("email_received", "550")).content.decode()
    assert words not in ada.get(path(link.kind, "550")).content.decode()


def test_a_reference_is_told_only_to_who_may_open_the_request(town: Rivermark, dead: OutboxRow, pia: Client) -> None:
    page = pia.get(path("email_received")).content.decode()
    assert GAVE_UP in page
    assert ServiceRequest.objects.get().display_reference not in page


@pytest.mark.shows("2.8")
def test_the_button_tries_again(town: Rivermark, dead: OutboxRow, ada: Client) -> None:
    assert ada.post(f"/staff/outbox/{dead.pk}/retry/").status_code == 302
    dead.refresh_from_db()
    assert dead.dead_at is None
    assert dead.attempts == 0
    assert "No failed tasks." in ada.get("/staff/outbox/").content.decode()


def test_a_second_press_says_so_and_does_no_harm(town: Rivermark, dead: OutboxRow, ada: Client) -> None:
    ada.post(f"/staff/outbox/{dead.pk}/retry/")
    answer = ada.post(f"/staff/outbox/{dead.pk}/retry/", follow=True)
    assert "already done or retried" in answer.content.decode()


def test_it_is_not_for_everybody(
    town: Rivermark, dead: OutboxRow, tom: Client, signed_in: SignIn, client: Client
) -> None:
    settled = {"act": "settle", "note": "No."}
    for who in (tom, signed_in(town.cal), signed_in(town.dev)):
        assert who.get("/staff/outbox/").status_code == 403
        assert who.get(path("email_received")).status_code == 403
        assert who.post(path("email_received"), settled).status_code == 403
        assert who.post(f"/staff/outbox/{dead.pk}/retry/").status_code == 403
        assert "/staff/outbox/" not in who.get("/staff/").content.decode()
    assert client.post(f"/staff/outbox/{dead.pk}/retry/").status_code == 302
    dead.refresh_from_db()
    assert dead.dead_at is not None


def test_rows_of_every_kind_are_there_grouped_by_kind_and_cause(town: Rivermark, dead: OutboxRow, ada: Client) -> None:
    invitations.invite(
        town.city,
        "new@rivermark.example",
        role=factories.role(town.city, "crew"),
        department=None,
        actor=town.ada,
    )
    kill(OutboxRow.objects.get(kind="mail_invitation"))
    for number in range(2):
        link_to(town.city, f"lee{number}@example.org")
    kill(link_to(town.city, "kim@example.org"), "550")
    outbox.enqueue("bulk_job", lane="database", jurisdiction_id=town.city.pk, dedupe_key="bulk_job:1:0")
    kill(OutboxRow.objects.get(kind="bulk_job"), "ValueError")
    clock.enqueue_due()
    for name in ("recount", "end_holds"):
        kill(OutboxRow.objects.get(kind=name), "QueryCanceled")
    groups = {(one.what, one.error): one.count for one in ada.get("/staff/outbox/").context["groups"]}
    assert groups == {
        ("Email: report received", GAVE_UP): 1,
        ("Email: invitation", GAVE_UP): 1,
        ("Email: link to confirm or sign in", GAVE_UP): 2,
        ("Email: link to confirm or sign in", "The mail server refused the address (550)"): 1,
        ("Job on many requests", "ValueError"): 1,
        ("Scheduled: recount", "QueryCanceled"): 1,
        ("Scheduled: end holds", "QueryCanceled"): 1,
    }


def test_each_kind_has_a_name() -> None:
    for kind in {*tasks.HANDLERS, *clock.PARTS}:
        assert outbox_words(kind) != kind


@pytest.mark.parametrize("act", ["retry", "settle"])
def test_a_group_is_retried_or_settled_together_with_a_note(
    town: Rivermark, ada: Client, elsewhere: Jurisdiction, act: str
) -> None:
    """What has another cause, or belongs to another city, stays."""
    own = [link_to(town.city, f"lee{number}@example.org") for number in range(2)]
    others = [kill(link_to(town.city, "kim@example.org"), "550"), link_to(elsewhere, "eve@example.org")]
    at: Any = {"HTTP_HOST": "rivermark.example"}
    answer = ada.post(path("mail_link"), {"act": act, "note": "The mail server was down."}, follow=True, **at)
    words = "Trying 2 tasks again now." if act == "retry" else "Settled 2 tasks."
    assert words in answer.content.decode()
    for row in (*own, *others):
        row.refresh_from_db()
    assert [row.dead_at is None for row in (*own, *others)] == [True, True, False, False]
    assert [row.done_at is None for row in own] == [act == "retry"] * 2
    change = SetupChange.objects.get(kind="outbox")
    assert (change.user, change.note, change.jurisdiction) == (town.ada, "The mail server was down.", town.city)
    assert change.action == {"retry": "retried", "settle": "settled"}[act]
    assert change.name == f"mail_link, {GAVE_UP} (2)"
    audit = ada.get("/staff/audit/", **at).content.decode()
    assert "The mail server was down." in audit
    # A settled row isn't done by a worker, nor by the command that retries all.
    if act == "settle":
        assert outbox.retry(OutboxRow.objects.filter(pk=own[0].pk)) == 0


def test_nothing_is_settled_without_a_note(town: Rivermark, dead: OutboxRow, ada: Client) -> None:
    answer = ada.post(path("email_received"), {"act": "settle", "note": " "})
    assert answer.status_code == 422
    assert "Enter a note" in answer.content.decode()
    dead.refresh_from_db()
    assert dead.dead_at is not None
    assert not SetupChange.objects.filter(kind="outbox").exists()
    assert ada.post(path("email_received"), {"act": "erase"}).status_code == 404
    # Trying again needs none.
    assert ada.post(path("email_received"), {"act": "retry", "note": ""}).status_code == 302


def test_an_address_is_only_for_who_may_read_it_and_each_look_is_recorded(
    town: Rivermark, ada: Client, pia: Client, signed_in: SignIn
) -> None:
    """Ada administers, Pia supervises one department, and Sam the whole city."""
    link_to(town.city, "lee@example.org")
    sam = signed_in(factories.staff("Sam", "supervisor", town.city))
    for who in (ada, pia, sam):
        assert "lee@example.org" not in who.get(path("mail_link")).content.decode()
    for who in (ada, pia):
        assert "Show addresses" not in who.get(path("mail_link")).content.decode()
        assert who.post(path("mail_link"), {"act": "show"}).status_code == 403
    assert not SetupChange.objects.filter(kind="outbox").exists()
    assert "Show addresses" in sam.get(path("mail_link")).content.decode()
    assert "lee@example.org" in sam.post(path("mail_link"), {"act": "show"}).content.decode()
    change = SetupChange.objects.get(kind="outbox")
    assert (change.user.name if change.user else "", change.action) == ("Sam", "addresses_shown")
    # An invited colleague's is for those who invite.
    invitations.invite(
        town.city,
        "new@rivermark.example",
        role=factories.role(town.city, "crew"),
        department=None,
        actor=town.ada,
    )
    kill(OutboxRow.objects.get(kind="mail_invitation"))
    assert "new@rivermark.example" in ada.get(path("mail_invitation")).content.decode()
    for who in (pia, sam):
        assert "new@rivermark.example" not in who.get(path("mail_invitation")).content.decode()
        assert "new@rivermark.example" not in who.post(path("mail_invitation"), {"act": "show"}).content.decode()


def test_the_address_of_a_report_is_on_its_page_alone(town: Rivermark, signed_in: SignIn) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    row = kill(OutboxRow.objects.get(service_request=one, kind="email_received"))
    assert row.recipient is not None
    sam = signed_in(factories.staff("Sam", "supervisor", town.city))
    for page in (sam.get(path(row.kind)), sam.post(path(row.kind), {"act": "show"})):
        assert one.display_reference in page.content.decode()
        assert row.recipient.value not in page.content.decode()


def test_another_citys_rows_are_not_there(
    town: Rivermark, dead: OutboxRow, elsewhere: Jurisdiction, signed_in: SignIn
) -> None:
    at: Any = {"HTTP_HOST": "eastport.example"}
    link_to(town.city, "lee@example.org")
    clock.enqueue_due()
    kill(OutboxRow.objects.get(kind="end_holds", jurisdiction=town.city))
    eve = signed_in(factories.staff("Eve", "administrator", elsewhere))
    assert "No failed tasks." in eve.get("/staff/outbox/", **at).content.decode()
    for kind in ("email_received", "mail_link", "end_holds"):
        assert eve.get(path(kind), **at).context["list"].rows == []
        eve.post(path(kind), {"act": "settle", "note": "Not ours."}, **at)
    assert eve.post(f"/staff/outbox/{dead.pk}/retry/", **at).status_code == 404
    assert OutboxRow.objects.filter(dead_at__isnull=False).count() == 3
    assert not SetupChange.objects.filter(kind="outbox").exists()
    # What is done for all cities together is everybody's.
    kill(OutboxRow.objects.get(kind="recount"))
    assert [one.what for one in eve.get("/staff/outbox/", **at).context["groups"]] == ["Scheduled: recount"]
