"""An administrator sees what a role sees: not more than the role and not more than themselves, read only, for an hour."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import Event, Membership, Role, SetupChange, StaffNotice, User
from requests_app.models.request_read import RequestRead
from staff_app import see_as_role
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def see_as(client: Client, role: Role, department: object = "") -> Any:
    client.post(reverse("staff_app:stop_seeing_as_role"))
    return client.post(reverse("staff_app:see_as_role", args=[role.pk]), {"department": department})


def role_of(town: Rivermark, code: str) -> Role:
    return factories.role(town.city, code)


def detail(client: Client, service_request: Any) -> Any:
    return client.get(reverse("staff_app:detail", args=[service_request.reference]))


def test_its_menus_and_pages_are_seen_until_stop(town: Rivermark, ada: Client) -> None:
    crew = role_of(town, "crew")
    pothole, tree = (
        factories.routed(town.pothole, answers={"where": "lane"}),
        factories.routed(town.tree, "A dead elm."),
    )
    assert see_as(ada, crew, town.streets.pk)["Location"] == "/staff/"
    queue = ada.get("/staff/").content.decode()
    assert "You see what Crew: Streets sees." in queue
    assert pothole.display_reference in queue
    assert tree.display_reference not in queue, "only its department's"
    assert ">Setup" not in queue
    assert detail(ada, tree).status_code == 404
    assert ada.get("/staff/setup/people/").status_code == 403
    assert "Stop" in ada.get("/staff/setup/people/").content.decode()
    stopped = ada.post(reverse("staff_app:stop_seeing_as_role"), follow=True).content.decode()
    assert "You see your own pages again, not those of Crew." in stopped
    assert detail(ada, tree).status_code == 200
    change = SetupChange.objects.get(action="seen_as")
    assert (change.user, change.key, change.name) == (town.ada, "crew", "Crew: Streets")
    assert "Pages seen as the role Crew: Streets" in ada.get("/staff/audit/").content.decode()


def test_nothing_is_sent_and_nobody_seems_to_have_looked(town: Rivermark, ada: Client) -> None:
    pothole = factories.routed(town.pothole, answers={"where": "lane"})
    see_as(ada, role_of(town, "triage"), town.streets.pk)
    page = detail(ada, pothole).content.decode()
    writer = re.search(r'name="writer" value="(-\d+)"', page)
    assert writer, "no person writes this form"
    events = Event.objects.count()
    path = reverse("staff_app:action", args=[pothole.reference, "accept"])
    refused = ada.post(path, {"writer": writer[1]})
    assert refused.status_code == 403
    assert "nothing is sent or changed" in refused.content.decode()
    assert (Event.objects.count(), RequestRead.objects.count()) == (events, 0)
    assert ada.post(reverse("staff_app:reporter", args=[pothole.reference])).status_code == 403
    ada.get(reverse("staff_app:peek", args=[pothole.reference]))
    assert "is on this request" not in str(presence_of(town, pothole))
    # The same form, open in another tab, after it has ended.
    ada.post(reverse("staff_app:stop_seeing_as_role"))
    late = ada.post(path, {"writer": writer[1]})
    assert late.status_code == 403
    assert "This page was open as a role sees it" in late.content.decode()
    assert Event.objects.count() == events


def presence_of(town: Rivermark, service_request: Any) -> dict[int, str]:
    from staff_app.queue import presence

    return presence.others(town.tom, [service_request.pk])


def test_no_role_shows_more_than_its_viewer_may_read(town: Rivermark, ada: Client) -> None:
    """Ada may read neither confidential requests nor who reported, nor what is for a department alone."""
    damage = factories.question("damage", visibility="department")
    version = factories.service(town.city, "rim", name={"en": "Bent rim"}, questions=[damage])
    pothole = factories.routed(version, answers={"damage": "A bent axle of a blue van"})
    private = factories.routed(town.outreach, "A man sleeps in the cold.")
    for code in ("supervisor", "records_officer", "crew", "call_taker", "triage"):
        for department in ("", town.streets.pk):
            see_as(ada, role_of(town, code), department)
            page = detail(ada, pothole).content.decode()
            assert "A hole as big as a plate." in page, code
            assert "bent axle" not in page, code
            assert "ana@example.org" not in page, code
            assert detail(ada, private).status_code == 404, code
            assert private.display_reference not in ada.get("/staff/?tab=all").content.decode(), code
    # Who may read it themselves sees it, where the role does.
    town.ada.memberships.create(jurisdiction=town.city, role=role_of(town, "records_officer"), department=town.streets)
    see_as(ada, role_of(town, "crew"), town.streets.pk)
    assert detail(ada, private).status_code == 200
    assert "bent axle" in detail(ada, pothole).content.decode()
    see_as(ada, role_of(town, "crew"), town.parks.pk)
    assert detail(ada, private).status_code == 404


def test_who_administers_one_department_sees_roles_in_it_alone(town: Rivermark, signed_in: SignIn) -> None:
    una = factories.staff("Una", "administrator", town.city, town.parks)
    client = signed_in(una)
    tree, pothole = (
        factories.routed(town.tree, "A dead elm."),
        factories.routed(town.pothole, answers={"where": "lane"}),
    )
    for elsewhere in ("", town.streets.pk):
        see_as(client, role_of(town, "supervisor"), elsewhere)
        assert "You see what" not in client.get("/staff/").content.decode()
    see_as(client, role_of(town, "supervisor"), town.parks.pk)
    assert detail(client, tree).status_code == 200
    assert detail(client, pothole).status_code == 404


def test_only_administrators_and_only_roles_of_their_city(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    assert see_as(ada, factories.role(there, "triage")).status_code == 404
    assert see_as(signed_in(town.pia), role_of(town, "crew")).status_code == 403
    # Nor a second role from within the first.
    see_as(ada, role_of(town, "crew"))
    path = reverse("staff_app:see_as_role", args=[role_of(town, "administrator").pk])
    assert ada.post(path).status_code == 403


@pytest.mark.parametrize("shift", [-dt.timedelta(microseconds=1), dt.timedelta(0)])
def test_it_ends_after_an_hour(
    town: Rivermark, ada: Client, shift: dt.timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    see_as(ada, role_of(town, "crew"))
    until = dt.datetime.fromisoformat(ada.session[see_as_role.SESSION_KEY]["until"])
    assert dt.timedelta(0) <= app_now() + see_as_role.LASTS - until < dt.timedelta(minutes=1)
    monkeypatch.setattr(see_as_role, "app_now", lambda: until + shift)
    is_over = shift >= dt.timedelta(0)
    # What is sent then isn't done as oneself.
    assert ada.post("/staff/setup/people/invite/", {"email": "x@x.example"}).status_code == 403
    assert ("You see what" in ada.get("/staff/").content.decode()) is not is_over
    assert ada.get("/staff/setup/people/").status_code == (200 if is_over else 403)


def test_it_ends_with_the_role_and_with_ones_own_permission(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    odd = Role.objects.create(jurisdiction=town.city, code="odd", name={"en": "Odd"}, permissions=["view"])
    see_as(ada, odd)
    odd.delete()
    page = ada.get("/staff/").content.decode()
    assert "You see your own pages again." in page
    see_as(ada, role_of(town, "administrator"))
    Membership.objects.filter(user=town.ada).update(role=role_of(town, "call_taker"))
    assert "You see what" not in ada.get("/staff/").content.decode()
    assert ada.get("/staff/setup/people/").status_code == 403


def test_nothing_of_the_viewer_is_shown_either(town: Rivermark, ada: Client) -> None:
    """A role is no person: it has no requests, notices or profile."""
    mine = factories.routed(town.pothole, answers={"where": "lane"})
    type(mine).objects.filter(pk=mine.pk).update(assignee=town.ada)
    StaffNotice.objects.create(user=town.ada, jurisdiction=town.city, service_request=mine, kind="assigned")
    assert mine.display_reference in ada.get("/staff/mine/").content.decode()
    see_as(ada, role_of(town, "contractor"))
    assert mine.display_reference not in ada.get("/staff/mine/").content.decode()
    assert mine.display_reference not in ada.get(reverse("staff_app:notices")).content.decode()
    assert detail(ada, mine).status_code == 404, "a contractor sees what is assigned to them"
    assert ada.get("/staff/profile/").status_code == 403
