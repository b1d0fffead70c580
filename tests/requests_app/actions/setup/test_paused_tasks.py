"""After a restore, what would leave and may have left already waits for staff; routing goes on."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app import outbox
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.setup import restores
from requests_app.clock import app_now
from requests_app.management.commands import settle_restored
from requests_app.models import Installation, Jurisdiction, OutboxRow, SetupChange, User
from requests_app.models.outbox import LEAVING
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]
OWN, OTHER = "a" * 32, "b" * 32
DAY = dt.date(2026, 11, 30)


def settle() -> int:
    settle_restored.expand()
    now = app_now()
    return restores.settle(restored_to=now - dt.timedelta(hours=2), lost_until=now)


@pytest.fixture(autouse=True)
def restored(settings: Any) -> None:
    settings.INSTALLATION_ID = OWN
    Installation.objects.create(installation_id=OTHER)


@pytest.fixture
def signed_in() -> SignIn:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def put(kind: str, lane: str, city: Jurisdiction, *, number: int, day: dt.date = DAY) -> OutboxRow:
    row = OutboxRow.objects.create(
        kind=kind, lane=lane, jurisdiction=city, dedupe_key=f"{kind}:{city.pk}:{number}:{day}", paused_at=app_now()
    )
    OutboxRow.objects.filter(pk=row.pk).update(created_at=dt.datetime(day.year, day.month, day.day, 17, tzinfo=dt.UTC))
    return row


def test_two_rows_of_each_lane_that_leaves_are_paused_and_routing_goes_on(town: Rivermark) -> None:
    for lane in LEAVING:
        for number in (1, 2):
            OutboxRow.objects.create(kind="probe", lane=lane, dedupe_key=f"{lane}:{number}")
    one = factories.report(town.pothole, answers={"where": "lane"})
    settle()
    paused = OutboxRow.objects.filter(paused_at__isnull=False, kind="probe").values_list("lane", flat=True)
    assert sorted(paused) == ["alarm", "alarm", "outside", "outside", "webhook", "webhook"]
    one.refresh_from_db()
    assert one.department_id is not None, "it was routed"
    assert Installation.objects.get().installation_id == OWN
    assert {lane: outbox.claim(lane) for lane in LEAVING} == dict.fromkeys(LEAVING)


def test_email_of_an_event_of_before_waits_as_well(town: Rivermark) -> None:
    """Nobody had expanded the event at the restore point, and its email may have gone out in the lost hours."""
    for name in ("rae", "kim"):
        factories.submitted(town.tree, "Seen", reporter=Reporter(name=name, email=f"{name}@example.org"))
    OutboxRow.objects.filter(lane="database").update(due_at=app_now())
    settle()
    emails = OutboxRow.objects.filter(kind="email_received")
    assert emails.count() == 2
    assert not emails.filter(paused_at=None).exists()


def test_staff_see_them_by_kind_and_day_and_decide(town: Rivermark, signed_in: SignIn) -> None:
    other = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    for number in (1, 2):
        put("send_digest", "outside", town.city, number=number)
        put("send_digest", "outside", town.city, number=number, day=DAY - dt.timedelta(days=1))
        put("send_webhook", "webhook", town.city, number=number)
        put("send_digest", "outside", other, number=number)
    ada = signed_in(town.ada)
    page = ada.get("/staff/outbox/")
    assert [(group.kind, group.day, group.count) for group, _words in page.context["paused"]] == [
        ("send_digest", DAY, 2),
        ("send_webhook", DAY, 2),
        ("send_digest", DAY - dt.timedelta(days=1), 2),
    ]
    assert "Stopped by a restore" in page.content.decode()
    post = {"kind": "send_digest", "day": DAY.isoformat()}
    ada.post("/staff/outbox/paused/", {**post, "act": "send"})
    waiting = OutboxRow.objects.filter(paused_at=None, done_at=None, kind="send_digest")
    assert {row.jurisdiction_id for row in waiting} == {town.city.pk}
    assert waiting.count() == 2
    ada.post("/staff/outbox/paused/", {**post, "kind": "send_webhook", "act": "discard"})
    discarded = OutboxRow.objects.filter(kind="send_webhook")
    assert {(row.last_error, row.done_at is None, row.paused_at) for row in discarded} == {("discarded", False, None)}
    assert OutboxRow.objects.exclude(paused_at=None).filter(jurisdiction=other).count() == 2
    actions = SetupChange.objects.filter(kind="outbox").order_by("pk").values_list("action", "name")
    assert list(actions) == [("sent", f"send_digest, {DAY} (2)"), ("discarded", f"send_webhook, {DAY} (2)")]
    again = ada.post("/staff/outbox/paused/", {**post, "act": "send"}, follow=True)
    assert "already sent or discarded" in again.content.decode()


@pytest.mark.parametrize("wrong", [{"act": "erase"}, {"day": "yesterday"}, {"day": "2026-13-40"}, {"day": ""}])
def test_what_the_page_has_no_button_for_is_unknown(town: Rivermark, signed_in: SignIn, wrong: dict[str, str]) -> None:
    put("send_digest", "outside", town.city, number=1)
    post = {"kind": "send_digest", "day": DAY.isoformat(), "act": "send", **wrong}
    assert signed_in(town.ada).post("/staff/outbox/paused/", post).status_code == 404
    assert OutboxRow.objects.exclude(paused_at=None).count() == 1
