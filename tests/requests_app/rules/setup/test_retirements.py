"""Which service of this city is used instead of a retired one, and what becomes of the rules about it."""

from itertools import pairwise

import pytest

from requests_app.models import Jurisdiction, Retirement, Service
from requests_app.rules.setup.retirements import STEPS_MAX, moved_rules, successor_of
from tests import factories
from tests.factories import Rivermark


def retire(city: Jurisdiction, code: str, to: str | None, user: object) -> None:
    services = Service.objects.filter(jurisdiction=city)
    service = services.get(service_code=code)
    service.active = False
    service.save(update_fields=["active"])
    successor = services.get(service_code=to) if to else None
    Retirement.objects.create(service=service, successor=successor, user=user)  # type: ignore[misc]


@pytest.mark.django_db
def test_the_successor_is_this_citys_and_still_offered(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.service(lakeside.city, "road")
    for code in ("lamp", "light"):
        factories.service(town.city, code)
    retire(lakeside.city, "pothole", "road", lakeside.sid)
    assert successor_of(town.city.pk, "pothole") == ""
    assert successor_of(lakeside.city.pk, "pothole") == "road"
    # A successor may be retired later, too.
    retire(town.city, "pothole", "tree", town.ada)
    retire(town.city, "tree", "lamp", town.ada)
    assert successor_of(town.city.pk, "pothole") == successor_of(town.city.pk, "tree") == "lamp"
    retire(town.city, "lamp", None, town.ada)
    assert successor_of(town.city.pk, "pothole") == ""


@pytest.mark.django_db
def test_no_further_than_so_many_steps(town: Rivermark) -> None:
    codes = [f"s{number}" for number in range(STEPS_MAX + 2)]
    Service.objects.bulk_create(Service(jurisdiction=town.city, service_code=code) for code in codes)
    for code, to in pairwise(codes):
        retire(town.city, code, to, town.ada)
    assert successor_of(town.city.pk, codes[1]) == codes[-1]
    assert successor_of(town.city.pk, codes[0]) == ""


def rule(*services: str) -> dict[str, object]:
    return {"name": "R", "when": {"services": list(services), "wards": ["5"]}}


def test_rules_name_the_successor_once_and_one_about_nothing_else_ends() -> None:
    every = [rule("tree"), rule("pothole"), rule("pothole", "tree"), {"name": "All", "when": {}}]
    assert moved_rules(every, "pothole", "lamp") == [rule("tree"), rule("lamp"), rule("lamp", "tree"), every[3]]
    assert moved_rules(every, "pothole", "tree") == [rule("tree"), rule("tree"), rule("tree"), every[3]]
    # Without its name, a rule about it alone would catch every report.
    assert moved_rules(every, "pothole", "") == [rule("tree"), rule("tree"), every[3]]
