"""Where a request may go: by the rules, and where the latest open ones of its service went."""

import pytest

from requests_app.actions.routing import versions
from requests_app.models import Department, Service, ServiceRequest
from requests_app.rules.routing import triage
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_each_service_goes_where_the_rules_or_its_department_take_it(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.department(lakeside.city, "PK", "Their parks")
    factories.department(town.city, "OLD", "Old works", active=False)
    for code in ("nobody", "old"):
        factories.service(town.city, code)
    rules = [
        {"name": code, "when": {"services": [code]}, "department": to}
        for code, to in (("pothole", "PK"), ("nobody", None), ("old", "OLD"))
    ]
    versions.publish(town.city, rules, actor=None)
    made = factories.routed(town.unknown)
    services = Service.objects.filter(jurisdiction=town.city).select_related("current__service", "current__department")
    current = [service.current for service in services if service.current is not None]
    found = triage.departments_for(made, current)
    by_code = {version.service.service_code: found.get(version.pk) for version in current}
    assert by_code == {
        "pothole": town.parks,
        "tree": town.parks,
        "outreach": town.streets,
        "unknown": None,
        "nobody": None,
        "old": None,
    }
    assert triage.departments_for(made, []) == {}


def test_usual_is_where_three_open_ones_of_the_service_went(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    lakeside = factories.lakeside()
    sewers, water = (factories.department(town.city, code, code) for code in ("SEW", "WAT"))
    first = factories.routed(town.pothole, answers={"where": "lane"})
    made, *others = (first, *factories.copies(first, 9))
    of_tree = factories.routed(town.tree)
    trees = factories.copies(of_tree, 3)
    theirs = factories.routed(lakeside.pothole)
    factories.copies(theirs, 3)

    def at(requests: list[ServiceRequest], department: Department | None) -> None:
        ServiceRequest.objects.filter(pk__in=[one.pk for one in requests]).update(department=department)

    at(others, None)
    at(trees, water)
    at(others[:2], sewers)
    assert triage.suggested_departments(made) == [], "two are too few, and the rules say where it is"
    at(others[:3], sewers)
    at([made], None)
    made.refresh_from_db()
    assert triage.suggested_departments(made) == [town.streets, sewers]
    at([made], town.streets)
    made.refresh_from_db()
    assert triage.suggested_departments(made) == [sewers]
    factories.mark_ended(others[0])
    assert triage.suggested_departments(made) == []
    at(others[1:4], sewers)
    assert triage.suggested_departments(made) == [sewers]
    Department.objects.filter(pk=sewers.pk).update(active=False)
    assert triage.suggested_departments(made) == []
    Department.objects.filter(pk=sewers.pk).update(active=True)
    # Only the latest count: the three are the last of eight.
    monkeypatch.setattr(triage, "EARLIER", 8)
    assert triage.suggested_departments(made) == [sewers]
    monkeypatch.setattr(triage, "EARLIER", 7)
    assert triage.suggested_departments(made) == []
