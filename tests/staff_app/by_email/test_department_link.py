"""A department works by email alone: the links in its email accept a request, send it back or resolve it, and nothing else."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from requests_app import links
from requests_app.actions.work import assignment, conversation, department_links, staff_actions
from requests_app.clock import app_now
from requests_app.models import Comment, Department, Event, OutboxRow, ServiceRequest
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox, plain

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.3")]
INBOX = "streets@rivermark.example"
FIXED = {"disposition": "fixed", "visited": "yes", "words": "Filled on Monday."}


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    by_email(town.streets)
    return factories.routed(town.pothole, answers={"where": "lane", "damage": "Call 555-010-0177."})


def by_email(department: Department, **columns: Any) -> None:
    Department.objects.filter(pk=department.pk).update(works_by_email=True, email=INBOX, **columns)


def url(made: ServiceRequest, act: str, *, event: Event | None = None) -> str:
    event = event or Event.objects.filter(service_request=made, kind__in=["routed", "transferred"]).latest("pk")
    department = Department.objects.get(pk=event.data["department_id"])
    return links.department_url(links.DepartmentLink(event, department, act)).split("rivermark.example", 1)[-1]


def path(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def test_a_request_that_comes_to_it_is_emailed_with_its_facts(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox
) -> None:
    mail_server.deliver()
    (mail,) = mailbox.to(INBOX)
    text = plain(mail)
    assert str(mail["Subject"]).startswith("New for Streets: Pothole at 12 Elm St")
    assert "A hole as big as a plate." in text
    assert "ana@example.org" not in text
    assert "555-010-0177" not in text, "nor a phone number in an answer"
    assert all(path(url(hole, act)) in text for act in links.DEPARTMENT_ACTS)
    # A reply is sent on, with the same kind of links.
    conversation.add_message(hole.pk, text="It grew.", actor=hole.participations.get().person)
    mail_server.deliver()
    assert "It grew." in plain(mailbox.to(INBOX)[-1])


def test_the_reporters_contact_is_sent_only_if_the_city_says_so_and_it_is_recorded(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox
) -> None:
    by_email(town.streets, email_names_reporter=True)
    mail_server.deliver()
    assert "Ana Ortiz" in plain(mailbox.to(INBOX)[0])
    event = Event.objects.get(service_request=hole, kind="reporter_viewed")
    assert (event.user, event.data["by_department_id"]) == (None, town.streets.pk)


def test_of_a_confidential_report_only_its_number_is_sent(town: Rivermark, mailbox: Mailbox) -> None:
    by_email(town.streets, email_names_reporter=True)
    made = factories.routed(town.outreach, "She sleeps behind the church.")
    mail_server.deliver()
    (mail,) = mailbox.to(INBOX)
    assert made.display_reference in plain(mail)
    assert not any(word in mail.as_string() for word in ("church", "Elm St", "Ana"))


def test_opening_a_link_changes_nothing_and_its_button_does(
    town: Rivermark, client: Client, hole: ServiceRequest
) -> None:
    before = Event.objects.count()
    for act in links.DEPARTMENT_ACTS:
        page = client.get(path(url(hole, act)))
        assert page.status_code == 200
        assert "noindex" in page.content.decode()
        assert "no-store" in page["Cache-Control"]
        assert "as big as a plate" not in page.content.decode()
    assert Event.objects.count() == before
    assert client.post(path(url(hole, "accept"))).status_code == 200
    hole.refresh_from_db()
    assert hole.status == "in_progress"
    event = Event.objects.get(service_request=hole, kind="accepted")
    assert (event.user, event.person, event.data) == (None, None, {"by_department_id": town.streets.pk})
    # Once more, by somebody it was forwarded to.
    again = client.post(path(url(hole, "accept")))
    assert (again.status_code, "accepted it already" in again.content.decode()) == (410, True)
    staff = Client()
    staff.force_login(town.tom, backend="django.contrib.auth.backends.ModelBackend")
    assert "Streets, by the link in its email" in staff.get(f"/staff/r/{hole.reference}/").content.decode()


def test_done_asks_for_what_staff_are_asked_for(town: Rivermark, client: Client, hole: ServiceRequest) -> None:
    done = path(url(hole, "done"))
    refused = client.post(done, {**FIXED, "visited": ""})
    assert (refused.status_code, "Filled on Monday." in refused.content.decode()) == (422, True)
    marked = client.post(done, {**FIXED, "words": "Call Ana Ortiz at 555-010-0199."})
    assert (marked.status_code, "Do you want this to be public?" in marked.content.decode()) == (422, True)
    assert client.post(done, {**FIXED, "disposition": "removed"}).status_code == 422, "only staff may"
    assert client.post(done, FIXED).status_code == 200
    hole.refresh_from_db()
    assert (hole.status, hole.disposition) == ("resolved", "fixed")
    outcome = Comment.objects.get(service_request=hole, kind="outcome")
    assert (outcome.text, outcome.user, outcome.department, outcome.language) == (
        "Filled on Monday.", None, town.streets, "en",
    )  # fmt: skip
    assert OutboxRow.objects.filter(kind="notify", event__kind="resolved").exists()


def test_not_ours_returns_it_to_triage_with_the_reason(town: Rivermark, client: Client, hole: ServiceRequest) -> None:
    not_ours = path(url(hole, "not_ours"))
    assert client.post(not_ours, {"reason": " "}).status_code == 422
    assert client.post(not_ours, {"reason": "It’s the county’s."}).status_code == 200
    hole.refresh_from_db()
    assert (hole.department, hole.in_triage, hole.bounces) == (None, True, 1)
    note = Comment.objects.get(service_request=hole, kind="note")
    assert (note.text, note.public) == ("It’s the county’s.", False)


def test_a_link_ends_when_the_request_moves_on(town: Rivermark, client: Client, hole: ServiceRequest) -> None:
    """Also if it comes back: then there is a newer email. Not if the move was undone."""
    accept = path(url(hole, "accept"))

    def move() -> Event | None:
        return staff_actions.perform(
            hole.pk,
            lambda: assignment.transfer(hole.pk, department=town.parks, reason="A root.", actor=town.tom),
            form="transfer",
            actor=town.tom,
        )

    moved = move()
    assert moved is not None
    staff_actions.undo(moved.pk, actor=town.tom)
    assert client.get(accept).status_code == 200
    move()
    gone = client.post(accept)
    assert (gone.status_code, "with another department now" in gone.content.decode()) == (410, True)
    assert "Elm St" not in gone.content.decode()
    assignment.transfer(hole.pk, department=town.streets, reason="No root.", actor=town.pia)
    assert client.post(accept).status_code == 410
    assert client.post(path(url(hole, "accept"))).status_code == 200


def test_a_link_works_for_thirty_days_and_for_what_it_says(
    town: Rivermark, client: Client, hole: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept = path(url(hole, "accept"))
    other = factories.routed(town.pothole, answers={"where": "lane"})
    name, _, secret = accept.rstrip("/").rsplit("/", 1)[-1].partition("-")
    event_id, department_id, _act = name.split(".")
    others = Event.objects.filter(service_request=other, kind="routed").latest("pk").pk
    for forged in (
        f"{event_id}.{department_id}.done-{secret}",
        f"{others}.{department_id}.accept-{secret}",
        f"{event_id}.{town.parks.pk}.accept-{secret}",
        f"{event_id}.{department_id}.accept-{secret[:-1]}",
        f"{event_id}.{department_id}.resolve-{secret}",
        "x",
    ):
        assert client.post(f"/staff/by-email/{forged}/").status_code == 404
    later = app_now() + dt.timedelta(days=30, minutes=1)
    monkeypatch.setattr(department_links, "app_now", lambda: later)
    assert client.post(accept).status_code == 410
    monkeypatch.undo()
    # With another address, or once it works with accounts, the old mailbox can do nothing.
    Department.objects.filter(pk=town.streets.pk).update(email="new@rivermark.example")
    assert client.post(accept).status_code == 404
    Department.objects.filter(pk=town.streets.pk).update(email=INBOX, works_by_email=False)
    assert client.post(accept).status_code == 404
    hole.refresh_from_db()
    assert hole.status == "routed"


def test_the_setting_is_on_the_departments_page_and_recorded(town: Rivermark) -> None:
    from requests_app.models import SetupChange

    ada = Client()
    ada.force_login(town.ada, backend="django.contrib.auth.backends.ModelBackend")
    page = f"/staff/setup/departments/{town.streets.pk}/"
    seen = ada.get(page).context["seen"]
    typed = {"name_en": "Streets", "name_es": "Calles", "calendar": town.streets.calendar_id, "seen": seen}
    assert ada.post(page, {**typed, "works_by_email": "on"}).status_code == 422, "without an address"
    assert ada.post(page, {**typed, "works_by_email": "on", "email": INBOX}).status_code == 302
    town.streets.refresh_from_db()
    assert town.streets.works_by_email
    assert SetupChange.objects.filter(kind="department", after__works_by_email=True).exists()
