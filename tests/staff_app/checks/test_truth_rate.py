"""The page of the truth rate: of this city alone, of a year, and by which a check is due."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import Department, EndingCheck, EndingSample, Photo, ServiceVersion, User
from requests_app.rules.truth.rate import LOOK_WITHIN
from staff_app.checks import truth_rate
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.6")]
PATH = "/staff/checks/truth-rate.csv?by="
WEEK = dt.date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _december() -> None:
    set_time(dt.datetime(2026, 12, 15, 12, tzinfo=dt.UTC))


def check(
    department: Department, version: ServiceVersion, seen: str = "", *, week: dt.date = WEEK, **columns: object
) -> EndingCheck:
    answers = {"where": "lane"} if version.questions.exists() else {}
    made = factories.routed(version, answers=answers)
    sample = EndingSample.objects.get_or_create(
        department=department, week=week, jurisdiction=department.jurisdiction,
        defaults={"seed": "a", "wanted": 9, "endings": 30, "other_endings": 4},
    )[0]  # fmt: skip
    if seen:
        columns |= {"seen_at": app_now(), "photo": photo(department, made.pk)}
    return EndingCheck.objects.create(
        sample=sample, service_request=made, disposition="fixed", ended_at=made.submitted_at, seen=seen, **columns
    )


def photo(department: Department, number: int) -> Photo:
    return Photo.objects.create(
        jurisdiction=department.jurisdiction, kind="check", name=f"p{number}", width=4, height=3
    )


def rows(client: Client, by: str) -> list[str]:
    return [",".join(line.split(",")[:8]) for line in client.get(PATH + by).content.decode().splitlines()[1:]]


def test_each_department_has_its_own_and_another_city_none(town: Rivermark, pia: Client) -> None:
    lakeside = factories.lakeside()
    for seen in ("fixed", "fixed", "cant_tell"):
        check(town.streets, town.pothole, seen)
    check(town.parks, town.tree, "not_fixed")
    check(lakeside.streets, lakeside.pothole, "fixed")
    # name, drawn, true, not true, reopened, can't tell, not looked at, rate
    assert rows(pia, "department") == ["Parks,1,0,1,0,0,0,0.0000", "Streets,3,2,0,0,1,0,0.6667"]
    assert rows(pia, "service") == ["Pothole,3,2,0,0,1,0,0.6667", "Tree to prune,1,0,1,0,0,0,0.0000"]
    page = pia.get("/staff/checks/truth-rate/")
    assert page.context["left_out"] == {"endings": 60, "others": 8}
    assert page.context["total"].truth_rate.percent == 50


def test_two_months_are_two_rows_newest_first_and_the_year_begins_on_the_first(town: Rivermark, pia: Client) -> None:
    check(town.streets, town.pothole, "fixed", week=dt.date(2025, 11, 24))
    for week in (dt.date(2025, 12, 1), dt.date(2026, 11, 2), dt.date(2026, 11, 9)):
        check(town.streets, town.pothole, "fixed", week=week)
    assert [row.split(",")[:2] for row in rows(pia, "month")] == [["November 2026", "2"], ["December 2025", "1"]]
    assert pia.get("/staff/checks/truth-rate/").context["left_out"]["endings"] == 90


@pytest.mark.parametrize(
    ("days", "expected"), [(13, "0,0,0,0,0,0,"), (14, "1,0,0,0,0,1,0.0000"), (15, "1,0,0,0,0,1,0.0000")]
)
def test_after_two_weeks_what_nobody_looked_at_counts(town: Rivermark, pia: Client, days: int, expected: str) -> None:
    made = check(town.streets, town.pothole)
    EndingSample.objects.filter(pk=made.sample_id).update(drawn_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=days))
    assert rows(pia, "department") == [f"Streets,{expected}"]


def test_an_unknown_grouping_is_by_department_and_it_is_for_supervisors(
    town: Rivermark, pia: Client, tom: Client, signed_in: Callable[[User], Client]
) -> None:
    check(town.streets, town.pothole, "fixed")
    assert rows(pia, "colour") == rows(signed_in(town.ada), "department") == ["Streets,1,1,0,0,0,0,1.0000"]
    assert tom.get(PATH).status_code == 403


def test_a_check_is_due_at_its_moment(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = app_now()
    row = EndingCheck(sample=EndingSample(drawn_at=drawn))
    for since, is_due in ((LOOK_WITHIN - dt.timedelta(microseconds=1), False), (LOOK_WITHIN, True)):
        monkeypatch.setattr("django.utils.timezone.now", lambda since=since: drawn + since)
        assert truth_rate._as_looked(row).is_due == is_due
