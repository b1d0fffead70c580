"""Which endings are drawn, to the second and in this city alone, and who looks at each."""

import datetime as dt

import pytest

from requests_app.actions.truth import ending_checks
from requests_app.clock import app_now
from requests_app.models import (
    Department,
    EndingCheck,
    EndingSample,
    Event,
    Leave,
    Membership,
    Photo,
    Role,
    ServiceRequest,
    Team,
    User,
)
from requests_app.rules.work.reopenings import REOPENED_WITHIN
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.6")]
MONDAY = dt.date(2027, 3, 1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _next_week(town: Rivermark) -> None:
    """It's the Wednesday after the week whose endings are drawn."""
    set_time(dt.datetime(2027, 3, 10, 15, tzinfo=dt.UTC))


def start_of(town: Rivermark, day: dt.date = MONDAY) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), town.city.zone)


def ended(town: Rivermark, at: dt.datetime | None = None, disposition: str = "fixed") -> ServiceRequest:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    factories.mark_ended(made, disposition, at or start_of(town) + dt.timedelta(days=1))
    made.refresh_from_db()
    return made


def drawn(department: Department) -> set[int]:
    sample = ending_checks.draw(department, week=MONDAY)
    return set(sample.checks.values_list("service_request_id", flat=True))


def test_the_week_is_the_last_whole_one_by_the_citys_calendar(town: Rivermark) -> None:
    assert ending_checks.last_week(town.city) == MONDAY
    set_time(start_of(town, MONDAY + dt.timedelta(days=14)) - SECOND)
    assert ending_checks.last_week(town.city) == MONDAY
    set_time(start_of(town, MONDAY + dt.timedelta(days=14)))
    assert ending_checks.last_week(town.city) == MONDAY + dt.timedelta(days=7)


def test_the_first_second_of_the_week_belongs_to_it_and_the_first_of_the_next_does_not(town: Rivermark) -> None:
    after = start_of(town, MONDAY + dt.timedelta(days=7))
    ended(town, start_of(town) - SECOND)
    first, last = ended(town, start_of(town)), ended(town, after - SECOND)
    ended(town, after)
    assert drawn(town.streets) == {first.pk, last.pk}


