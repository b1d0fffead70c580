"""What happened since somebody looked: of this request alone, after what they saw, and not what they did themselves."""

import datetime as dt
from typing import Any

import pytest

from requests_app.clock import app_now
from requests_app.models import AnswerTemplate, Event, RequestRead, ServiceRequest, Status
from requests_app.rules.work import crew_results, reminders, request_reads
from requests_app.rules.work.attention import ATTENTION
from requests_app.rules.work.staff_actions import VERSION, changes_since, version_event
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
MOMENT, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)


def event(of: ServiceRequest, kind: str, **columns: Any) -> Event:
    return Event.objects.create(
        **{"jurisdiction": of.jurisdiction, "service_request": of, "kind": kind, "data": {}, **columns}
    )


def test_only_later_changes_of_this_request_make_a_form_outdated(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    seen = event(made, "priority_set", user=town.tom)
    event(other, "priority_set", user=town.tom)
    assert changes_since(made, seen.pk, "resolve") == []
    later = event(made, "accepted", user=town.dev)
    noted = event(made, "note_added", user=town.dev)
    assert changes_since(made, seen.pk, "resolve") == changes_since(made, seen.pk, VERSION) == [later]
    assert changes_since(made, later.pk, "resolve") == changes_since(made, seen.pk, "note") == []
    # What routing does by itself makes no new version; by hand it does.
    event(made, "routed", data={"reason": "rule"})
    by_hand = event(made, "routed", data={"reason": "by_hand"})
    assert changes_since(made, noted.pk, VERSION) == [by_hand]
    row = ServiceRequest.objects.annotate(version=version_event()).get(pk=made.pk)
    assert row.version == by_hand.pk  # type: ignore[attr-defined]


def test_a_crew_is_told_what_others_did_before_its_own_result(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    seen = event(made, "accepted", user=town.dev)
    event(made, "resolved", user=town.dev)
    theirs = event(made, "resolved", user=town.tom)
    event(other, "resolved", user=town.tom)

    def changes(before: int = 0) -> list[Event]:
        return crew_results.changes_for(made, seen.pk, by_others_than=town.dev, before=before)

    assert changes() == changes(theirs.pk + 1) == [theirs]
    assert changes(theirs.pk) == []
    assert crew_results.ending_of(made, before=theirs.pk + 1) == [theirs]
    (earlier,) = crew_results.ending_of(made, before=theirs.pk)
    assert earlier.user == town.dev
    assert crew_results.ending_of(made, before=earlier.pk) == []


def test_the_words_of_a_result_are_in_the_reporters_language_or_none(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    every = AnswerTemplate(jurisdiction=town.city, name="All", outcome="fixed", words={"en": "Done.", "es": "Hecho."})
    own = AnswerTemplate(
        jurisdiction=town.city, name="Zz", outcome="fixed", words={"en": "Filled."}, service=made.service
    )
    trees = AnswerTemplate(
        jurisdiction=town.city, name="Aa", outcome="fixed", words={"en": "Cut."}, service=town.tree.service
    )
    said = {}
    for language in ("en", "es", "fr"):
        made.language = language
        said[language] = crew_results.words_for(made, "fixed", [every, own, trees], town.dev)
    assert said == {"en": "Filled.", "es": "Hecho.", "fr": ""}
    made.language = "en"
    assert crew_results.words_for(made, "fixed", [trees], town.dev) == "Our crew was there and fixed it."
    made.language = "fr"
    assert crew_results.words_for(made, "fixed", [], town.dev) == ""


def test_what_somebody_else_did_in_thirty_days_is_unread(town: Rivermark) -> None:
    made, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    now = app_now()

    def is_unread(user: Any = town.tom, when: dt.datetime = now) -> bool:
        rows = request_reads.with_last_read(ServiceRequest.objects.filter(pk=made.pk), user)
        row = rows.annotate(newest=request_reads.NEWEST_EVENT).get()
        return request_reads.is_unread(row.newest, row.read_event_id, user, when)  # type: ignore[attr-defined]

    newest = event(made, "accepted", user=town.dev, at=now)
    assert is_unread()
    assert not is_unread(town.dev)
    assert is_unread(when=now + request_reads.KEPT)
    assert not is_unread(when=now + request_reads.KEPT + MOMENT)
    # Read by somebody else, or another request by him.
    for user, of in ((town.cal, made), (town.tom, other)):
        RequestRead.objects.create(user=user, service_request=of, last_event_id=newest.pk)
    assert is_unread()
    read = RequestRead.objects.create(user=town.tom, service_request=made, last_event_id=newest.pk - 1)
    assert is_unread()
    RequestRead.objects.filter(pk=read.pk).update(last_event_id=newest.pk)
    assert not is_unread()
    event(made, next(iter(request_reads.SILENT)), user=town.dev, at=now)
    assert not is_unread()
    assert not request_reads.is_unread(None, None, town.tom, now)


@pytest.mark.parametrize(("days", "reminded_after"), [(1, None), (2, 1), (3, 2), (7, 4), (8, 1), (14, 7), (30, 23)])
def test_a_question_is_recalled_a_week_before_its_day_or_halfway(days: int, reminded_after: int | None) -> None:
    asked_on = dt.date(2027, 3, 1)
    expected = None if reminded_after is None else asked_on + reminded_after * DAY
    assert reminders.remind_on(asked_on, asked_on + days * DAY) == expected


def test_only_an_open_question_of_a_request_on_hold_is_recalled_from_its_day_on(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    zone = town.city.zone
    asked_at = dt.datetime(2027, 3, 1, 12, tzinfo=zone)
    question = event(made, "asked", user=town.tom, at=asked_at)
    made.status, made.hold_until = Status.ON_HOLD, dt.date(2027, 3, 15)
    for day, is_due in ((7, False), (8, True), (14, True), (15, False)):
        set_time(dt.datetime(2027, 3, day, 12, tzinfo=zone))
        assert reminders.question_to_remind_of(made) == (question if is_due else None), day
    set_time(dt.datetime(2027, 3, 8, 12, tzinfo=zone))
    made.status = Status.ROUTED
    assert reminders.question_to_remind_of(made) is None
    made.status, made.hold_until = Status.ON_HOLD, None
    assert reminders.question_to_remind_of(made) is None
    made.hold_until = dt.date(2027, 3, 15)
    event(made, "reminded", at=asked_at)
    assert reminders.question_to_remind_of(made) is None


def test_what_was_transferred_twice_or_is_due_within_a_day_is_looked_at(town: Rivermark) -> None:
    first = factories.routed(town.pothole, answers={"where": "lane"})
    once, twice, soon, later, assigned = (first, *factories.copies(first, 4))
    now = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
    ServiceRequest.objects.update(due_at=now + 3 * DAY)
    for made, columns in (
        (once, {"bounces": 1}),
        (twice, {"bounces": 2}),
        (soon, {"due_at": now + DAY - MOMENT}),
        (later, {"due_at": now + DAY}),
        (assigned, {"assignee": town.dev}),
    ):
        ServiceRequest.objects.filter(pk=made.pk).update(**columns)

    def rows(code: str) -> set[ServiceRequest]:
        return set(ServiceRequest.objects.filter(ATTENTION[code].rows(town.city, now)))

    assert rows("bounced") == {twice}
    assert rows("nearly_late") == {soon}
    assert rows("unassigned") == {once, twice, soon, later}
