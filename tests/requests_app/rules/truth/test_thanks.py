"""What a crew was thanked for: theirs or their team's, of the last 30 days, in this city."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import Membership, ServiceRequest, Status, Team
from requests_app.rules.truth.thanks import thanks_to
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_only_what_they_or_their_team_finished_recently_counts_newest_first(town: Rivermark) -> None:
    lakeside, now = factories.lakeside(), app_now()
    north, south, over = (Team.objects.create(department=town.streets, code=code, name={"en": code}) for code in "nso")
    for one in (north, over):
        one.members.add(town.dev)
    Team.objects.filter(pk=over.pk).update(active=False)
    # Dev works for the other city, too.
    role = factories.role(lakeside.city, "crew")
    Membership.objects.create(user=town.dev, jurisdiction=lakeside.city, department=lakeside.streets, role=role)
    month = dt.timedelta(days=30)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    own, team, another, ended, exact, old, unthanked, moved = (first, *factories.copies(first, 7))
    for made, columns in (
        (own, {"assignee": town.dev, "resolved_at": now - dt.timedelta(days=2)}),
        (team, {"team": north, "resolved_at": now - dt.timedelta(days=1)}),
        (another, {"team": south, "resolved_at": now}),
        (ended, {"team": over, "resolved_at": now}),
        (exact, {"assignee": town.dev, "resolved_at": now - month}),
        (old, {"assignee": town.dev, "resolved_at": now - month - dt.timedelta(seconds=1)}),
        (unthanked, {"assignee": town.dev, "resolved_at": now, "thanks_count": 0}),
        # It went on to a department whose requests Dev doesn't see.
        (moved, {"team": north, "department": town.parks, "resolved_at": now}),
        (factories.routed(lakeside.pothole), {"assignee": town.dev, "resolved_at": now}),
    ):
        values = {"thanks_count": 2, "status": Status.RESOLVED, "disposition": "fixed", **columns}
        ServiceRequest.objects.filter(pk=made.pk).update(**values)
    found = thanks_to(town.dev, town.city)
    assert found.people == 6
    assert [one.pk for one in found.newest] == [team.pk, own.pk, exact.pk]
