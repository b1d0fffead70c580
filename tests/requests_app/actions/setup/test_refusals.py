"""What actions of setup refuse, and what they do right next to that."""

import datetime as dt
from collections.abc import Callable

import pgtrigger
import pytest

from requests_app.actions.answers import articles
from requests_app.actions.answers.notices import NOTICE, end
from requests_app.actions.promises import silence, suspensions, targets
from requests_app.actions.routing import simulation, versions
from requests_app.actions.setup import (
    catalog_order,
    departments,
    failed_tasks,
    listed_reasons,
    retirements,
    service_drafts,
)
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.models import (
    Article,
    Category,
    ClockSuspension,
    Event,
    Notice,
    OutboxRow,
    Retirement,
    RoutingSimulation,
    Service,
    ServiceDraft,
    ServiceRequest,
    SetupChange,
    Target,
)
from requests_app.rules.setup.catalog_rows import written_service
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
MOMENT, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)
WORDS = {"en": "Words", "es": "Palabras"}


def why(call: Callable[[], object], *errors: type[Exception]) -> str:
    """What it refuses with; empty: it does what it should."""
    try:
        call()
    except errors as error:
        return type(error).__name__
    return ""


# --- Lists of reasons ---------------------------------------------------------------------------------------------------


def test_a_reason_can_be_removed_for_a_day(town: Rivermark) -> None:
    def remove(*, age: dt.timedelta) -> str:
        reason = listed_reasons.add(town.city, "cannot_do", text=WORDS, appeal={}, actor=town.ada)
        with pgtrigger.ignore():
            SetupChange.objects.filter(kind="reason", key=reason.code).update(at=app_now() - age)
        return why(lambda: listed_reasons.remove(reason.pk, actor=town.ada), listed_reasons.InUse)

    assert [remove(age=age) for age in (DAY, DAY + MOMENT)] == ["", "InUse"]


