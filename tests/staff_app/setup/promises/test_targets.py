"""Targets: what is promised from which day, and what a new one would have meant before it is saved."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.setup import catalog_versions
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import Clock, Service, ServiceRequest, SetupChange, Target, User
from requests_app.rules.promises import target_forecast
from requests_app.rules.setup.catalog_rows import written_target
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.5")]


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


def page_of(town: Rivermark) -> str:
    return f"/staff/setup/targets/{town.tree.service_id}/new/"


def today(town: Rivermark) -> dt.date:
    return app_now().astimezone(town.city.zone).date()


def fields(town: Rivermark, **more: Any) -> dict[str, Any]:
    return {
        "kind": "resolve", "value": "24", "unit": "hours", "calendar": "", "priority": "", "area": "",
        "valid_from": today(town).isoformat(), "agreed_by": "City Council", **more,
    }  # fmt: skip


def previewed(ada: Client, town: Rivermark, **more: Any) -> dict[str, Any]:
    """The fields as the preview's page has them."""
    answer = ada.post(page_of(town), fields(town, preview="1", **more))
    assert answer.status_code == 200
    form = answer.context["form"]
    return {**fields(town, **more), "previewed": form["previewed"].value(), "seen": answer.context["seen"]}


def aged(town: Rivermark, days: float, *, ended_after: float | None = None, **more: Any) -> ServiceRequest:
    """A tree report of so many days ago, with 72 hours to be done."""
    made = factories.report(town.tree, **more)
    start = app_now() - dt.timedelta(days=days)
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=start)
    clocks = Clock.objects.filter(service_request=made, kind="resolve")
    clocks.update(started_at=start, due_at=start + dt.timedelta(hours=72))
    if ended_after is not None:
        endings.resolve(made.pk, actor=town.ada, disposition="fixed", text="Done.")
        end = start + dt.timedelta(days=ended_after)
        ServiceRequest.objects.filter(pk=made.pk).update(resolved_at=end)
        clocks.update(met_at=end)
    return made


def test_the_preview_counts_real_reports_and_nothing_is_saved_before_it(town: Rivermark, ada: Client) -> None:
    for days in (0.5, 2, 2.5, 5):
        aged(town, days)
    for ended_after in (0.5, 0.75, 2, 4):
        aged(town, 20, ended_after=ended_after)
    aged(town, 200, ended_after=9)
    before = Target.objects.count()
    html = ada.post(page_of(town), fields(town, save="1")).content.decode()
    assert "With this, 3 of the 4 open reports would be late. In the last 90 days, 50% would have been on time." in html
    rows = ada.post(page_of(town), fields(town)).context["forecast"].rows
    assert rows == [("Open and late", "1", "3"), ("On time in the last 90 days", "75%", "50%")]
    assert Target.objects.count() == before


def test_saving_is_one_press_from_the_preview_of_the_same_target(town: Rivermark, ada: Client) -> None:
    seen = previewed(ada, town, value="2", unit="business_days")
    before = Target.objects.count()
    assert ada.post(page_of(town), {**seen, "value": "3", "save": "1"}).status_code == 200
    assert Target.objects.count() == before
    assert ada.post(page_of(town), {**seen, "save": "1"}).status_code == 302
    new = Target.objects.latest("id")
    assert (new.value, new.unit, new.agreed_by, new.recorded_by) == (2, "business_days", "City Council", town.ada)
    change = SetupChange.objects.latest("id")
    assert (change.kind, change.key, change.user) == ("target", "tree", town.ada)
    assert change.before is not None
    assert change.before["resolve"]["value"] == 72
    page = ada.get(f"/staff/setup/targets/{town.tree.service_id}/").content.decode()
    assert "2 business days" in page
    assert "entered by Ada" in page


def test_a_future_target_counts_from_its_day_and_can_be_taken_back(town: Rivermark, ada: Client) -> None:
    day = today(town) + dt.timedelta(days=10)
    ada.post(page_of(town), {**previewed(ada, town, valid_from=day.isoformat()), "save": "1"})
    new = Target.objects.latest("id")
    assert new.valid_from == dt.datetime.combine(day, dt.time(), town.city.zone)
    assert written_target(town.tree.service, "resolve") == {"value": 72, "unit": "hours", "calendar": "department"}
    # A file that repeats today's target is no change, and doesn't undo the one to come.
    assert not catalog_versions.set_targets(town.tree.service, {"resolve": {"value": 72, "unit": "hours"}})
    due = factories.report(town.tree).due_at
    assert due is not None
    assert round((due - app_now()).total_seconds() / 3600) == 72
    assert "Starting later" in ada.get(f"/staff/setup/targets/{town.tree.service_id}/").content.decode()
    ada.post(f"/staff/setup/targets/remove/{new.pk}/")
    assert not Target.objects.filter(pk=new.pk).exists()
    assert SetupChange.objects.latest("id").action == "removed"


