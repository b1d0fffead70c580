"""A service is retired: at once for residents; what belongs to it goes where the administrator said, once, whatever dies."""

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app import outbox
from requests_app.actions.setup import retirements
from requests_app.actions.work import assignment
from requests_app.clock import app_now
from requests_app.models import (
    Event,
    OutboxRow,
    Retirement,
    RoutingRule,
    Service,
    ServiceRequest,
    SetupChange,
    ShortLink,
    User,
)
from requests_app.worker import tasks
from staff_app.setup.retirement.retire_service import _left
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
SignIn = Callable[[User], Client]
PAGE = "/staff/setup/services/pothole/retire/"
LANE = {"answers": {"where": "lane"}}


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def into_tree(client: Client) -> str:
    return client.post(PAGE, {"successor": "tree", "open_requests": "move"}, follow=True).content.decode()


def service_codes() -> list[str]:
    return list(ServiceRequest.objects.order_by("pk").values_list("service__service_code", flat=True))


def test_the_page_shows_what_belongs_to_the_service_and_asks_where_it_goes(town: Rivermark, ada: Client) -> None:
    factories.routed(town.pothole, **LANE)
    RoutingRule.objects.create(
        jurisdiction=town.city, order=1, name="Holes go to Parks", when={"services": ["pothole"]}, department=town.parks
    )
    html = ada.get(PAGE).content.decode()
    assert "Holes go to Parks" in html
    assert "<dd>1</dd>" in html
    answer = ada.post(PAGE, {"successor": "", "open_requests": "move"})
    assert answer.status_code == 422
    assert "Choose the service that the open requests move to." in answer.content.decode()
    assert Service.objects.get(service_code="pothole").active


def test_residents_are_led_to_the_successor_at_once(town: Rivermark, ada: Client, client: Client) -> None:
    sign = ShortLink.objects.create(jurisdiction=town.city, code="AB123", label="Bench", service=town.pothole.service)
    old = factories.routed(town.pothole, **LANE)
    into_tree(ada)
    assert client.get("/service/pothole/").headers["Location"].endswith("/service/tree/")
    assert "Tree to prune" in client.get("/report/?service=pothole").content.decode()
    listed = client.get("/open311/v2/services.json").json()
    assert "pothole" not in [one["service_code"] for one in listed]
    assert client.get(f"/r/{old.reference}/").status_code == 200
    sign.refresh_from_db()
    assert sign.service == town.tree.service


def test_open_requests_move_in_batches_and_closed_ones_stay(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retirements, "BATCH", 2)
    made = [factories.report(town.pothole, f"Hole {number}", **LANE) for number in range(5)]
    factories.run_worker()
    ServiceRequest.objects.filter(pk=made[0].pk).update(status="closed", disposition="fixed")
    html = into_tree(ada)
    assert "4 are left" in html
    factories.run_worker()
    assert service_codes() == ["pothole", "tree", "tree", "tree", "tree"]
    assert Event.objects.filter(kind="service_changed", user=town.ada).count() == 4
    assert "4 open requests were moved." in ada.get(PAGE).content.decode()
    logged = SetupChange.objects.get(kind="service")
    assert (logged.action, logged.key, logged.after) == (
        "retired",
        "pothole",
        {"active": False, "successor": "tree", "moves_requests": True},
    )


def test_a_worker_killed_in_the_middle_goes_on_and_moves_each_request_once(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kill is an exception that no handler catches, in the middle of the second batch: its transaction is lost."""
    monkeypatch.setattr(retirements, "BATCH", 2)
    for number in range(5):
        factories.report(town.pothole, f"Hole {number}", **LANE)
    factories.run_worker()
    into_tree(ada)
    change, calls = assignment.change_service, []

    def killed(pk: int, **options: object) -> ServiceRequest:
        calls.append(pk)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return change(pk, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(assignment, "change_service", killed)
    with pytest.raises(KeyboardInterrupt):
        tasks.drain_database()
    assert service_codes().count("tree") == 2
    waiting = OutboxRow.objects.get(kind="retire_service", done_at=None)
    # The lease of the killed worker ends.
    OutboxRow.objects.filter(pk=waiting.pk).update(due_at=waiting.created_at)
    tasks.drain_database()
    assert service_codes() == ["tree"] * 5
    assert Event.objects.filter(kind="service_changed").count() == 5
    assert (Retirement.objects.get().moved, outbox.claim("database")) == (5, None)


def test_without_a_successor_rules_for_it_alone_end_and_its_requests_stay(
    town: Rivermark, ada: Client, client: Client
) -> None:
    """A rule without its service would catch every report."""
    rules = RoutingRule.objects
    alone = rules.create(jurisdiction=town.city, order=1, name="a", when={"services": ["pothole"], "words": ["x"]})
    both = rules.create(jurisdiction=town.city, order=2, name="b", when={"services": ["tree", "pothole"]})
    article = factories.article(town.city, "holes", "Holes", "Text", town.pothole)
    sign = ShortLink.objects.create(jurisdiction=town.city, code="AB123", label="Bench", service=town.pothole.service)
    factories.routed(town.pothole, **LANE)
    shown = ada.get(PAGE).context["foreseen"]
    ada.post(PAGE, {"successor": "", "open_requests": "stay", "foreseen": shown})
    for row in (alone, both, sign):
        row.refresh_from_db()
    assert not alone.active
    assert (both.active, both.when) == (True, {"services": ["tree"]})
    assert (sign.service, list(article.services.all())) == (None, [])
    assert service_codes() == ["pothole"]
    assert client.get("/service/pothole/").status_code == 404
    assert "stay as they are" in ada.get(PAGE).content.decode()


def test_rules_and_articles_are_about_the_successor(town: Rivermark, ada: Client) -> None:
    rule = RoutingRule.objects.create(jurisdiction=town.city, order=1, name="a", when={"services": ["tree", "pothole"]})
    article = factories.article(town.city, "holes", "Holes", "Text", town.pothole)
    into_tree(ada)
    rule.refresh_from_db()
    assert rule.when == {"services": ["tree"]}
    assert [one.service_code for one in article.services.all()] == ["tree"]
    assert SetupChange.objects.filter(kind="routing").count() == 1


def test_it_is_retired_once_and_not_into_what_is_gone(town: Rivermark, ada: Client) -> None:
    tree = town.tree.service
    tree.active = False
    tree.save()
    with pytest.raises(retirements.CannotRetire, match="successor"):
        retirements.retire(town.pothole.service, successor=tree, moves_requests=False, actor=town.ada)
    retirements.retire(town.pothole.service, successor=None, moves_requests=False, actor=town.ada)
    with pytest.raises(retirements.CannotRetire, match="retired"):
        retirements.retire(town.pothole.service, successor=None, moves_requests=False, actor=town.ada)
    assert Retirement.objects.count() == 1


def test_what_is_left_to_move_is_said_until_it_is_done(town: Rivermark) -> None:
    """Where nothing is moved, the open requests stay where they are."""
    factories.routed(town.pothole, **LANE)
    for done_at, left in ((None, "1"), (app_now(), "")):
        assert _left(town.pothole.service, Retirement(service=town.pothole.service, done_at=done_at)) == left
