"""What is on somebody's day: theirs and their teams', of this city, due by today, and no tests."""

import datetime as dt

import pytest

from requests_app.models import Membership, ServiceRequest, Team
from requests_app.rules.work import crew_day
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
TODAY = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)


def test_theirs_and_what_nobody_in_their_team_has_yet(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    role = factories.role(lakeside.city, "crew")
    Membership.objects.create(user=town.dev, jurisdiction=lakeside.city, department=lakeside.streets, role=role)
    north, south = (Team.objects.create(department=town.streets, code=code, name={"en": code}) for code in "ns")
    first = factories.routed(town.pothole, answers={"where": "lane"})
    own, of_team, taken, other_team, today, tomorrow, ended = (first, *factories.copies(first, 6))
    test = factories.routed(town.pothole, answers={"where": "lane"}, is_test=True)
    theirs = factories.routed(lakeside.pothole)
    for made, columns in (
        (own, {"assignee": town.dev}),
        (of_team, {"team": north}),
        (taken, {"team": north, "assignee": town.tom}),
        (other_team, {"team": south}),
        (today, {"assignee": town.dev, "scheduled_for": TODAY}),
        (tomorrow, {"assignee": town.dev, "scheduled_for": TODAY + DAY}),
        (ended, {"assignee": town.dev}),
        (test, {"assignee": town.dev, "team": north}),
        (theirs, {"assignee": town.dev}),
    ):
        ServiceRequest.objects.filter(pk=made.pk).update(**columns)
    factories.mark_ended(ended)
    found = crew_day.requests_of(town.dev, town.city, [north.pk], day=TODAY)
    assert set(found) == {own, of_team, today}
    assert set(crew_day.requests_of(town.dev, town.city, [], day=TODAY)) == {own, today}
    assert set(crew_day.requests_of(town.dev, lakeside.city, [north.pk], day=TODAY)) == {theirs}
    assert set(crew_day.requests_of_team(north, town.city, day=TODAY)) == {of_team, taken}
