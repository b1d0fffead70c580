"""What keeps a service from residents, and when an approval ends, each to its day; of two cities with the same codes."""

import datetime as dt
from typing import Any

import pytest

from requests_app.clock import app_now
from requests_app.models import Article, OnCall, Service, ServiceApproval, Target
from requests_app.rules.setup import go_live
from requests_app.rules.setup.catalog_rows import written_service, written_services, written_target
from requests_app.rules.setup.offered_services import offered, offered_versions
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
REVIEW_BY = dt.date(2027, 3, 31)
DAY = dt.timedelta(days=1)


def at_noon(town: Rivermark, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), town.city.zone)


def approval(town: Rivermark, given_on: dt.date, **columns: Any) -> ServiceApproval:
    return ServiceApproval(at=at_noon(town, given_on), **columns)


def test_administrators_hear_two_weeks_and_a_day_before_an_approval_ends(town: Rivermark) -> None:
    long_ago = REVIEW_BY - 100 * DAY
    first, last = REVIEW_BY - 14 * DAY, REVIEW_BY - DAY
    for today, given_on, notified_on, is_due in (
        (first - DAY, long_ago, None, False),
        (first, long_ago, None, True),
        (first, long_ago, first - DAY, True),
        (first, long_ago, first, False),
        (first + DAY, long_ago, first, False),
        (last, long_ago, last - DAY, True),
        (last, long_ago, last, False),
        (REVIEW_BY, long_ago, None, True),
        (REVIEW_BY + DAY, long_ago, None, False),
        # Who approves something for two weeks knows.
        (first, first, None, False),
        (first, first - DAY, None, True),
        (last, first, None, True),
    ):
        set_time(at_noon(town, today))
        one = approval(town, given_on, review_by=REVIEW_BY, notified_on=notified_on)
        assert go_live.is_notice_due(one, town.city) is is_due, (today, given_on, notified_on)
        assert go_live.ends_soon(one, town.city) == (REVIEW_BY if first <= today <= REVIEW_BY else None)
    assert not go_live.is_notice_due(approval(town, long_ago), town.city)


def test_an_approval_counts_on_its_last_day(town: Rivermark) -> None:
    service = town.tree.service
    fields = written_service(service)
    words = go_live.emergency_words(fields, town.city)
    for today, is_done in ((REVIEW_BY, True), (REVIEW_BY + DAY, False)):
        facts = go_live.facts_of(town.city, [service.pk], today=today)
        one = ServiceApproval(approved=words, review_by=REVIEW_BY)
        assert go_live.emergency_check(service, fields, one, facts).done is is_done
    assert go_live.emergency_check(service, fields, ServiceApproval(approved=words)).done
    assert not go_live.emergency_check(service, fields, None).done


def codes(checks: list[go_live.Check]) -> set[str]:
    return {check.code for check in checks}


def test_what_residents_use_goes_on_and_what_they_do_not_needs_everything(town: Rivermark) -> None:
    service = Service.objects.get(pk=town.tree.service_id)
    fields = written_service(service)
    assert go_live.obstacles(service, fields) == []
    changed = {**fields, "emergency_screen": {"en": "Call 911.", "es": "Llame al 911."}}
    assert codes(go_live.obstacles(service, changed)) == {go_live.EMERGENCY}
    everything = codes(go_live.missing(service))
    assert {go_live.MAILBOX, go_live.EMERGENCY, go_live.ARTICLE, go_live.TEST} <= everything
    service.active = False
    assert codes(go_live.obstacles(service, fields)) == everything
    service.active = True
    version = service.current
    assert version is not None
    # Only for staff: they use it, and residents don't yet.
    version.visibility = "staff"
    assert go_live.obstacles(service, {**fields, "visibility": "staff"}) == []
    assert codes(go_live.obstacles(service, fields)) == everything
    service.current = None
    assert codes(go_live.obstacles(service, fields)) == everything


