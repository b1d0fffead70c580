"""A retired service comes back with its rules, links and articles; what was changed since stays, and the gate holds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.routing import versions
from requests_app.actions.setup import go_live as actions
from requests_app.actions.setup import retirements
from requests_app.models import (
    Article,
    Department,
    Retirement,
    RoutingVersion,
    Service,
    ServiceRequest,
    SetupChange,
    ShortLink,
    User,
)
from requests_app.rules.routing.routing import rules_in_use
from requests_app.rules.setup import go_live
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
SignIn = Callable[[User], Client]
BACK = "/staff/setup/services/pothole/bring-back/"
LANE = {"answers": {"where": "lane"}}


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on the list of the gate is missing, but for what a retirement itself is."""
    monkeypatch.setattr(go_live, "checks", lambda *_args, **_more: [])


def rule(name: str, *services: str, to: str = "PK") -> dict[str, Any]:
    return {"name": name, "when": {"services": list(services)}, "department": to}


def article(town: Rivermark, code: str) -> Article:
    return Article.objects.create(jurisdiction=town.city, code=code, title={"en": code}, body={"en": code})


def publish(town: Rivermark, *rules: dict[str, Any]) -> None:
    versions.publish(town.city, list(rules), actor=town.ada)


def in_use(town: Rivermark) -> list[tuple[str, list[str]]]:
    return [(one["name"], one["when"]["services"]) for one in rules_in_use(town.city.pk)]


def retire(town: Rivermark, service: Service, successor: Service | None, *, moves: bool = False) -> Retirement:
    return retirements.retire(service, successor=successor, moves_requests=moves, actor=town.ada)


def said_in(answer: Any) -> str:
    return " ".join(str(one) for one in answer.context["messages"])


def test_it_comes_back_with_its_rules_links_and_articles(
    town: Rivermark, ada: Client, client: Client, ready: None
) -> None:
    there = factories.lakeside()
    retire_there = retirements.retire(there.pothole.service, successor=None, moves_requests=False, actor=there.sid)
    pothole, tree = town.pothole.service, town.tree.service
    sign = ShortLink.objects.create(jurisdiction=town.city, code="AB123", label="Bench", service=pothole)
    other = ShortLink.objects.create(jurisdiction=town.city, code="AB124", label="Gate", service=tree)
    alone, shared = (article(town, code) for code in ("alone", "shared"))
    alone.services.add(pothole)
    shared.services.add(pothole, tree)
    rules = [rule("First", "tree"), rule("Holes", "pothole"), rule("Both", "tree", "pothole"), rule("Last", "unknown")]
    publish(town, *rules)
    retire(town, pothole, tree)
    assert ("Holes", ["tree"]) in in_use(town)
    page = ada.get("/staff/setup/services/pothole/retire/").content.decode()
    assert "Holes · Both" in page
    assert "Residents can use it again at once." in page
    assert "Residents can use it again." in said_in(ada.post(BACK, follow=True))
    assert rules_in_use(town.city.pk) == rules
    for row, service in ((sign, pothole), (other, tree)):
        row.refresh_from_db()
        assert row.service == service
    assert (list(alone.services.all()), shared.services.count()) == ([pothole], 2)
    assert client.get("/service/pothole/").status_code == 200
    assert "A hole in the street." in client.get("/service/pothole/").content.decode()
    change = SetupChange.objects.filter(kind="service").latest("pk")
    assert (change.action, change.user, change.after) == ("brought_back", town.ada, {"active": True})
    # The second click, and the city next door.
    assert "isn’t retired anymore" in said_in(ada.post(BACK, follow=True))
    assert SetupChange.objects.filter(action="brought_back").count() == 1
    assert Retirement.objects.get() == retire_there


def test_a_dropped_rule_stands_where_it_stood(town: Rivermark, ada: Client, ready: None) -> None:
    publish(town, rule("First", "tree"), rule("Holes", "pothole"), rule("Last", "unknown"))
    retire(town, town.pothole.service, None)
    assert [name for name, _services in in_use(town)] == ["First", "Last"]
    ada.post(BACK)
    assert in_use(town) == [("First", ["tree"]), ("Holes", ["pothole"]), ("Last", ["unknown"])]


def test_what_was_changed_since_stays_and_is_named(town: Rivermark, ada: Client, ready: None) -> None:
    sewers = factories.department(town.city, "SW", "Sewers")
    holes = article(town, "holes")
    holes.services.add(town.pothole.service)
    publish(town, rule("Mine", "pothole"), rule("Deep", "pothole", to="SW"), rule("Fine", "pothole"))
    retire(town, town.pothole.service, town.tree.service)
    publish(town, rule("Mine", "tree", to="PW"), rule("Deep", "tree", to="SW"), rule("Fine", "tree"))
    Department.objects.filter(pk=sewers.pk).update(active=False)
    holes.delete()
    page = ada.get("/staff/setup/services/pothole/retire/").content.decode()
    assert "Mine · Deep" in page
    answer = ada.post(BACK, follow=True)
    assert "meanwhile: Mine, Deep, holes." in said_in(answer)
    assert in_use(town) == [("Mine", ["tree"]), ("Deep", ["tree"]), ("Fine", ["pothole"])]


