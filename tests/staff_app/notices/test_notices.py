"""Staff get notices of what concerns them: in the page and by email, as each chose, and only of what they may see."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from requests_app import events, outbox
from requests_app.actions.people import leaves, staff_notices
from requests_app.actions.routing import routing, versions
from requests_app.actions.work import assignment, conversation, endings, reopenings
from requests_app.messages import staff_email
from requests_app.models import (
    Membership,
    OutboxRow,
    ServiceRequest,
    StaffNotice,
    StaffNoticePreference,
    Team,
    User,
)
from requests_app.rules.people import leaves as leave_rules
from requests_app.rules.people.staff_notices import Choice
from requests_app.rules.shared import directory
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox, plain

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.3")]
Kind, Email = StaffNotice.Kind, StaffNotice.Email


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    """A report with Streets, where Dev works on a crew and Tom triages."""
    return factories.routed(town.pothole, answers={"where": "lane"})


def kinds(user: User) -> list[str]:
    return list(StaffNotice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def bell(client: Client) -> str:
    html = client.get(reverse("staff_app:profile")).content.decode()
    part = html.split('class="staff-bell"')[1].split("</a>")[0]
    return part.split('class="nav-count">')[1].split("<")[0] if "nav-count" in part else ""


def test_the_assignee_is_notified_once_it_cannot_be_undone(
    town: Rivermark, hole: ServiceRequest, signed_in: Callable[[User], Client], mailbox: Mailbox
) -> None:
    dev = signed_in(town.dev)
    assert bell(dev) == ""
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    mail_server.deliver(later=False)
    assert (kinds(town.dev), mailbox.to(town.dev.email)) == ([], [])
    mail_server.deliver()
    assert kinds(town.dev) == ["assigned"]
    assert bell(dev) == "1"
    (mail,) = mailbox.to(town.dev.email)
    assert "Tom assigned this to you: Pothole at 12 Elm St" in str(mail["Subject"])
    assert reverse("staff_app:detail", args=[hole.reference]) in plain(mail)
    assert "Ana" not in plain(mail)
    assert "as big as a plate" not in plain(mail)
    listed = dev.get(reverse("staff_app:my_notices")).content.decode()
    assert "Tom assigned this to you" in listed
    assert hole.display_reference in listed
    # Opening the request reads its notices.
    dev.get(reverse("staff_app:detail", args=[hole.reference]))
    assert bell(dev) == ""
    assert "Tom assigned" not in dev.get(reverse("staff_app:my_notices")).content.decode()
    assert "Tom assigned" in dev.get(reverse("staff_app:my_notices") + "?show=all").content.decode()


def test_what_is_undone_notifies_nobody(town: Rivermark, hole: ServiceRequest, tom: Client, mailbox: Mailbox) -> None:
    url = reverse("staff_app:action", args=[hole.reference, "assign"])
    page = tom.post(url, {"assignee": town.dev.pk}, follow=True)
    undo = page.content.decode().split('action="')
    address = next(part.split('"')[0] for part in undo if "/undo/" in part.split('"')[0])
    tom.post(address)
    mail_server.deliver()
    assert (kinds(town.dev), mailbox.to(town.dev.email)) == ([], [])


def test_nobody_is_notified_of_what_they_did_themselves(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox
) -> None:
    assignment.assign(hole.pk, assignee=town.tom, actor=town.tom)
    mail_server.deliver()
    assert (kinds(town.tom), mailbox.to(town.tom.email)) == ([], [])


def test_each_kind_reaches_who_it_concerns(town: Rivermark, hole: ServiceRequest) -> None:
    StaffNoticePreference.objects.create(user=town.dev, kind=Kind.ROUTED, in_page=True, email=Email.NEVER)
    factories.routed(town.pothole, answers={"where": "crosswalk"})
    assert kinds(town.dev) == ["routed"], "only by their own choice"
    assert kinds(town.tom) == []
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    reporter = hole.participations.get().person
    conversation.add_message(hole.pk, text="It grew.", actor=reporter)
    events.record(hole, "due_soon", actor=None, clock_kind="resolve")
    endings.resolve(hole.pk, disposition="fixed", text="Done.", visited=True, actor=town.dev)
    reopenings.reopen(hole.pk, text="No.", actor=reporter)
    factories.run_worker()
    assert kinds(town.dev) == ["routed", "assigned", "answered", "due_soon", "reopened"]
    assignment.transfer(hole.pk, department=town.parks, reason="A tree.", actor=town.tom)
    factories.run_worker()
    assert kinds(town.pia) == ["transferred"]
    # Without anybody, the supervisors of the department hear that it is about to be late.
    hole.refresh_from_db()
    events.record(hole, "due_soon", actor=None, clock_kind="resolve")
    factories.run_worker()
    assert kinds(town.pia) == ["transferred", "due_soon"]


def test_a_team_is_notified_as_its_members_chose(
    town: Rivermark, hole: ServiceRequest, signed_in: Callable[[User], Client], mailbox: Mailbox
) -> None:
    """Not the one who assigned it, nor who works for another city only; and nobody once a colleague has it."""
    stranger = factories.staff("Sid", "triage", factories.jurisdiction("Eastport", hosts=["eastport.example"]))
    crew = Team.objects.create(department=town.streets, code="crew-2", name={"en": "Night crew"})
    other = Team.objects.create(department=town.streets, code="crew-3", name={"en": "Day crew"})
    crew.members.set([town.dev, town.tom, stranger])
    other.members.set([town.cal])
    assignment.assign(hole.pk, assignee=crew, actor=town.tom)
    mail_server.deliver()
    assert (kinds(town.dev), kinds(town.tom), kinds(stranger), kinds(town.cal)) == (["transferred"], [], [], [])
    listed = signed_in(town.dev).get(reverse("staff_app:my_notices"), HTTP_HOST="rivermark.example")
    assert "Tom assigned this to Night crew" in listed.content.decode()
    assert mailbox.to(town.dev.email) == []
    StaffNoticePreference.objects.create(user=town.dev, kind=Kind.TRANSFERRED, in_page=True, email=Email.AT_ONCE)
    assignment.assign(hole.pk, assignee=crew, actor=town.ada)
    mail_server.deliver()
    (mail,) = mailbox.to(town.dev.email)
    assert "Ada assigned this to Night crew: Pothole at 12 Elm St" in str(mail["Subject"])
    # It went on to somebody before the notices left.
    assignment.assign(hole.pk, assignee=crew, actor=town.ada)
    assignment.assign(hole.pk, assignee=town.tom, actor=town.ada)
    factories.run_worker()
    assert (kinds(town.dev), kinds(town.tom)) == (["transferred"] * 2, ["transferred", "assigned"])


def test_what_is_routed_again_by_hand_was_sent_to_the_department(
    town: Rivermark, hole: ServiceRequest, signed_in: Callable[[User], Client]
) -> None:
    """Also if a rule gives it to a team: nobody assigned it."""
    crew = Team.objects.create(department=town.parks, code="trees", name={"en": "Tree crew"})
    crew.members.set([town.pia])
    rule = {"name": "Lanes", "when": {"services": ["pothole"]}, "department": "PK", "team": "trees"}
    versions.publish(town.city, [rule], actor=None)
    directory.changed(town.city.pk)
    routing.reroute(hole.pk, actor=town.tom)
    factories.run_worker()
    assert kinds(town.pia) == ["transferred"]
    page = signed_in(town.pia).get(reverse("staff_app:my_notices")).content.decode()
    assert "Tom sent this to Parks" in page
    assert "Tree crew" not in page


def test_only_those_who_may_see_it_now_and_still_work_here(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox, signed_in: Callable[[User], Client]
) -> None:
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    town.dev.is_active = False
    town.dev.save(update_fields=["is_active"])
    factories.run_worker()
    assert kinds(town.dev) == []
    town.dev.is_active = True
    town.dev.save(update_fields=["is_active"])
    assignment.assign(hole.pk, assignee=town.tom, actor=town.ada)
    factories.run_worker()
    assert kinds(town.tom) == ["assigned"]
    # Moved to another department before the email left.
    Membership.objects.filter(user=town.tom).update(department=town.parks)
    mail_server.deliver()
    assert mailbox.to(town.tom.email) == []
    listed = signed_in(town.tom).get(reverse("staff_app:my_notices")).content.decode()
    assert hole.reference not in listed
    assert "can’t see this request anymore" in listed


def test_while_somebody_is_away_the_stand_in_is_notified(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox
) -> None:
    today = leave_rules.today(town.city)
    leaves.add(
        town.city, town.dev, starts_on=today, ends_on=today + dt.timedelta(days=3), stand_in=town.cal, actor=town.ada
    )
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    mail_server.deliver()
    assert (kinds(town.dev), kinds(town.cal)) == (["assigned"], ["assigned"])
    assert mailbox.to(town.dev.email) == []
    (mail,) = mailbox.to(town.cal.email)
    assert "for Dev, who is away" in str(mail["Subject"])


def test_several_events_about_one_request_are_one_email(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox
) -> None:
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    conversation.note(hole.pk, text="Hello @dev, see the lane.", actor=town.tom)
    mail_server.deliver()
    (mail,) = mailbox.to(town.dev.email)
    assert "Tom assigned this to you." in plain(mail)
    assert "Tom mentioned you in a note." in plain(mail)


def test_each_chooses_when_they_are_notified(
    town: Rivermark, hole: ServiceRequest, signed_in: Callable[[User], Client], mailbox: Mailbox
) -> None:
    dev, url = signed_in(town.dev), reverse("staff_app:notice_preferences")
    form = dev.get(url).context["form"]
    chosen = {name: field.initial for name, field in form.fields.items() if field.initial is not False}
    chosen |= {"email_assigned": "morning", "email_digest": "never"}
    del chosen["page_assigned"]
    assert dev.post(url, {**chosen, "email_assigned": "yearly"}).status_code == 422
    assert dev.post(url, chosen).status_code == 302
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    mail_server.deliver()
    assert mailbox.to(town.dev.email) == []
    assert bell(dev) == "", "not in the list either"
    OutboxRow.objects.filter(kind="staff_digest").delete()
    with_digest(town, town.dev)
    (mail,) = mailbox.to(town.dev.email)
    assert "Tom assigned this to you" in plain(mail)
    assert "My open requests" not in plain(mail)


def with_digest(town: Rivermark, user: User) -> None:
    day = leave_rules.today(town.city)
    with transaction.atomic():
        outbox.enqueue("staff_digest", lane="outside", dedupe_key=f"staff_digest:{town.city.pk}:{day}:{user.pk}")
    mail_server.deliver(later=False)


def test_the_morning_digest_lists_my_open_requests_late_first(
    town: Rivermark, hole: ServiceRequest, mailbox: Mailbox
) -> None:
    late = factories.routed(town.pothole, answers={"where": "lane"}, address="9 Late St")
    for one in (hole, late):
        assignment.assign(one.pk, assignee=town.dev, actor=town.dev)
    ServiceRequest.objects.filter(pk=late.pk).update(due_at="2020-01-01T00:00Z")
    with_digest(town, town.dev)
    (mail,) = mailbox.to(town.dev.email)
    assert str(mail["Subject"]) == "This morning: 2 open requests, 1 late"
    assert plain(mail).index("9 Late St") < plain(mail).index("12 Elm St")
    # Nothing to say, nothing sent.
    with_digest(town, town.ada)
    assert mailbox.to(town.ada.email) == []


@pytest.mark.parametrize(("hour", "day", "count"), [(6, 23, 0), (7, 23, 1), (11, 23, 1), (7, 22, 0)])
def test_digests_go_out_once_in_the_morning_of_a_working_day(
    town: Rivermark, hole: ServiceRequest, monkeypatch: pytest.MonkeyPatch, hour: int, day: int, count: int
) -> None:
    """November 23, 2026 is a Monday, on which departments get theirs too."""
    weekdays = {name: [["08:00", "16:00"]] for name in ("mon", "tue", "wed", "thu", "fri")}
    town.streets.calendar.always, town.streets.calendar.hours = False, weekdays
    town.streets.calendar.save()
    assignment.assign(hole.pk, assignee=town.dev, actor=town.dev)
    now = dt.datetime(2026, 11, day, hour, 5, tzinfo=town.city.zone)
    monkeypatch.setattr(staff_email, "app_now", lambda: now)
    for _ in range(2):
        staff_email.enqueue_digests(town.city)
    assert OutboxRow.objects.filter(kind="staff_digest").count() == count
    assert OutboxRow.objects.filter(kind="department_digest").exists() == bool(count)


def test_a_department_gets_its_numbers_each_week(town: Rivermark, hole: ServiceRequest, mailbox: Mailbox) -> None:
    ServiceRequest.objects.filter(pk=hole.pk).update(due_at="2020-01-01T00:00Z", submitted_at="2020-01-01T00:00Z")
    factories.routed(town.tree, address="3 Oak St")
    for department in (town.streets, town.parks, town.unknown.department):
        with transaction.atomic():
            key = f"department_digest:{town.city.pk}:2026-11-23:{department.pk}"
            outbox.enqueue("department_digest", lane="outside", dedupe_key=key)
    town.streets.email = "streets@rivermark.example"
    town.streets.save(update_fields=["email"])
    mail_server.deliver(later=False)
    (streets,) = mailbox.to("streets@rivermark.example")
    numbers = plain(streets).replace("\r\n", "\n")
    assert "Open: 1\n" in numbers
    assert "Late: 1\nDue within 24 hours: 0\nNo public update for too long: 1\n" in numbers
    digests = [mail for mail in mailbox.mails if mail["X-Lamplighter-Event"] == "monday_digest"]
    assert len(digests) == 1, "the others have no address"


def test_the_bell_counts_to_nine_and_all_are_read_at_once(
    town: Rivermark, signed_in: Callable[[User], Client], django_assert_max_num_queries: Callable
) -> None:
    for _ in range(10):
        made = factories.routed(town.pothole, answers={"where": "lane"})
        assignment.assign(made.pk, assignee=town.dev, actor=town.tom)
    factories.run_worker()
    dev = signed_in(town.dev)
    assert bell(dev) == "9+"
    page = dev.get(reverse("staff_app:my_notices"))
    first = page.context["rows"][0].notice
    dev.post(reverse("staff_app:mark_notice_read", args=[first.pk]))
    assert bell(dev) == "9"
    # One that came in after the page was loaded stays unread.
    made = factories.routed(town.pothole, answers={"where": "lane"})
    assignment.assign(made.pk, assignee=town.dev, actor=town.tom)
    factories.run_worker()
    dev.post(reverse("staff_app:mark_all_notices_read"), {"newest": page.context["newest"]})
    assert bell(dev) == "1"
    # Another's notices are not mine to read.
    signed_in(town.tom).post(reverse("staff_app:mark_notice_read", args=[StaffNotice.objects.latest("pk").pk]))
    assert bell(dev) == "1"
    with django_assert_max_num_queries(0):
        staff_notices.unread_count(town.dev, town.city)


def test_old_notices_are_deleted(town: Rivermark, hole: ServiceRequest) -> None:
    assignment.assign(hole.pk, assignee=town.dev, actor=town.tom)
    factories.run_worker()
    staff_notices.delete_old()
    assert StaffNotice.objects.count() == 1
    StaffNotice.objects.update(created_at="2020-01-01T00:00Z")
    staff_notices.delete_old()
    assert not StaffNotice.objects.exists()


def test_preferences_are_saved_over_earlier_ones(town: Rivermark) -> None:
    for email in (Email.NEVER, Email.AT_ONCE):
        staff_notices.save_preferences(town.dev, {Kind.ASSIGNED: Choice(True, email)})
    assert StaffNoticePreference.objects.get(user=town.dev).email == Email.AT_ONCE