def test_a_citys_own_departments_calendars_and_people_on_call_count(town: Rivermark) -> None:
    """Lakeside has the same codes: its department has an address, and its calendar hours."""
    office = factories.calendar(town.city, "office", always=False, hours={})
    lakeside = factories.lakeside()
    factories.calendar(lakeside.city, "office")
    lakeside.streets.email = "streets@lakeside.example"
    lakeside.streets.save(update_fields=["email"])
    OnCall.objects.create(jurisdiction=lakeside.city, department=lakeside.streets, user=lakeside.sid)
    service = Service.objects.get(pk=town.pothole.service_id)
    fields = written_service(service)

    def missing(**targets: str) -> dict[str, list[str]]:
        resolve = {"value": 3, "unit": "hours", "calendar": "department", **targets}
        changed = {**fields, "targets": {"acknowledge": {"value": 1, "unit": "days"}, "resolve": resolve}}
        return {check.code: check.missing for check in go_live.checks(service, changed)}

    assert "has no email address" in missing()[go_live.MAILBOX][0]
    night = "counts day and night, but Streets has nobody on call"
    assert night in missing()[go_live.TARGETS][0]
    assert missing(unit="days")[go_live.TARGETS] == []
    assert "has no working hours" in missing(calendar="office")[go_live.TARGETS][0]
    assert night in missing(calendar="always")[go_live.TARGETS][0]
    OnCall.objects.create(jurisdiction=town.city, department=town.streets, user=town.dev)
    assert missing()[go_live.TARGETS] == []
    assert office.jurisdiction == town.city
    # Without a department, the targets have nobody to ask.
    nobody = {**fields, "department": "", "targets": {"resolve": {"value": 3, "unit": "hours", "calendar": "always"}}}
    by_code = {check.code: check.missing for check in go_live.checks(service, nobody)}
    assert by_code[go_live.OWNER] == ["Choose the department responsible for it."]
    assert by_code[go_live.TARGETS] == ["Set a target for a first answer."]


def test_an_article_or_the_word_that_none_is_needed(town: Rivermark) -> None:
    service = Service.objects.get(pk=town.pothole.service_id)

    def needs_article() -> bool:
        return go_live.ARTICLE in codes(go_live.missing(service))

    factories.article(town.city, "trees", "Trees", "", town.tree)
    holes = factories.article(town.city, "holes", "Holes", "", town.pothole)
    assert not needs_article()
    Article.objects.filter(pk=holes.pk).update(published=False)
    assert needs_article()
    ServiceApproval.objects.create(service=town.tree.service, kind="no_article", user=town.ada)
    ServiceApproval.objects.create(service=service, kind="emergency", user=town.ada)
    assert needs_article()
    ServiceApproval.objects.create(service=service, kind="no_article", user=town.ada)
    assert not needs_article()


def test_a_target_is_written_from_its_moment_on(town: Rivermark) -> None:
    service = Service.objects.get(pk=town.tree.service_id)
    for valid_from, value in ((app_now(), 5), (app_now() + dt.timedelta(microseconds=1), 6)):
        Target.objects.create(service=service, kind="resolve", value=value, unit="days", valid_from=valid_from)
    written = {"value": 5, "unit": "days", "calendar": "department"}
    assert written_target(service, "resolve") == written
    assert written_services([service])[service.pk]["targets"]["resolve"] == written
    Target.objects.filter(service=service).delete()
    assert written_target(service, "resolve") is None
    with pytest.raises(ValueError, match="no published version"):
        written_service(Service(service_code="new"))


def test_what_anybody_may_ask_for_is_this_citys_in_use_and_not_only_the_staffs(town: Rivermark) -> None:
    factories.lakeside()
    old = factories.service(town.city, "old")
    Service.objects.filter(pk=old.service_id).update(active=False)
    factories.service(town.city, "inside", visibility="staff")
    Service.objects.create(jurisdiction=town.city, service_code="new")
    every = {"pothole", "tree", "outreach", "unknown"}
    assert {service.service_code for service in offered(town.city)} == every
    assert {version.service.service_code for version in offered_versions(town.city)} == every


def test_what_takers_ask_aloud_before_a_stop_is_approved_and_other_questions_are_not(town: Rivermark) -> None:
    stop = {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, "effects": {"stop": True}}
    burns, where = factories.question("burns", "single", options=[stop, "no"]), factories.question("where")
    fields = {**written_service(town.tree.service), "questions": [burns, where]}
    approved = go_live.emergency_words(fields, town.city)
    aloud = {"script": {"en": "Do you see flames?", "es": "¿Ve llamas?"}}
    assert go_live.emergency_words({**fields, "questions": [burns, where | aloud]}, town.city) == approved
    changed = go_live.emergency_words({**fields, "questions": [burns | aloud, where]}, town.city)
    assert [one["script"] for one in changed["stops"]] == [aloud["script"]]
    assert go_live.fingerprint(changed) != go_live.fingerprint(approved)
