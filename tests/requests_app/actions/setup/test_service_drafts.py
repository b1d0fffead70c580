"""Drafts of services: two editors, publishing at once and at a date, rolling back, and what residents keep."""

import datetime as dt
from copy import deepcopy
from typing import Any

import pytest

from requests_app.actions.report import drafts, submission
from requests_app.actions.setup import service_drafts
from requests_app.clock import app_now
from requests_app.models import OutboxRow, Service, ServiceDraft, SetupChange, Target
from requests_app.rules.report.path import Path
from requests_app.rules.setup.catalog_rows import written_service
from requests_app.rules.setup.offer_dates import is_offered
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
DEEP = {
    "code": "deep",
    "text": {"en": "How deep?", "es": "¿Qué tan hondo?"},
    "kind": "single",
    "required": True,
    "visibility": "staff",
    "options": [{"value": "foot", "label": {"en": "Over a foot", "es": "Más de un pie"}}],
}


def written(town: Rivermark) -> dict[str, Any]:
    return deepcopy(written_service(Service.objects.get(pk=town.pothole.service_id)))


def drafted(town: Rivermark, **changed: Any) -> ServiceDraft:
    new = written(town) | changed
    return service_drafts.save(town.city, "pothole", new, revision=0, base=1, actor=town.ada)


def with_deep(town: Rivermark) -> ServiceDraft:
    return drafted(town, questions=[*written(town)["questions"], DEEP])


def test_published_it_is_the_next_version_and_the_log_says_what_changed(town: Rivermark) -> None:
    draft = with_deep(town)
    assert Service.objects.get(service_code="pothole").current == town.pothole
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    current = Service.objects.get(service_code="pothole").current
    assert current is not None
    assert current.number == 2
    assert [one.code for one in current.questions.order_by("order")] == ["where", "damage", "deep"]
    change = SetupChange.objects.latest("id")
    assert (change.action, change.user, len(change.before["questions"])) == ("published", town.ada, 2)  # type: ignore[index]
    assert not ServiceDraft.objects.exists()


def test_the_second_of_two_editors_is_stopped_and_sees_what_the_first_one_saw(town: Rivermark) -> None:
    first = drafted(town, priority=1)
    with pytest.raises(service_drafts.Conflict) as stopped:
        service_drafts.save(town.city, "pothole", written(town), revision=0, base=1, actor=town.ada)
    assert stopped.value.draft == first
    later = service_drafts.save(
        town.city, "pothole", {**first.written, "priority": 4}, revision=first.revision, base=1, actor=town.ada
    )
    with pytest.raises(service_drafts.Conflict):
        service_drafts.publish(town.city, "pothole", revision=first.revision, actor=town.ada)
    seen = service_drafts.seen(later, later.service, revision=first.revision, base=1)
    assert seen["priority"] == 1


def test_an_unfinished_one_is_not_published(town: Rivermark) -> None:
    draft = drafted(town, name={"en": "Pothole"})
    with pytest.raises(service_drafts.Incomplete) as stopped:
        service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    assert [(one["loc"], one["type"]) for one in stopped.value.problems] == [(("name",), "missing_text")]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"questions": [DEEP | {"show_if": {"question": "deep", "values": ["foot"]}}]}, "condition"),
        (
            {
                "questions": [
                    DEEP | {"code": "one", "show_if": {"question": "two", "values": ["foot"]}},
                    DEEP | {"code": "two", "show_if": {"question": "one", "values": ["foot"]}},
                ]
            },
            "condition",
        ),
        ({"targets": {"resolve": {"value": 0, "unit": "days"}}}, "whole_number"),
        ({"targets": {"resolve": {"value": 10_000, "unit": "days"}}}, "whole_number"),
        ({"offered": {"from": "10-15", "to": "2026-12-15"}}, "offer_dates"),
        ({"department": "gone"}, "unknown"),
    ],
    ids=["on itself", "in a ring", "zero days", "10,000 days", "half a year", "no department"],
)
def test_what_could_never_work_is_a_problem(town: Rivermark, change: dict[str, Any], kind: str) -> None:
    assert kind in {one["type"] for one in service_drafts.problems(town.city, written(town) | change)}


def test_with_a_date_a_worker_publishes_it_then_and_once(town: Rivermark) -> None:
    draft = with_deep(town)
    tomorrow = app_now() + dt.timedelta(days=1)
    service_drafts.schedule(town.city, "pothole", revision=draft.revision, publish_at=tomorrow, actor=town.ada)
    tasks.drain_database()
    row = OutboxRow.objects.get(kind="publish_service")
    # Called early, as by a retry: nothing is due.
    service_drafts.publish_row(row)
    assert town.pothole.service.versions.count() == 1
    ServiceDraft.objects.update(publish_at=app_now())
    service_drafts.publish_row(row)
    service_drafts.publish_row(row)
    assert town.pothole.service.versions.count() == 2


