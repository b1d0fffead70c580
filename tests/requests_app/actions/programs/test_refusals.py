"""What actions about keys, webhooks and tests refuse, and what they do right next to that."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest

from requests_app import api_keys
from requests_app.actions.people import own_contact
from requests_app.actions.programs import api_key_requests, outside_updates, sandbox, webhooks
from requests_app.actions.programs import api_keys as key_actions
from requests_app.actions.programs.sandbox import Step
from requests_app.actions.report.submission import Idempotency, IdempotencyConflict
from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.messages import webhook_calls
from requests_app.models import (
    ApiKey,
    ApiKeyRequest,
    ListedReason,
    ModerationTerm,
    OneTimeLink,
    Person,
    ServiceRequest,
    SetupChange,
    Webhook,
)
from requests_app.rules.programs import api_keys as key_rules
from requests_app.rules.programs import webhooks as webhook_rules
from requests_app.rules.shared.lifecycle import IllegalTransition
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
DEV = "dev@example.org"


def refused(call: Callable[[], object]) -> str:
    """The name of what it raises; empty: it does what it should."""
    try:
        call()
    except (
        api_key_requests.NotWaiting, api_key_requests.TooMany, verify_email.AddressBlocked, key_actions.AlreadyRevoked,
        webhooks.TooMany, webhooks.SwitchedOff, webhooks.EndedByStaff, IllegalTransition, IdempotencyConflict,
    ) as error:  # fmt: skip
        return type(error).__name__
    return ""


# --- Keys -------------------------------------------------------------------------------------------------------------


def asked(town: Rivermark, *, is_test: bool = True) -> ApiKeyRequest:
    about = {"email": DEV, "name": f"Bus {uuid.uuid4()}", "language": "en"}
    if is_test:
        return api_key_requests.ask_for_test(town.city, visitor_hash="", **about)
    return api_key_requests.ask(town.city, purpose="Buses", scopes=["requests:read"], **about)


def link_of(request: ApiKeyRequest) -> OneTimeLink:
    return OneTimeLink.objects.get(key_request=request)


def test_a_test_key_is_made_once_of_its_own_link_and_five_of_an_address(town: Rivermark) -> None:
    def make(link: OneTimeLink) -> str:
        return refused(lambda: api_key_requests.make_test_key(link))

    # A live key of the address counts for nothing.
    api_keys.create(town.city, "Live", contact=DEV)
    first = link_of(asked(town))
    assert make(first) == ""
    live = link_of(asked(town, is_test=False))
    assert make(live) == "NotWaiting"
    other = link_of(asked(town))
    OneTimeLink.objects.filter(pk=other.pk).update(key_request=None)
    other.refresh_from_db()
    assert make(other) == "NotWaiting"
    made = [make(link_of(asked(town))) for _ in range(key_rules.TEST_KEYS_MOST)]
    assert made == [*[""] * (key_rules.TEST_KEYS_MOST - 1), "TooMany"]
    ApiKey.objects.filter(name=ApiKeyRequest.objects.get(pk=first.key_request_id).name).update(revoked_at=app_now())
    assert make(link_of(asked(town))) == ""


def test_only_a_live_key_is_proved_and_its_link_sent_again_until_it_is_revoked(town: Rivermark) -> None:
    test, live = asked(town), asked(town, is_test=False)
    for one, state in ((test, "unproved"), (live, "waiting")):
        api_key_requests.prove(link_of(one))
        one.refresh_from_db()
        assert one.state == state
    assert refused(lambda: api_key_requests.send_again(live.pk)) == "NotWaiting"
    terms = {"name": live.name}
    key = api_key_requests.approve(live.pk, terms, actor=town.ada)
    assert refused(lambda: api_key_requests.approve(live.pk, terms, actor=town.ada)) == "NotWaiting"
    assert refused(lambda: api_key_requests.send_again(live.pk)) == ""
    key_actions.revoke(key, actor=town.ada)
    assert refused(lambda: api_key_requests.send_again(live.pk)) == "NotWaiting"
    assert refused(lambda: key_actions.change(key.pk, {"name": "Bus"}, actor=town.ada)) == "AlreadyRevoked"


def test_a_blocked_address_asks_for_no_key_and_becomes_nobodys(town: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=town.city, kind="address", value=DEV)
    assert refused(lambda: asked(town)) == "AddressBlocked"
    point = factories.report(town.tree, reporter=ANA).participations.get().contact_point
    assert point is not None
    for email, reason in ((DEV, "AddressBlocked"), ("new@example.org", "")):
        change = lambda: own_contact.request_email_change(point, email, language="en", visitor_hash="")  # noqa: B023, E731
        assert refused(change) == reason


# --- Webhooks -----------------------------------------------------------------------------------------------------------


def test_a_webhook_is_tried_while_it_is_on_and_a_key_has_so_many(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_rules, "WEBHOOKS_MOST", 2)
    key = api_keys.create(town.city, "Bus app", contact=DEV)[0]
    terms = {"url": "https://bus.example/hook", "event_types": ["request.created"]}
    made = [refused(lambda: webhooks.create(key, dict(terms))) for _ in range(3)]
    assert made == ["", "", "TooMany"]
    webhook = Webhook.objects.filter(api_key=key).earliest("pk")
    assert refused(lambda: webhooks.test(webhook.pk)) == ""
    for on, records in ((True, 0), (False, 1), (False, 1), (True, 2)):
        webhooks.switch(webhook.pk, on=on, actor=town.ada)
        assert SetupChange.objects.filter(kind="api_key").count() == records
        switched = refused(lambda: webhooks.test(webhook.pk))
        assert switched == ("" if on else "SwitchedOff")
        # Its owner brings back only what they switched off.
        assert refused(lambda: webhooks.change(webhook.pk, {"enabled": True})) == ("" if on else "EndedByStaff")
    webhooks.change(webhook.pk, {"enabled": False})
    assert refused(lambda: webhooks.change(webhook.pk, {"enabled": True})) == ""


def test_an_answer_about_what_was_deleted_and_a_reporter_who_was_erased_are_nothing(town: Rivermark) -> None:
    assert webhook_calls._note(4_000_000_000, 200, "", 1) is None
    made = factories.report(town.tree, reporter=ANA)
    contact = webhook_calls.contact_of(made)
    assert contact is not None
    assert contact["email"] == ANA.email
    Person.objects.update(erased_at=app_now())
    assert webhook_calls.contact_of(made) is None


# --- Tests and other sites ------------------------------------------------------------------------------------------------


def test_the_sandbox_does_what_is_possible_next(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"}, reporter=ANA)
    nobodys = factories.routed(town.tree, reporter=factories.NOBODY)
    nobodys.participations.all().delete()

    def step(name: str, request: ServiceRequest = made, **about: object) -> str:
        return refused(lambda: sandbox.advance(request.pk, Step(name, **about)))  # type: ignore[arg-type]

    assert [step(one) for one in ("merge", "transfer", "hand_over")] == ["IllegalTransition"] * 3
    assert step("withdraw", nobodys) == "IllegalTransition"
    assert step("transfer", department=town.parks, text="Theirs") == ""
    lakeside = factories.lakeside().city
    for city, code, active in ((lakeside, "there", True), (town.city, "over", False), (town.city, "weather", True)):
        words = {"en": code}
        ListedReason.objects.create(jurisdiction=city, kind="hold", code=code, words=words, active=active, order=1)
    ListedReason.objects.filter(jurisdiction=town.city, kind="hold").exclude(code__in=["over", "weather"]).delete()
    assert step("hold") == ""
    made.refresh_from_db()
    today = app_now().astimezone(town.city.zone).date()
    assert (made.hold_reason, made.hold_until) == ("weather", today + dt.timedelta(days=7))
    # What usually happens next, until it is closed.
    for status in ("in_progress", "resolved", "closed"):
        while made.status != status:
            assert step("") == ""
            made.refresh_from_db()
    assert step("") == "IllegalTransition"
    # Nothing was said about its end.
    assert not made.comments.filter(kind="outcome").exists()


def test_a_day_is_planned_for_tomorrow_and_a_withdrawal_is_its_reporters(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"}, reporter=ANA)
    # A follower came first.
    made.participations.update(role="follower")
    reporter = Person.objects.create(jurisdiction=town.city, name="Bo")
    made.participations.create(person=reporter, role="reporter")
    sandbox.advance(made.pk, Step("schedule"))
    made.refresh_from_db()
    assert made.scheduled_for == app_now().astimezone(town.city.zone).date() + dt.timedelta(days=1)
    sandbox.advance(made.pk, Step("withdraw"))
    assert made.events.filter(kind="withdrawn").latest("pk").person == reporter


def test_an_update_of_another_site_is_added_once(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})

    def add(body: str, *, key: str = "one") -> int:
        idempotency = Idempotency("update", key, body, window_s=60)
        return outside_updates.add(made.pk, text=body, name="Bo", language="en", idempotency=idempotency)

    assert add("Still there") == add("Still there") != add("Still there", key="two")
    assert refused(lambda: add("Gone")) == "IdempotencyConflict"
    assert made.comments.count() == 2