def test_a_target_that_has_begun_stays(town: Rivermark, ada: Client) -> None:
    old = Target.objects.filter(service=town.tree.service).first()
    assert old is not None
    html = ada.post(f"/staff/setup/targets/remove/{old.pk}/", follow=True).content.decode()
    assert "already in effect" in html
    assert Target.objects.filter(pk=old.pk).exists()


def test_the_preview_of_a_busy_service_says_that_it_is_about_the_newest(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target_forecast, "SAMPLE", 2)
    for days in (1, 2, 3):
        aged(town, days)
    html = ada.post(page_of(town), fields(town)).content.decode()
    assert "of the 2 open reports" in html
    assert "this is about the newest ones" in html


def test_work_on_hold_is_not_late_and_an_answers_own_target_stays(town: Rivermark, ada: Client) -> None:
    paused, own = aged(town, 5), aged(town, 5)
    clock = Clock.objects.get(service_request=paused, kind="resolve")
    Clock.objects.filter(pk=clock.pk).update(paused_at=clock.started_at + dt.timedelta(hours=1))
    Clock.objects.filter(service_request=own, kind="resolve").update(target=None)
    html = ada.post(page_of(town), fields(town)).content.decode()
    assert "0 of the 1 open report would be late" in html


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"value": "0", "unit": "days"}, "at least 1"),
        ({"value": "10000", "unit": "days"}, "The longest target is 730 days."),
        ({"value": "10000", "unit": "minutes"}, "The longest target is 9,999 minutes."),
        ({"value": "300", "unit": "business_days"}, "The longest target is 250 business days."),
        ({"value": "soon"}, "Enter a whole number"),
        ({"valid_from": "2020-01-01"}, "Choose today or a later day"),
        ({"valid_from": "2026-02-31"}, "Enter a real date"),
        ({"agreed_by": " "}, "Enter who agreed"),
        ({"area": "0"}, "0"),
    ],
)
def test_an_impossible_target_is_refused_and_stays_typed(
    town: Rivermark, ada: Client, more: dict[str, str], words: str
) -> None:
    answer = ada.post(page_of(town), fields(town, save="1", **{"agreed_by": "Mayor & <b>Council</b>", **more}))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert "<b>Council" not in html


def test_a_target_begins_today_or_within_five_years(town: Rivermark, ada: Client) -> None:
    first = today(town)
    last = dt.date(first.year + 5, 12, 31)
    answers = {
        day: ada.post(page_of(town), fields(town, valid_from=day.isoformat())).status_code
        for day in (first - dt.timedelta(days=1), first, last, last + dt.timedelta(days=1))
    }
    assert list(answers.values()) == [422, 200, 200, 422]


def test_working_hours_are_the_citys_own(town: Rivermark, ada: Client) -> None:
    theirs = factories.lakeside().streets.calendar
    answers = [
        ada.post(page_of(town), fields(town, calendar=one.pk)).status_code for one in (theirs, town.streets.calendar)
    ]
    assert answers == [422, 200]


def test_a_service_that_nobody_can_use_is_not_listed(town: Rivermark, ada: Client) -> None:
    Service.objects.filter(pk=town.tree.service_id).update(active=False)
    html = ada.get("/staff/setup/targets/").content.decode()
    assert "Pothole" in html
    assert "Tree to prune" not in html


def test_a_target_for_a_ward_is_previewed_on_its_reports_only(town: Rivermark, ada: Client) -> None:
    here, elsewhere = aged(town, 2), aged(town, 2)
    ward = factories.area(town.city)
    for one in (here, elsewhere):
        one.areas.clear()
    here.areas.add(ward, through_defaults={"submitted_at": here.submitted_at, "public_state": here.public_state})
    html = ada.post(page_of(town), fields(town, area=str(ward.pk))).content.decode()
    assert "1 of the 1 open report would be late" in html
    Target.objects.create(service=town.tree.service, kind="resolve", value=9, unit="days", area=ward)
    html = ada.post(page_of(town), fields(town)).content.decode()
    assert "1 of the 1 open report would be late" in html


def test_services_are_found_by_name_and_only_administrators_see_targets(
    town: Rivermark, ada: Client, tom: Client
) -> None:
    html = ada.get("/staff/setup/targets/?q=prune").content.decode()
    assert "Tree to prune" in html
    assert "72 hours" in html
    assert "Pothole" not in html
    for path in ("/staff/setup/targets/", page_of(town), f"/staff/setup/targets/{town.tree.service_id}/"):
        assert tom.get(path).status_code == 403