def test_what_cannot_be_published_on_its_date_stays_a_draft_and_the_log_says_so(town: Rivermark) -> None:
    draft = with_deep(town)
    now = app_now()
    service_drafts.schedule(town.city, "pothole", revision=draft.revision, publish_at=now, actor=town.ada)
    town.streets.active = False
    town.streets.save()
    tasks.drain_database()
    assert ServiceDraft.objects.get().publish_at is None
    assert SetupChange.objects.latest("id").action == "not_published"


def test_rolled_back_the_old_text_is_the_newest_version_and_reports_read_as_they_were_asked(town: Rivermark) -> None:
    old = factories.report(town.pothole, answers={"where": "lane"})
    draft = drafted(town, questions=[DEEP])
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    second = Service.objects.get(service_code="pothole").current
    assert second is not None
    newer = factories.report(second, answers={"deep": "foot"})
    service_drafts.roll_back(town.city, "pothole", number=1, base=2, actor=town.ada)
    third = Service.objects.get(service_code="pothole").current
    assert third is not None
    assert (third.number, [one.code for one in third.questions.order_by("order")]) == (3, ["where", "damage"])
    asked = [[answer.question_version.code for answer in one.answers.all()] for one in (old, newer)]
    assert asked == [["where"], ["deep"]]
    assert SetupChange.objects.latest("id").action == "rolled_back"


def test_a_published_service_keeps_its_targets_and_a_new_one_gets_those_of_its_draft(town: Rivermark) -> None:
    before = list(Target.objects.filter(service=town.pothole.service_id).order_by("id").values())
    draft = drafted(town, priority=1, targets={"resolve": {"value": 2, "unit": "days"}})
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    assert list(Target.objects.filter(service=town.pothole.service_id).order_by("id").values()) == before
    new = written(town) | {"service_code": "crater", "targets": {"resolve": {"value": 2, "unit": "days"}}}
    draft = service_drafts.create(town.city, new, actor=town.ada)
    service = service_drafts.publish(town.city, "crater", revision=draft.revision, actor=town.ada)
    target = Target.objects.get(service=service)
    assert (target.kind, target.value, target.unit) == ("resolve", 2, "days")


def test_a_report_in_progress_keeps_the_questions_it_began_with(town: Rivermark) -> None:
    begun = drafts.create(town.city, visitor="ana", language="en", text="A hole", service="pothole")
    draft = drafted(town, questions=[DEEP])
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    begun.refresh_from_db()
    assert [one.code for one in Path(begun).questions] == ["where", "damage"]
    new = drafts.create(town.city, visitor="zoe", language="en", text="A hole", service="pothole")
    assert [one.code for one in Path(new).questions] == ["deep"]


def test_a_report_in_progress_is_never_more_public_than_the_service_is_now(town: Rivermark) -> None:
    begun = drafts.create(town.city, visitor="ana", language="en", text="A hole", service="pothole")
    draft = drafted(town, visibility="private")
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    begun.refresh_from_db()
    version = Path(begun).version
    assert version is not None
    assert version.visibility == "private"


def test_a_discarded_draft_leaves_the_service_as_it_is(town: Rivermark) -> None:
    draft = drafted(town, priority=1)
    service_drafts.discard(town.city, "pothole", revision=draft.revision, actor=town.ada)
    assert written(town)["priority"] == 2
    assert not ServiceDraft.objects.exists()


def test_on_other_days_a_report_is_refused_with_the_days_on_which_it_is_taken(town: Rivermark) -> None:
    draft = drafted(town, offered={"from": "2001-01-01", "to": "2001-01-02"})
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    current = Service.objects.get(service_code="pothole").current
    assert current is not None
    with pytest.raises(submission.Refused, match=r"from Jan\. 1, 2001 to Jan\. 2, 2001"):
        factories.report(current)


@pytest.mark.parametrize(
    ("offered", "day", "right"),
    [
        ({}, "2026-07-04", True),
        ({"from": "10-15", "to": "12-15"}, "2026-12-15", True),
        ({"from": "10-15", "to": "12-15"}, "2026-12-16", False),
        ({"from": "11-01", "to": "02-29"}, "2027-01-10", True),
        ({"from": "11-01", "to": "02-29"}, "2027-03-01", False),
        ({"from": "2026-10-15", "to": "2026-12-15"}, "2026-10-14", False),
        ({"from": "2026-10-15", "to": "2026-12-15"}, "2027-11-01", False),
    ],
)
def test_days_of_every_year_and_once_also_over_new_year(offered: dict[str, str], day: str, right: bool) -> None:
    assert is_offered(offered, dt.date.fromisoformat(day)) is right
