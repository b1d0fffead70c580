"""While somebody is away, work goes to the stand-in, and alarms and escalations to others."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.actions.people import leaves
from requests_app.clock import app_now
from requests_app.models import Leave, OnCall, ServiceRequest, User
from requests_app.rules.alarms import calls
from requests_app.rules.people import leaves as leave_rules
from requests_app.rules.people import permissions
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
DAY = dt.timedelta(days=1)


def away(town: Rivermark, user: User, stand_in: User | None = None, *, start: int = 0, days: int = 7) -> Leave:
    first = leave_rules.today(town.city) + start * DAY
    return leaves.add(town.city, user, starts_on=first, ends_on=first + days * DAY, stand_in=stand_in, actor=town.ada)


def test_alarms_and_escalations_skip_them(town: Rivermark) -> None:
    sue = factories.staff("Sue", "supervisor", town.city, town.parks)
    OnCall.objects.create(jurisdiction=town.city, department=town.parks, user=town.pia)
    assert permissions.find_supervisor(town.parks) == town.pia
    away(town, town.pia)
    assert permissions.find_supervisor(town.parks) == sue
    assert calls.on_duty(town.city, town.parks, app_now()) == []
    # From next month on: nothing yet.
    Leave.objects.all().delete()
    away(town, town.pia, start=30)
    assert [one.user for one in calls.on_duty(town.city, town.parks, app_now())] == [town.pia]


def test_a_stand_in_who_is_away_too_is_refused(town: Rivermark) -> None:
    away(town, town.tom, start=3)
    with pytest.raises(leaves.StandInAway):
        away(town, town.dev, town.tom)
    away(town, town.dev, town.tom, days=2)


def test_a_chain_ends_at_somebody_who_is_there(town: Rivermark) -> None:
    away(town, town.dev, town.tom)
    away(town, town.tom, town.cal)
    found = leave_rules.away(town.city, [town.dev])[town.dev.pk]
    assert found.stand_in == town.cal
    # Nobody at its end: Cal is away without a stand-in.
    away(town, town.cal)
    assert leave_rules.away(town.city, [town.dev])[town.dev.pk].stand_in is None


def test_assigning_to_them_offers_the_stand_in(
    town: Rivermark, client: Client, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(town.tom)
    service_request = factories.routed(town.pothole, answers={"where": "lane"})
    away(town, town.dev, town.tom)
    path = f"/staff/r/{service_request.reference}/assign/"
    assert "Dev (away until" in client.get(path).content.decode()
    answer = client.post(path, {"assignee": town.dev.pk})
    assert answer.status_code == 422
    assert "Choose Tom, the stand-in" in answer.content.decode()
    assert ServiceRequest.objects.get(pk=service_request.pk).assignee is None
    client.post(path, {"assignee": town.dev.pk, "although_away": "on"})
    assert ServiceRequest.objects.get(pk=service_request.pk).assignee == town.dev


def test_they_enter_it_on_their_profile_and_ada_for_them(town: Rivermark, signed_in: Callable[[User], Client]) -> None:
    dev, ada = signed_in(town.dev), signed_in(town.ada)
    days = {"add_leave": "1", "starts_on": "2099-12-01", "ends_on": "2099-12-05", "stand_in": town.tom.pk}
    dev.post("/staff/profile/", days)
    found = Leave.objects.get()
    assert (found.user, found.stand_in, str(found.ends_on)) == (town.dev, town.tom, "2099-12-05")
    again = dev.post("/staff/profile/", days)
    assert again.status_code == 422
    assert "There’s an absence on some of these days already" in again.content.decode()
    backward = {**days, "starts_on": "2099-11-05", "ends_on": "2099-11-01", "stand_in": ""}
    assert "can’t be before the first" in ada.post(f"/staff/setup/people/{town.tom.pk}/", backward).content.decode()
    refused = ada.post(f"/staff/setup/people/{town.tom.pk}/", {**days, "stand_in": town.dev.pk})
    assert "Dev is away then, too" in refused.content.decode()
    # Nobody removes another's from their own profile.
    signed_in(town.tom).post("/staff/profile/", {"remove_leave": found.pk})
    assert Leave.objects.exists()
    dev.post("/staff/profile/", {"remove_leave": found.pk})
    assert not Leave.objects.exists()


def test_a_stand_in_works_in_this_city(town: Rivermark, signed_in: Callable[[User], Client]) -> None:
    ada, path = signed_in(town.ada), f"/staff/setup/people/{town.dev.pk}/"
    days = {"add_leave": "1", "starts_on": "2099-12-01", "ends_on": "2099-12-05"}
    User.objects.filter(pk=town.pia.pk).update(is_active=False)
    strangers = (town.pia, factories.lakeside().sid)
    offered = ada.get(path).content.decode().split('name="stand_in"')[1].split("</select>")[0]
    assert {name for name in ("Tom", "Dev", "Pia", "Sid") if f">{name}</option>" in offered} == {"Tom"}
    for stranger in strangers:
        assert ada.post(path, {**days, "stand_in": stranger.pk}).status_code == 422
    assert not Leave.objects.exists()
    ada.post(path, {**days, "stand_in": town.tom.pk})
    assert Leave.objects.get().stand_in == town.tom
