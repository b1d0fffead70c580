"""What a macro or a bulk job names must be of this city, active and in sight; and the reason for each refusal."""

from typing import Any

import pytest

from requests_app.models import AnswerTemplate, Department, Service, ServiceRequest, User
from requests_app.rules.work import steps
from requests_app.rules.work.steps import Refused
from tests import factories
from tests.factories import Lakeside, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]


@pytest.fixture
def lakeside(town: Rivermark) -> Lakeside:
    """It has a department, a service and an answer of codes that Rivermark doesn't have."""
    lakeside = factories.lakeside()
    factories.department(lakeside.city, "HARBOR", "Harbor")
    factories.service(lakeside.city, "pier")
    AnswerTemplate.objects.create(jurisdiction=lakeside.city, name="Soon", words={"en": "Soon."})
    return lakeside


def loaded(town: Rivermark, user: User | None = None, **written: Any) -> steps.Step:
    return steps.loaded([written], town.city, user or town.tom)[0]


def reason(town: Rivermark, **written: Any) -> str:
    with pytest.raises(Refused) as refused:
        loaded(town, **written)
    assert refused.value.verb == written["verb"]
    return refused.value.reason


def test_a_person_of_this_city_who_still_works_is_assigned(town: Rivermark, lakeside: Lakeside) -> None:
    step = loaded(town, verb="assign", assignee=town.dev.pk)
    assert (step.row, step.departments) == (town.dev, {town.streets.pk})
    assert loaded(town, verb="assign", assignee="me").row == town.tom
    assert loaded(town, verb="assign", assignee=None).row is None
    assert reason(town, verb="assign", assignee=lakeside.lou.pk) == "no_person"
    # The departments are those in this city.
    factories.Membership.objects.create(
        user=town.dev,
        jurisdiction=lakeside.city,
        department=lakeside.streets,
        role=factories.role(lakeside.city, "crew"),
    )
    assert loaded(town, verb="assign", assignee=town.dev.pk).departments == {town.streets.pk}
    User.objects.filter(pk=town.dev.pk).update(is_active=False)
    assert reason(town, verb="assign", assignee=town.dev.pk) == "no_person"


def test_a_department_and_a_service_are_this_citys_and_active(town: Rivermark, lakeside: Lakeside) -> None:
    assert loaded(town, verb="transfer", department="PW").row == town.streets
    assert reason(town, verb="transfer", department="HARBOR") == "no_department"
    assert loaded(town, verb="change_service", service="tree").row == town.tree
    assert reason(town, verb="change_service", service="pier") == "no_service"
    Department.objects.filter(pk=town.streets.pk).update(active=False)
    Service.objects.filter(pk=town.tree.service_id).update(active=False)
    assert reason(town, verb="transfer", department="PW") == "no_department"
    assert reason(town, verb="change_service", service="tree") == "no_service"


def test_an_answer_is_this_citys_and_active(town: Rivermark, lakeside: Lakeside) -> None:
    own = AnswerTemplate.objects.create(jurisdiction=town.city, name="Soon", words={"en": "Soon."})
    theirs = AnswerTemplate.objects.get(jurisdiction=lakeside.city)
    assert loaded(town, verb="comment", template=own.pk).row == own
    assert loaded(town, verb="comment", text="Soon.").row is None
    assert reason(town, verb="comment", template=theirs.pk) == "no_template"
    AnswerTemplate.objects.filter(pk=own.pk).update(active=False)
    assert reason(town, verb="resolve", template=own.pk) == "no_template"


def test_what_one_merges_into_is_in_sight_and_not_merged_itself(town: Rivermark, lakeside: Lakeside) -> None:
    parent, child = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    tree, theirs = factories.routed(town.tree), factories.routed(lakeside.pothole)
    assert loaded(town, verb="merge", parent=parent.pk).row == parent
    private = factories.routed(town.outreach)
    factories.mark_ended(child, "duplicate")
    ServiceRequest.objects.filter(pk=child.pk).update(duplicate_of=parent)
    for other in (child.pk, theirs.pk, 0):
        assert reason(town, verb="merge", parent=other) == "no_parent"
    assert {tree.pk, private.pk} - {one.pk for one in ServiceRequest.objects.visible_to(town.dev)}


def test_nothing_is_merged_into_a_request_of_another_city_that_one_works_for(
    town: Rivermark, lakeside: Lakeside
) -> None:
    both = factories.staff("Bea", "triage", town.city, town.streets)
    role = factories.role(lakeside.city, "triage")
    factories.Membership.objects.create(user=both, jurisdiction=lakeside.city, department=lakeside.streets, role=role)
    theirs = factories.routed(lakeside.pothole)
    written = [{"verb": "merge", "parent": theirs.pk}]
    with pytest.raises(Refused):
        steps.loaded(written, town.city, both)
    assert steps.loaded(written, lakeside.city, both)[0].row == theirs


@pytest.mark.parametrize(
    "written",
    [
        [],
        [{"verb": "dance"}],
        [{"verb": "note", "shout": True}],
        [{"verb": "accept"}, {"verb": "accept"}],
        [{"verb": "resolve"}, {"verb": "note"}],
        [{"verb": "transfer"}, {"verb": "accept"}],
        [{"verb": "merge"}, {"verb": "note"}],
    ],
)
def test_what_are_no_steps_is_refused(written: list[dict[str, Any]]) -> None:
    with pytest.raises(Refused) as refused:
        steps.check(written)
    assert refused.value.reason == "invalid"


def test_what_ends_it_may_come_last() -> None:
    steps.check([{"verb": "note"}, {"verb": "resolve"}])
    steps.check([{"verb": "accept"}, {"verb": "transfer"}])


def why_not(town: Rivermark, made: ServiceRequest, user: User | None = None, **written: Any) -> str:
    step = loaded(town, user, **written)
    refused = steps.refusal([step], made, user or town.tom)
    return refused.reason if refused else ""


def test_each_refusal_of_one_request_has_its_reason(town: Rivermark) -> None:
    made, tree = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(town.tree)
    assert why_not(town, tree, verb="accept") == "not_visible"
    assert why_not(town, made, town.cal, verb="accept") == "permission"
    assert why_not(town, made, verb="accept") == ""
    assert why_not(town, made, verb="transfer", department="PW") == "same_department"
    assert why_not(town, made, verb="transfer", department="PK") == ""
    assert why_not(town, made, verb="change_service", service="pothole") == "same_service"
    assert why_not(town, made, verb="assign", assignee=town.dev.pk) == ""
    assert why_not(town, made, verb="assign", assignee=town.pia.pk) == "not_in_department"
    assert why_not(town, made, verb="merge", parent=made.pk) == "merge"
    assert why_not(town, made, verb="resolve", disposition="not_found", visited=True) == "evidence"
    assert why_not(town, made, verb="resolve", disposition="not_found", no_evidence="unsafe") == ""
    factories.mark_ended(made)
    made.refresh_from_db()
    assert why_not(town, made, verb="accept") == "status"