def test_each_active_department_of_this_city_is_drawn_once_a_week(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.department(town.city, "OLD", "Old works", active=False)
    active = Department.objects.filter(jurisdiction=town.city, active=True)
    EndingSample.objects.create(
        jurisdiction=town.city, department=town.streets, week=MONDAY - dt.timedelta(days=7), seed="a",
        wanted=1, endings=0, other_endings=0,
    )  # fmt: skip
    assert ending_checks.draw_due(town.city) == active.count() == 3
    assert set(EndingSample.objects.filter(week=MONDAY).values_list("department", flat=True)) == {
        one.pk for one in active
    }
    assert ending_checks.draw_due(town.city) == 0
    assert ending_checks.draw_due(lakeside.city) == 1
    lakeside.city.checked_endings = 0
    EndingSample.objects.all().delete()
    assert ending_checks.draw_due(lakeside.city) == 0


def test_only_public_endings_of_this_department_with_a_public_place_are_drawn(town: Rivermark) -> None:
    shown, hidden, without_place = ended(town), ended(town), ended(town)
    ServiceRequest.objects.filter(pk=hidden.pk).update(public_state="hidden")
    ServiceRequest.objects.filter(pk=without_place.pk).update(public_point=None, public_address="")
    tree = factories.routed(town.tree)
    factories.mark_ended(tree, "fixed", start_of(town) + SECOND)
    factories.mark_ended(factories.routed(town.pothole, answers={"where": "lane"}, is_test=True), at=start_of(town))
    ended(town, disposition="answered")
    assert drawn(town.streets) == {shown.pk}
    sample = EndingSample.objects.get()
    assert (sample.endings, sample.other_endings) == (1, 1)
    assert drawn(town.parks) == {tree.pk}


# --- Who looks ------------------------------------------------------------------------------------------------------------


def checker(town: Rivermark, name: str, of: Department | None = None, city: object = None) -> User:
    place = city or town.city
    allowed = Role.objects.get_or_create(
        jurisdiction=place, code="checker", defaults={"name": {"en": "Checker"}, "permissions": ["check_endings"]}
    )[0]
    user = User.objects.create_user(f"{name}@example.org", "x", name=name)
    Membership.objects.create(user=user, jurisdiction=place, department=of, role=allowed)  # type: ignore[misc]
    return user


@pytest.fixture
def nobody_else(town: Rivermark) -> None:
    for role in Role.objects.filter(jurisdiction=town.city):
        role.permissions = [one for one in role.permissions if one != "check_endings"]
        role.save()


def checkers(town: Rivermark) -> list[str | None]:
    found = ending_checks.draw(town.streets, week=MONDAY).checks.order_by("checker__name")
    return list(found.values_list("checker__name", flat=True))


@pytest.mark.usefixtures("nobody_else")
def test_nobody_of_another_city_away_gone_or_of_the_same_department_looks(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    checker(town, "Lea", city=lakeside.city)
    checker(town, "Own", town.streets)
    away, gone = checker(town, "Awa", town.parks), checker(town, "Gon", town.parks)
    today = app_now().date()
    Leave.objects.create(jurisdiction=town.city, user=away, starts_on=today, ends_on=today)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    ended(town)
    assert checkers(town) == [None]
    EndingSample.objects.all().delete()
    checker(town, "Par", town.parks)
    assert checkers(town) == ["Par"]


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.parametrize("kind", ["resolved", "visited", "accepted"])
def test_who_did_any_of_the_work_does_not_look_at_it(town: Rivermark, kind: str) -> None:
    worker = checker(town, "Wor", town.parks)
    mine, other = ended(town), ended(town)
    Event.objects.create(jurisdiction=town.city, service_request=mine, kind=kind, user=worker, data={})
    ending_checks.draw(town.streets, week=MONDAY)
    assert EndingCheck.objects.get(service_request=mine).checker is None
    assert EndingCheck.objects.get(service_request=other).checker == worker


@pytest.mark.usefixtures("nobody_else")
def test_a_team_keeps_its_own_from_looking_while_it_works_in_this_city(town: Rivermark) -> None:
    worker, looker = checker(town, "Wor", town.parks), checker(town, "Loo", town.parks)
    beside = factories.lakeside()
    old = Team.objects.create(department=town.streets, code="old", name={"en": "Old"}, active=False)
    theirs = Team.objects.create(department=beside.streets, code="theirs", name={"en": "Theirs"})
    for team in (old, theirs):
        team.members.add(worker, looker)
    made = ended(town)
    Event.objects.create(jurisdiction=town.city, service_request=made, kind="accepted", user=worker, data={})
    assert checkers(town) == ["Loo"]
    Team.objects.filter(pk=old.pk).update(active=True)
    EndingSample.objects.all().delete()
    assert checkers(town) == [None]


@pytest.mark.usefixtures("nobody_else")
def test_the_one_with_the_fewest_to_look_at_gets_the_next(town: Rivermark) -> None:
    busy, free = checker(town, "Bus", town.parks), checker(town, "Fre", town.parks)
    made = [ended(town) for _ in range(3)]
    earlier = EndingSample.objects.create(
        jurisdiction=town.city, department=town.streets, week=MONDAY - dt.timedelta(days=7), seed="a",
        wanted=1, endings=1, other_endings=0,
    )  # fmt: skip
    columns = {"sample": earlier, "disposition": "fixed", "ended_at": start_of(town)}
    waiting = EndingCheck.objects.create(service_request=made[0], checker=busy, **columns)
    # What is done is no load.
    for one in made[1:]:
        EndingCheck.objects.create(
            service_request=one, checker=free, seen="fixed", seen_at=start_of(town), photo=a_photo(one), **columns
        )
    ending_checks.draw(town.streets, week=MONDAY)
    new = EndingCheck.objects.exclude(sample=earlier).filter(sample__week=MONDAY)
    assert sorted(new.values_list("checker__name", flat=True)) == ["Bus", "Fre", "Fre"]
    assert waiting.seen_at is None


def a_photo(of: ServiceRequest) -> Photo:
    return Photo.objects.create(
        jurisdiction=of.jurisdiction, service_request=of, kind="check", name=f"p{of.pk}", width=4, height=3
    )


@pytest.mark.parametrize(("after", "counts"), [(REOPENED_WITHIN, True), (REOPENED_WITHIN + SECOND, False)])
def test_what_is_reopened_within_30_days_was_not_true(town: Rivermark, after: dt.timedelta, counts: bool) -> None:
    made, other = ended(town), ended(town)
    ending_checks.draw(town.streets, week=MONDAY)
    assert made.resolved_at
    set_time(made.resolved_at + after)
    at = made.resolved_at + after
    Event.objects.create(jurisdiction=town.city, service_request=made, kind="reopened", user=town.tom, data={}, at=at)
    assert ending_checks.note_reopened() == int(counts)
    assert (EndingCheck.objects.get(service_request=made).reopened_at is not None) is counts
    assert EndingCheck.objects.get(service_request=other).reopened_at is None