def test_a_reason_in_use_stays(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    reason = listed_reasons.add(town.city, "cannot_do", text=WORDS, appeal={}, actor=town.ada)
    added = listed_reasons.added_at(reason)
    assert added is not None
    # Before it was added, another one had its code.
    of_code = {"jurisdiction": town.city, "service_request": made, "kind": "resolved", "data": {"reason": reason.code}}
    Event.objects.create(**of_code, at=added - MOMENT)
    assert why(lambda: listed_reasons.remove(reason.pk, actor=town.ada), listed_reasons.InUse) == ""
    again = listed_reasons.add(town.city, "cannot_do", text=WORDS, appeal={}, actor=town.ada)
    Event.objects.create(**of_code, at=added)
    assert why(lambda: listed_reasons.remove(again.pk, actor=town.ada), listed_reasons.InUse) == "InUse"


def test_only_switching_a_reason_off_is_logged_so(town: Rivermark) -> None:
    reason = listed_reasons.add(town.city, "cannot_do", text=WORDS, appeal={}, actor=town.ada)
    for active, words in ((True, "A"), (False, "B"), (False, "C"), (True, "D")):
        listed_reasons.change(reason.pk, active=active, seen=None, actor=town.ada, words={"en": words, "es": words})
    logged = SetupChange.objects.filter(kind="reason").order_by("pk").values_list("action", flat=True)
    assert list(logged) == ["added", "changed", "switched_off", "changed", "changed"]


# --- Answers ------------------------------------------------------------------------------------------------------------


def test_an_article_is_published_whole_and_once(town: Rivermark) -> None:
    today = app_now().astimezone(town.city.zone).date()
    half = {"title": {"en": "Trash"}, "body": WORDS}
    made = articles.create(town.city, half, owner=None, review_on=None, actor=town.ada)
    assert made.code == "trash"
    with pytest.raises(articles.MissingWords):
        articles.publish(made.pk, actor=town.ada)
    whole = {"title": {"en": "Trash", "es": "Basura"}, "body": WORDS}
    articles.save_draft(made.pk, whole, owner=None, review_on=today, seen=None, actor=town.ada)
    articles.publish(made.pk, actor=town.ada)
    with pytest.raises(articles.NothingToPublish):
        articles.publish(made.pk, actor=town.ada)
    # Its code is of the title in the city's first language; the same day again isn't another look.
    first = articles.create(
        town.city, {"title": {"es": "Basura", "en": "Trash"}, "body": WORDS}, owner=None, review_on=None, actor=town.ada
    )
    assert first.code == "trash-2"
    for review_on, looked in ((today, False), (today + DAY, True)):
        Article.objects.filter(pk=made.pk).update(reviewed_on=None)
        articles.save_draft(made.pk, whole, owner=None, review_on=review_on, seen=None, actor=town.ada)
        assert (Article.objects.get(pk=made.pk).reviewed_on is not None) == looked


def test_a_notice_ends_now_unless_it_is_over(town: Rivermark) -> None:
    now = app_now()

    def ended(starts: dt.timedelta, ends: dt.timedelta) -> tuple[dt.timedelta, dt.timedelta, str]:
        one = NOTICE.add(
            Notice(jurisdiction=town.city), actor=town.ada, words=WORDS, starts_at=now + starts, ends_at=now + ends
        )
        end(one.pk, actor=town.ada)
        one.refresh_from_db()
        return one.starts_at - now, one.ends_at - now, SetupChange.objects.filter(kind="notice").latest("pk").action

    none, minute = dt.timedelta(0), dt.timedelta(minutes=1)
    assert ended(-DAY, DAY) == (-DAY, none, "switched_off")
    assert ended(DAY, 2 * DAY) == (-minute, none, "switched_off")
    assert ended(-DAY, none) == (-DAY, none, "added")


# --- Promises -----------------------------------------------------------------------------------------------------------


def test_a_suspension_that_is_over_stays_over(town: Rivermark) -> None:
    now = app_now()

    def moved(ends: dt.timedelta) -> str:
        one = ClockSuspension.objects.create(
            jurisdiction=town.city, reason=WORDS, starts_at=now - DAY, ends_at=now + ends, created_by=town.ada
        )
        call = lambda: suspensions.move_end(one.pk, ends_at=now + DAY, actor=town.ada)  # noqa: E731
        return why(call, suspensions.AlreadyOver)

    assert [moved(ends) for ends in (MOMENT, dt.timedelta(0))] == ["", "AlreadyOver"]


def test_a_target_is_replaced_and_removed_before_its_day(town: Rivermark) -> None:
    service, now = town.pothole.service, app_now()
    seen = targets.seen_of(service)

    def new(ahead: dt.timedelta) -> Target:
        return Target(service=service, kind="resolve", value=5, unit="hours", valid_from=now + ahead)

    # What the form saw is no change; one that was added since is.
    first = targets.set_target(new(DAY), seen=seen, actor=town.ada)
    with pytest.raises(ChangedMeanwhile):
        targets.set_target(new(2 * DAY), seen=seen, actor=town.ada)
    targets.set_target(new(DAY), seen=targets.seen_of(service), actor=town.ada)
    assert SetupChange.objects.filter(kind="target").latest("pk").before is not None
    assert targets.set_since(new(DAY), "9" * 19) is not None

    def removed(ahead: dt.timedelta) -> str:
        Target.objects.filter(pk=first.pk).update(valid_from=now + ahead)
        return why(lambda: targets.remove_target(first, actor=town.ada), targets.AlreadyCounts)

    assert [removed(ahead) for ahead in (dt.timedelta(0), MOMENT)] == ["AlreadyCounts", ""]


def test_why_there_is_no_update_is_answered_once_and_asked_where_it_is_silent(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    assert silence._ask(made.pk) is False
    assert silence.answer(made.pk, reason="parts", text="", actor=town.tom) is False
    assert not made.events.filter(kind__startswith="silence").exists()


# --- Services and departments -------------------------------------------------------------------------------------------


def test_a_service_is_retired_once_into_another_that_is_offered(town: Rivermark) -> None:
    pothole, tree = town.pothole.service, town.tree.service

    def retire(successor: Service | None, *, moves: bool = False) -> str:
        call = lambda: retirements.retire(pothole, successor=successor, moves_requests=moves, actor=town.ada)  # noqa: E731
        try:
            call()
        except retirements.CannotRetire as error:
            return error.reason
        return ""

    assert retire(pothole) == "itself"
    assert retire(None, moves=True) == "successor"
    Service.objects.filter(pk=tree.pk).update(active=False)
    assert retire(tree) == "successor"
    Service.objects.filter(pk=tree.pk).update(active=True)
    test, kept = (factories.routed(town.pothole, answers={"where": "lane"}, is_test=one) for one in (True, False))
    assert list(retirements.requests_to_move(pothole)) == [kept]
    assert test.is_test
    assert retire(tree) == ""
    assert retire(tree) == "retired"
    retirements.bring_back(pothole, actor=town.ada)
    with pytest.raises(retirements.NotRetired):
        retirements.bring_back(pothole, actor=town.ada)
    assert not Retirement.objects.exists()
    # Its worker may still have a row.
    retirements.retire_row(OutboxRow(kind="retire_service", dedupe_key="retire_service:1:0"))


def test_a_draft_of_a_service_has_a_code_and_a_revision_of_its_own(town: Rivermark) -> None:
    written = written_service(town.tree.service)

    def create(code: str) -> str:
        call = lambda: service_drafts.create(town.city, {**written, "service_code": code}, actor=town.ada)  # noqa: E731
        return why(call, service_drafts.CodeTaken)

    assert [create(code) for code in ("pothole", "new", "new")] == ["CodeTaken", "", "CodeTaken"]
    draft = ServiceDraft.objects.get()
    for revision in (0, draft.revision + 1):
        with pytest.raises(service_drafts.Conflict):
            service_drafts.discard(town.city, "new", revision=revision, actor=town.ada)
    service_drafts.discard(town.city, "new", revision=draft.revision, actor=town.ada)
    for base in (0, 2):
        with pytest.raises(service_drafts.Conflict):
            service_drafts.roll_back(town.city, "tree", number=1, base=base, actor=town.ada)


def test_the_first_and_the_last_stay_where_they_are(town: Rivermark) -> None:
    for number, one in enumerate(Category.objects.order_by("code"), 1):
        Category.objects.filter(pk=one.pk).update(order=number)
    first, *_, last = Category.objects.order_by("order")
    before = list(Category.objects.order_by("order"))
    catalog_order.move_category(town.city, first.pk, "up", actor=town.ada)
    catalog_order.move_category(town.city, last.pk, "down", actor=town.ada)
    catalog_order.move_category(town.city, 0, "down", actor=town.ada)
    catalog_order.move_service(town.city, "nowhere", "up", actor=town.ada)
    Service.objects.create(jurisdiction=town.city, service_code="unpublished")
    catalog_order.move_service(town.city, "unpublished", "up", actor=town.ada)
    assert list(Category.objects.order_by("order")) == before
    assert not SetupChange.objects.exists()


def test_a_department_that_is_used_stays_open_and_nothing_is_logged_of_no_rows(town: Rivermark) -> None:
    with pytest.raises(departments.StillUsed):
        departments.close_department(town.streets, actor=town.ada)
    assert failed_tasks.retry(town.city, kind="hash_photo", error="x", note="", actor=town.ada) == 0
    assert not SetupChange.objects.exists()


# --- Routing ------------------------------------------------------------------------------------------------------------


def test_a_simulation_reads_each_request_of_its_time_once(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "BATCH", 2)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    factories.routed(town.pothole, answers={"where": "lane"}, is_test=True)
    five = [first, *factories.copies(first, 4)]
    now = app_now()
    rules = [{"name": "All", "when": {"services": ["pothole"]}, "department": "PK"}]
    tried = simulation.start(town.city, rules, actor=town.ada, since=now - DAY)
    # Two at its first moment, two at one in between and its last, and two just outside.
    times = (now - DAY - MOMENT, now - DAY, now - DAY, now - DAY / 2, now)
    for one, at in zip(five, times, strict=True):
        ServiceRequest.objects.filter(pk=one.pk).update(submitted_at=at)
    batches = 0
    while simulation.replay_batch(tried):
        batches += 1
    assert (tried.replayed, tried.moved, batches) == (4, 4, 2)
    assert tried.by_department == [{"from": "PW", "to": "PK", "count": 4}]


def test_as_many_places_as_the_map_shows(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "PLACES_MAX", 4)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    rules = [{"name": "All", "when": {"services": ["pothole"]}, "department": "PK"}]
    for more, shown in ((3, 4), (1, 3)):
        factories.copies(first, more)
        tried = RoutingSimulation(
            jurisdiction=town.city, base_rules=[], rules=rules, since=app_now() - DAY, until=app_now()
        )
        simulation.replay_batch(tried)
        assert len(tried.places["requests"]) == shown


def test_rules_that_are_in_use_are_not_published_again(town: Rivermark) -> None:
    rules = [{"name": "All", "when": {"services": ["pothole"]}, "department": "PK"}]
    assert [versions.publish(town.city, rules, actor=town.ada) for _ in range(2)] == [1, 0]
    with pytest.raises(versions.Changed):
        versions.publish(town.city, [], actor=town.ada, base=0)
    newest = versions.newest(town.city)
    assert newest is not None
    assert newest.number == 1
