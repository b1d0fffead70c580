"""Which service of this city is used instead of a retired one, and what becomes of the rules about it."""

from itertools import pairwise

import pytest

from requests_app.models import Jurisdiction, Retirement, Service
from requests_app.rules.setup.retirements import (
    STEPS_MAX,
    last_successor,
    moved_rules,
    moves_since,
    restored_rules,
    successor_of,
)
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


@pytest.mark.django_db
def test_what_happened_since_in_this_city_with_the_retirement_itself(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.service(lakeside.city, "road")
    for code in ("lamp", "light"):
        factories.service(town.city, code)
    retire(town.city, "outreach", "tree", town.ada)
    retire(town.city, "pothole", "tree", town.ada)
    retire(lakeside.city, "pothole", "road", lakeside.sid)
    retire(town.city, "tree", "lamp", town.ada)
    retire(town.city, "lamp", None, town.ada)
    of_pothole = Retirement.objects.get(service=town.pothole.service)
    assert moves_since(of_pothole) == [("pothole", "tree"), ("tree", "lamp"), ("lamp", "")]
    assert last_successor(of_pothole) is None
    of_lamp = Retirement.objects.get(service__service_code="lamp")
    Retirement.objects.filter(pk=of_lamp.pk).update(successor=Service.objects.get(service_code="light"))
    light = Service.objects.get(service_code="light")
    assert last_successor(of_pothole) == light.pk
    # One that came back, and took over from its own successor.
    back = Retirement.objects.create(service=light, successor=town.pothole.service, user=town.ada)
    assert last_successor(of_pothole) == last_successor(back) == town.pothole.service_id


def of_department(name: str, department: str | None, *services: str) -> dict[str, object]:
    return {"name": name, "when": {"services": list(services)}, "department": department}


def test_rules_come_back_as_they_were_unless_they_changed_or_their_department_closed() -> None:
    before = [
        of_department("Holes", "PW", "pothole"),
        of_department("Both", "PW", "pothole", "tree"),
        of_department("Queue", None, "pothole"),
        of_department("Closed", "OLD", "pothole"),
        of_department("Changed", "PW", "pothole"),
        of_department("Others", "OLD", "lamp"),
    ]
    moves = [("pothole", "tree")]
    now = moved_rules(before, *moves[0])
    now[4] = {**now[4], "department": "PK"}
    restored = restored_rules(now, before, moves, ["PW", "PK"])
    assert restored.names == ["Holes", "Both", "Queue"]
    assert restored.stay == ["Closed", "Changed"]
    assert restored.rules == [*before[:3], now[3], now[4], before[5]]
    # What was left out comes back in its place, unless its department has closed.
    gone = [("pothole", "")]
    dropped = restored_rules(moved_rules(before, *gone[0]), before, gone, ["PW"])
    assert [one["name"] for one in dropped.rules] == ["Holes", "Both", "Queue", "Changed", "Others"]
    assert dropped.stay == ["Closed"]
