"""What still points to a department or a team: its own, active, and not that of another city's."""

import pytest

from requests_app.models import Membership, OnCall, RoutingRule, Service, ServiceRequest, Team, User
from requests_app.rules.setup import department_use as use
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def rule(of: object, name: str, **columns: object) -> RoutingRule:
    defaults = {"jurisdiction": of, "name": name, "when": {}, "then": {}, "order": RoutingRule.objects.count()}
    return RoutingRule.objects.create(**{**defaults, **columns})


def test_only_what_is_active_and_its_own_counts(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    old = factories.service(town.city, "old", of=town.streets)
    Service.objects.filter(pk=old.service_id).update(active=False)
    team = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    Team.objects.create(department=town.streets, code="gone", name={"en": "Gone"}, active=False)
    Team.objects.create(department=town.parks, code="trees", name={"en": "Trees"})
    User.objects.filter(pk=town.tom.pk).update(is_active=False)
    shift = OnCall.objects.create(jurisdiction=town.city, department=town.streets, user=town.dev)
    OnCall.objects.create(jurisdiction=town.city, department=town.parks, user=town.pia)
    made, ended = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    factories.mark_ended(ended)
    factories.routed(town.tree)
    factories.routed(lakeside.pothole)
    found = use.department_use(town.streets)
    assert town.pothole.service in found.services
    assert not {old.service, town.tree.service, lakeside.pothole.service} & set(found.services)
    assert found.memberships == [Membership.objects.get(user=town.dev)]
    assert (found.teams, found.on_call, found.open_requests) == ([team], [shift], 1)
    assert (found.can_move, found.is_free) == (True, False)
    assert made.department == town.streets


def test_rules_that_send_to_it_or_inform_it_count_in_this_city(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    sends = rule(town.city, "Sends", department=town.streets)
    informs = rule(town.city, "Informs", department=town.parks, then={"inform": ["PK", "PW"]})
    rule(town.city, "Old", department=town.streets, active=False)
    rule(town.city, "Parks", department=town.parks, then={"inform": ["PK"]})
    rule(lakeside.city, "Lake", department=lakeside.streets, then={"inform": ["PW"]})
    assert set(use.department_use(town.streets).rules) == {sends, informs}


@pytest.mark.parametrize("kind", ["team", "request"])
def test_a_team_or_an_open_request_keeps_it_but_cannot_be_moved(town: Rivermark, kind: str) -> None:
    empty = factories.department(town.city, "EM", "Empty")
    assert use.department_use(empty).is_free
    if kind == "team":
        Team.objects.create(department=empty, code="a", name={"en": "A"})
    else:
        made = factories.routed(town.pothole, answers={"where": "lane"})
        ServiceRequest.objects.filter(pk=made.pk).update(department=empty)
    found = use.department_use(empty)
    assert (found.is_free, found.can_move) == (False, False)


def test_open_requests_are_counted_no_further_than_one_more(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "COUNT_MAX", 1)
    north, south = (Team.objects.create(department=town.streets, code=code, name={"en": code}) for code in "ns")
    made = factories.routed(town.pothole, answers={"where": "lane"})
    factories.copies(made, 3)
    ServiceRequest.objects.update(team=north)
    assert (use.open_in_team(north), use.open_in_team(south)) == (2, 0)
    factories.mark_ended(made)
    ServiceRequest.objects.exclude(pk=made.pk).update(team=south)
    assert use.open_in_team(north) == 0
