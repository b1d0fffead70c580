"""Whose tasks somebody reads and works on, in two departments and two cities."""

import pytest

from requests_app.models import Membership, ServiceRequest, Task, Team
from requests_app.rules.work import tasks
from tests import factories
from tests.factories import Lakeside, Rivermark

pytestmark = pytest.mark.django_db


@pytest.fixture
def lakeside(town: Rivermark) -> Lakeside:
    return factories.lakeside()


def task(of: ServiceRequest, department: object, **columns: object) -> Task:
    user = Membership.objects.filter(jurisdiction=of.jurisdiction).earliest("id").user
    return Task.objects.create(service_request=of, department=department, what="Dig", created_by=user, **columns)


def test_each_reads_the_tasks_of_their_departments_in_this_city(town: Rivermark, lakeside: Lakeside) -> None:
    made, other = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(lakeside.pothole)
    ours, parks = task(made, town.streets), task(made, town.parks)
    theirs = task(other, lakeside.streets)
    assert set(tasks.visible_to(town.dev, town.city)) == {ours}
    assert set(tasks.visible_to(town.pia, town.city)) == {parks}
    assert set(tasks.visible_to(town.ada, town.city)) <= {ours, parks}
    assert set(tasks.visible_to(lakeside.lou, lakeside.city)) == {theirs}
    assert set(tasks.visible_to(lakeside.lou, town.city)) == set()
    # Who works for both cities sees in each what is of it.
    both = factories.staff("Bea", "supervisor", town.city, town.streets)
    Membership.objects.create(
        user=both, jurisdiction=lakeside.city, department=None, role=factories.role(lakeside.city, "supervisor")
    )
    assert tasks.departments_of(both, town.city) == [town.streets.pk]
    assert tasks.departments_of(both, lakeside.city) is None
    assert set(tasks.visible_to(both, lakeside.city)) == {theirs}
    assert set(tasks.visible_to(both, town.city)) == {ours}


def test_a_contractor_and_who_takes_calls_have_no_tasks(town: Rivermark) -> None:
    task(factories.routed(town.pothole, answers={"where": "lane"}), town.streets)
    contractor = factories.staff("Con", "contractor", town.city, town.streets)
    assert tasks.departments_of(contractor, town.city) == tasks.departments_of(town.cal, town.city) == []
    assert not tasks.visible_to(contractor, town.city).exists()


def test_one_can_work_on_what_is_open_once_what_comes_before_it_has_ended(town: Rivermark) -> None:
    made, ended = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    first = task(made, town.parks)
    second = task(made, town.streets, after=first)
    free = task(made, town.streets)
    task(made, town.streets, state="done", ended_at=made.submitted_at, ended_by=town.dev)
    task(ended, town.streets)
    factories.mark_ended(ended)
    assert set(tasks.open_tasks(town.dev, town.city)) == {free}
    Task.objects.filter(pk=first.pk).update(state="dropped", ended_at=made.submitted_at, ended_by=town.dev)
    assert set(tasks.open_tasks(town.dev, town.city)) == {second, free}


def test_a_team_is_set_by_who_gives_out_work_in_its_department(town: Rivermark, lakeside: Lakeside) -> None:
    of_parks = task(factories.routed(town.pothole, answers={"where": "lane"}), town.parks)
    assert tasks.may_set_team(town.pia, of_parks)
    assert not tasks.may_set_team(factories.staff("Sue", "supervisor", town.city, town.streets), of_parks)
    assert tasks.may_set_team(factories.staff("Wes", "supervisor", town.city), of_parks)
    assert not tasks.may_set_team(factories.staff("Kim", "supervisor", lakeside.city), of_parks)
    assert not tasks.may_set_team(factories.staff("Pat", "crew", town.city, town.parks), of_parks)


def test_tasks_are_given_to_active_departments_and_teams_of_the_city(town: Rivermark, lakeside: Lakeside) -> None:
    closed = factories.department(town.city, "OLD", "Old works", active=False)
    north = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    Team.objects.create(department=town.streets, code="gone", name={"en": "Gone"}, active=False)
    Team.objects.create(department=closed, code="old", name={"en": "Old"})
    Team.objects.create(department=lakeside.streets, code="lake", name={"en": "Lake"})
    assert list(tasks.teams_of(town.city)) == [north]
    given = set(tasks.may_be_given(town.city))
    assert {town.streets, town.parks} <= given
    assert not given & {closed, lakeside.streets}


def test_words_of_a_confidential_request_are_for_those_who_may_open_it(town: Rivermark) -> None:
    private = factories.routed(town.outreach)
    assert tasks.reads_words(town.tom, private) is not tasks.reads_words(town.pia, private)
    assert tasks.reads_words(town.pia, factories.routed(town.pothole, answers={"where": "lane"}))
