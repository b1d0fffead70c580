"""Who of a team gets the next request: the member with the fewest open ones of its department."""

import datetime as dt

import pytest

from requests_app.models import Leave, ServiceRequest, Team, User
from requests_app.rules.people import leaves
from requests_app.rules.routing.load import next_in_team
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_the_fewest_open_requests_of_the_department_count(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    team = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    gus = factories.staff("Gus", "crew", town.city, town.streets)
    team.members.set([town.dev, town.tom, gus])
    assert next_in_team(team) == min((town.dev, town.tom, gus), key=lambda user: user.pk)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    devs, toms, other, ended = (first, *factories.copies(first, 3))
    ServiceRequest.objects.filter(pk=devs.pk).update(assignee=town.dev)
    ServiceRequest.objects.filter(pk=toms.pk).update(assignee=town.tom)
    # Of another department, or ended: they don't count.
    ServiceRequest.objects.filter(pk=other.pk).update(assignee=gus, department=town.parks)
    ServiceRequest.objects.filter(pk=ended.pk).update(assignee=gus)
    factories.mark_ended(ended)
    assert next_in_team(team) == gus
    # Away in another city is here; away here isn't.
    day = leaves.today(town.city)
    leave = Leave.objects.create(jurisdiction=lakeside.city, user=gus, starts_on=day, ends_on=day)
    assert next_in_team(team) == gus
    Leave.objects.filter(pk=leave.pk).update(jurisdiction=town.city)
    assert next_in_team(team) != gus
    leave.delete()
    User.objects.filter(pk=gus.pk).update(is_active=False)
    # Of two who have as many, the one who got one longest ago.
    ServiceRequest.objects.filter(pk=devs.pk).update(routed_at=first.submitted_at - dt.timedelta(days=1))
    ServiceRequest.objects.filter(pk=toms.pk).update(routed_at=first.submitted_at)
    assert next_in_team(team) == town.dev
    User.objects.filter(pk__in=[town.dev.pk, town.tom.pk]).update(is_active=False)
    assert next_in_team(team) is None