@pytest.mark.parametrize("last", ["unknown", None])
def test_it_comes_back_after_its_replacement_was_retired(
    town: Rivermark, ada: Client, ready: None, last: str | None
) -> None:
    pothole, tree = town.pothole.service, town.tree.service
    sign = ShortLink.objects.create(jurisdiction=town.city, code="AB123", label="Bench", service=pothole)
    publish(town, rule("Holes", "pothole"), rule("Both", "pothole", "tree"), rule("Trees", "tree"))
    retire(town, pothole, tree)
    successor = Service.objects.get(service_code=last) if last else None
    retire(town, tree, successor)
    assert all(services == ["unknown"] for _name, services in in_use(town))
    ada.post(BACK)
    left = [last] if last else []
    expected = [("Holes", ["pothole"]), ("Both", ["pothole", *left]), ("Trees", left)]
    assert in_use(town) == [one for one in expected if one[1]]
    sign.refresh_from_db()
    assert sign.service == pothole
    # And the replacement afterward, which doesn't get what was never its own.
    ada.post("/staff/setup/services/tree/bring-back/")
    sign.refresh_from_db()
    assert sign.service == pothole
    assert ("Holes", ["pothole"]) in in_use(town)
    assert ("Trees", ["tree"]) in in_use(town)
    assert not Retirement.objects.exists()


def test_the_gate_to_residents_holds(town: Rivermark, ada: Client, client: Client) -> None:
    """Its emergency check was never approved, and no test was passed. Its article comes back with it."""
    article(town, "holes").services.add(town.pothole.service)
    retire(town, town.pothole.service, town.tree.service)
    page = ada.get("/staff/setup/services/pothole/retire/").content.decode()
    assert "It waits until these are done" in page
    assert "The emergency check is approved" in page
    assert "An article, or none is needed" not in page
    assert "Residents can’t use it until it goes live." in said_in(ada.post(BACK, follow=True))
    assert not Service.objects.get(service_code="pothole").active
    assert client.get("/report/?service=pothole").status_code == 200
    assert "pothole" not in [one["service_code"] for one in client.get("/open311/v2/services.json").json()]
    with pytest.raises(go_live.NotReady) as refused:
        actions.set_offered(town.pothole.service, offered=True, actor=town.ada)
    assert go_live.RETIRED not in [check.code for check in refused.value.checks]


def test_what_nobody_could_use_before_waits(town: Rivermark, ada: Client, ready: None) -> None:
    Service.objects.filter(service_code="pothole").update(active=False)
    retire(town, town.pothole.service, None)
    ada.post(BACK)
    assert not Service.objects.get(service_code="pothole").active


def test_one_retired_before_anything_was_kept_comes_back_alone(town: Rivermark, ada: Client, ready: None) -> None:
    publish(town, rule("Holes", "pothole"))
    retire(town, town.pothole.service, town.tree.service)
    Retirement.objects.update(kept=None)
    assert "before we kept" in ada.get("/staff/setup/services/pothole/retire/").content.decode()
    ada.post(BACK)
    assert in_use(town) == [("Holes", ["tree"])]
    assert not Service.objects.get(service_code="pothole").active


def test_requests_that_moved_stay_and_no_more_follow(
    town: Rivermark, ada: Client, ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retirements, "BATCH", 1)
    for number in range(3):
        factories.routed(town.pothole, f"Hole {number}", **LANE)
    retire(town, town.pothole.service, town.tree.service, moves=True)
    retirements.retire_row(retirements.OutboxRow.objects.filter(kind=retirements.KIND).latest("pk"))
    ada.post(BACK)
    factories.run_worker()
    codes = list(ServiceRequest.objects.order_by("pk").values_list("service__service_code", flat=True))
    assert codes == ["tree", "pothole", "pothole"]


def test_only_administrators_of_the_city_bring_it_back(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    there = factories.lakeside()
    bog = factories.service(there.city, "bog")
    retirements.retire(bog.service, successor=None, moves_requests=False, actor=there.sid)
    assert ada.post("/staff/setup/services/bog/bring-back/").status_code == 404
    retire(town, town.pothole.service, None)
    assert signed_in(town.pia).post(BACK).status_code == 403
    assert Retirement.objects.count() == 2
    assert not RoutingVersion.objects.filter(jurisdiction=town.city, user=town.pia).exists()
