"""What pages of setup count, list and offer ends at an exact day, moment or number, and is of this city alone."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app.actions.work import assignment
from requests_app.clock import app_now
from requests_app.models import (
    AnsweredCount,
    ArticleVote,
    Counter,
    Leave,
    Membership,
    Notice,
    ReferralCount,
    ScreeningCount,
    ServiceApproval,
    Team,
    User,
)
from requests_app.rules.alarms.on_call_week import DAY as DAY_MIN
from requests_app.rules.alarms.on_call_week import Gap
from requests_app.rules.promises.service_levels import WorkingHours
from requests_app.rules.setup import go_live
from staff_app.setup import answered_counts, on_call_week, to_do
from staff_app.setup.departments import departments, month_grid, teams
from staff_app.setup.emergency_words import MONTHS
from staff_app.setup.people import people
from staff_app.setup.retirement import retire_service
from staff_app.setup.services import catalog
from staff_app.setup.translations.kinds import passages
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


def today_in(town: Rivermark) -> dt.date:
    return app_now().astimezone(town.city.zone).date()


def page(client: Client, name: str, *arguments: Any, **query: str) -> str:
    answer = client.get(reverse(f"staff_app:{name}", args=arguments), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_count_says_more_only_past_its_limit(town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    team = Team.objects.create(department=town.streets, code="crew", name={"en": "Crew"})
    for module in (people, departments, teams, retire_service):
        monkeypatch.setattr(module, "COUNT_MAX", 1)
    found = []
    for _ in range(2):
        hole = factories.routed(town.pothole, answers={"where": "lane"})
        assignment.assign(hole.pk, assignee=town.tom, actor=town.tom)
        type(hole).objects.filter(pk=hole.pk).update(team=team)
        pages = {
            "end_person": ada.get(reverse("staff_app:end_person", args=[town.tom.pk])).context["is_more"],
            "close_department": ada.get(reverse("staff_app:close_department", args=[town.streets.pk])).context[
                "has_more"
            ],
            "end_team": ada.get(reverse("staff_app:end_team", args=[team.pk])).context["has_more"],
            "retire_service": retire_service._belongings(town.pothole.service)["requests"] == "1+",
        }
        found.append(set(pages.values()))
    assert found == [{False}, {True}]


def test_an_approval_is_to_do_from_two_weeks_before_its_last_day(town: Rivermark) -> None:
    today, there = today_in(town), factories.lakeside()
    within = go_live.NOTIFIED_BEFORE[0]
    closed = factories.service(town.city, "closed")
    type(closed.service).objects.filter(pk=closed.service.pk).update(active=False)

    def to_dos() -> list[str]:
        return [str(one.text) for one in to_do._approvals(town.city)]

    for version, last_day, words in (
        (town.pothole, today + within, "ends on"),
        (town.pothole, today + within + DAY, ""),
        (town.pothole, today, "ends on"),
        (town.pothole, today - DAY, "ended on"),
        (closed, today, ""),
        (there.pothole, today, ""),
    ):
        approval = ServiceApproval.objects.create(
            service=version.service, kind=ServiceApproval.Kind.EMERGENCY, review_by=last_day
        )
        found = to_dos()
        assert len(found) == bool(words), (version, last_day)
        assert all(words in sentence for sentence in found)
        approval.delete()


def test_an_article_is_due_on_its_day(town: Rivermark, ada: Client) -> None:
    today = today_in(town)
    due, later = factories.article(town.city, "due", "Due"), factories.article(town.city, "later", "Later")
    type(due).objects.filter(pk=due.pk).update(review_on=today)
    type(due).objects.filter(pk=later.pk).update(review_on=today + DAY)
    assert [str(one.text) for one in to_do._articles(town.city)] == ["1 article is due for review."]
    type(due).objects.filter(pk=due.pk).update(review_on=timezone.localdate(timezone=town.city.zone))
    type(due).objects.filter(pk=later.pk).update(review_on=timezone.localdate(timezone=town.city.zone) + DAY)
    context = ada.get(reverse("staff_app:articles"), {"show": "due"}).context
    assert [(row["article"].code, row["is_due"]) for row in context["list"].rows] == [("due", True)]


def test_counts_begin_on_their_first_day(town: Rivermark, ada: Client) -> None:
    today = today_in(town)
    first = (today - dt.timedelta(days=answered_counts.DAYS)).replace(day=1)
    rows: list[tuple[type[Model], dict[str, Any], dt.date]] = [
        (AnsweredCount, {"article_code": "holes"}, first),
        (ArticleVote, {"article_code": "holes", "helped": True}, first),
        (ReferralCount, {"receiver": "to@example.org"}, first),
        (ScreeningCount, {"reason": "always", "step": "asked"}, _months_before(today, MONTHS - 1)),
        (
            Counter,
            {"measure": "submitted", "service": town.pothole.service, "public_state": "public"},
            today - dt.timedelta(days=catalog.DAYS),
        ),
    ]
    for model, columns, day in rows:
        for value, on in ((41, day), (5000, day - DAY)):
            model._default_manager.create(jurisdiction=town.city, day=on, value=value, **columns)
    counts = ada.get(reverse("staff_app:answered_counts")).context
    assert [row["count"] for row in counts["rows"]] == [41]
    assert [row["yes"] for row in counts["votes"]] == [41]
    assert [row["count"] for row in counts["sent"]] == [41]
    by_month = ada.get(reverse("staff_app:emergency_counts")).content.decode()
    assert "41" in by_month
    assert "5,000" not in by_month
    services = {row.code: row.count for _category, row in catalog._rows(town.city)}
    assert services["pothole"] == 41


def _months_before(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - months
    return dt.date(index // 12, index % 12 + 1, 1)


def test_a_notice_needs_no_translation_from_the_moment_it_ends(town: Rivermark) -> None:
    now = app_now()
    for words, ends in (("over", now), ("shown", now + dt.timedelta(microseconds=1))):
        Notice.objects.create(
            jurisdiction=town.city, words={"en": words}, starts_at=now - DAY, ends_at=ends, created_by=town.ada
        )
    assert [one.text("en") for one in passages(town.city) if one.kind.code == "notice"] == ["shown"]


def test_weeks_and_months_lead_five_years_on_and_no_further() -> None:
    today = dt.date(2026, 11, 25)
    days = dt.timedelta(days=on_call_week.YEARS * 366)
    for typed in (today - days, today + days):
        monday = typed - dt.timedelta(days=typed.weekday())
        assert not on_call_week.week_of(typed.isoformat(), today, [], set()).is_this_week, typed
        assert on_call_week.week_of(typed.isoformat(), today, [], set()).title.endswith(str(monday.year))
    for typed in (today - days - DAY, today + days + DAY):
        assert on_call_week.week_of(typed.isoformat(), today, [], set()).is_this_week, typed
    monday = dt.date(2026, 11, 23)
    for more, is_led in ((0, True), (1, False)):
        since = on_call_week.week_of((monday + 7 * DAY).isoformat(), monday + days + more * DAY, [], set())
        until = on_call_week.week_of((monday - 7 * DAY).isoformat(), monday - days - more * DAY, [], set())
        assert (since.earlier, until.later) == (("2026-11-23", "2026-11-23") if is_led else ("", ""))
    hours = WorkingHours(zone=ZoneInfo("America/New_York"), always=True, hours={})
    grids = {
        typed: month_grid.month_grid(hours, today, typed) for typed in ("2021-11", "2022-02", "2031-08", "2031-11")
    }
    assert [(one.earlier, bool(one.later)) for one in grids.values()][:2] == [("", True), ("2021-11", True)]
    assert [one.later for one in grids.values()][2:] == ["2031-11", ""]
    for month, is_taken in (("2021-01", True), ("2020-12", False), ("2031-12", True), ("2032-01", False)):
        assert (f"{month_grid._month(month, today):%Y-%m}" == month) == is_taken, month


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (0, DAY_MIN, "Nobody all day"),
        (18 * 60, DAY_MIN + 7 * 60, "Nobody 6 p.m.–7 a.m."),
        (7 * 60, DAY_MIN + 7 * 60, "Nobody from 7 a.m. to Tuesday 7 a.m."),
        (7 * 60, DAY_MIN, "Nobody 7 a.m.–midnight"),
        (7 * 60, 2 * DAY_MIN, "Nobody from 7 a.m. to the end of Tuesday"),
    ],
)
def test_a_gap_names_its_last_day_from_a_whole_day_on(starts: int, ends: int, words: str) -> None:
    assert on_call_week.gap_words(Gap(starts, ends)) == words


def test_an_absence_is_listed_through_its_last_day_and_removed_where_it_is(town: Rivermark, ada: Client) -> None:
    there, today = factories.lakeside(), today_in(town)
    role = factories.role(there.city, "supervisor")
    for user in (town.tom, town.ada):
        Membership.objects.create(user=user, jurisdiction=there.city, role=role)

    def leave(days: int, city: Any = town.city, user: User = town.tom) -> Leave:
        return Leave.objects.create(jurisdiction=city, user=user, starts_on=today - 9 * DAY, ends_on=today + days * DAY)

    last_day, elsewhere, others = leave(0), leave(5, there.city), leave(5, user=town.dev)
    leave(-1)
    assert people.leaves_of(town.tom, town.city) == [last_day]
    path = reverse("staff_app:person", args=[town.tom.pk])
    for strange in ("x", "-1", "9" * 19):
        assert ada.post(path, {"remove_leave": strange}).status_code == 404
    for row in (elsewhere, others, last_day):
        assert ada.post(path, {"remove_leave": str(row.pk)}).status_code == 302
    assert set(Leave.objects.filter(ends_on__gte=today)) == {elsewhere, others}


def test_a_role_without_letters_in_its_name_has_a_code(town: Rivermark, ada: Client) -> None:
    answer = ada.post(reverse("staff_app:add_role"), {"name_en": "交通", "name_es": "交通", "group_0": ["view"]})
    assert answer.status_code == 302, answer.content.decode()
    assert town.city.roles.filter(code="role").exists()
    for strange in ("x", "9" * 19, str(factories.role(factories.lakeside().city, "crew").pk)):
        copied = ada.get(reverse("staff_app:add_role"), {"copy": strange})
        assert (copied.status_code, copied.context["copied"]) == (200, None)


def test_who_works_here_already_is_said_only_of_this_citys_people(town: Rivermark, ada: Client) -> None:
    sid = factories.lakeside().sid
    assert ada.post(reverse("staff_app:bring_back_person", args=[sid.pk])).status_code == 404
    assert ada.get(reverse("staff_app:bring_back_person", args=[town.tom.pk])).status_code == 404
    answer = ada.post(reverse("staff_app:bring_back_person", args=[town.tom.pk]), follow=True)
    assert "works here already" in answer.content.decode()
