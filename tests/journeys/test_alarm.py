"""In a real browser at 2 a.m.: words, question, sent anyway, alarm, nobody, the next, taken; read in emails and text messages."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from requests_app.messages import sms
from requests_app.models import Alarm, ServiceRequest
from tests import factories
from tests.journeys.test_danger import signed_in
from tests.journeys.test_report import PHONE, go, looks_well, sees_nothing_wrong
from tests.on_call import GAS, alarm_emails, emailed, link_in, on_call, texted, texts_to, work

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@contextmanager
def clock_at(site: "Site", then: dt.datetime) -> Iterator[Callable[[dt.timedelta], None]]:
    """Shifts the database's clock for the site and this process. Yields a function that shifts it further."""

    def shift(by: dt.timedelta) -> None:
        site.kill("web")
        # libpq's own variable: the site's sessions begin with this setting.
        site.environment["PGOPTIONS"] = f"-c lamplighter.time_shift={int(by.total_seconds())}s"
        site.start("web")
        set_here(f"{int(by.total_seconds())}s")

    def set_here(value: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lamplighter.time_shift', %s, false)", [value])

    start = then - dt.datetime.now(dt.UTC)
    try:
        shift(start)
        yield lambda by: shift(start + by)
    finally:
        set_here("")
        site.environment.pop("PGOPTIONS", None)
        site.kill("web")


# In each run, tests/requests_app/actions/alarms/test_alarms.py goes through its steps and its clock.
@pytest.mark.slow
def test_a_night_alarm_goes_on_until_somebody_has_it(
    live_site: "Site", new_page: Callable[..., "Page"], settings: Any, tmp_path: Path
) -> None:
    texts_to(tmp_path, settings)
    cast = factories.rivermark()
    night = {"starts_at": dt.time(18), "ends_at": dt.time(7)}
    on_call(cast.city, cast.streets, "Day Crew", starts_at=dt.time(7), ends_at=dt.time(18))
    on_call(
        cast.city, cast.streets, "Night Crew", phone="555-0121", order=1, email="night.crew@on-call.example", **night
    )
    on_call(cast.city, cast.streets, "Second Driver", phone="555-0122", order=2, email="", **night)
    two_in_the_night = dt.datetime(2026, 12, 9, 2, 0, tzinfo=cast.city.zone)
    with clock_at(live_site, two_in_the_night) as clock_later:
        # Words, question, sent anyway.
        page = new_page(java_script_enabled=False, viewport=PHONE)
        page.goto(f"{live_site.url}/report/?service=pothole&lat=40.5&long=-69.0")
        page.fill("#id_text", GAS)
        go(page)
        assert page.url.endswith("/emergency/")
        go(page, "button[name=go_on]")
        page.locator("label[for=id_q_where_0]").click()
        go(page)
        go(page, "button[name=none]")
        go(page, "#send-form button")
        assert page.url.endswith("/sent/")
        number = ServiceRequest.objects.get().display_reference

        # Alarm: the night crew, by email and text message. They sleep.
        work()
        assert (emailed(), texted()) == (["night.crew"], ["555-0121"])
        assert number in alarm_emails()[0].subject
        assert "Since: Dec. 9, 2026, 2" in str(alarm_emails()[0].body)
        staff = new_page()
        signed_in(staff, live_site, cast.tom)
        staff.goto(f"{live_site.url}/staff/")
        looks_well(staff)
        sees_nothing_wrong(staff)
        assert "Alerted so far: Night Crew" in " ".join(staff.inner_text(".alarm-lines").split())

        # Nobody in 15 minutes: the next.
        clock_later(dt.timedelta(minutes=15, seconds=30))
        work()
        assert texted() == ["555-0121", "555-0122"]
        assert emailed() == ["night.crew"]

        # Opening the link takes nothing; the button does, without signing in.
        driver = new_page(java_script_enabled=False, viewport=PHONE)
        driver.goto(live_site.url + link_in(sms.latest()[0].text))
        looks_well(driver)
        assert GAS in driver.inner_text("main")
        assert Alarm.objects.get().state == "ringing"
        go(driver, "main form button")
        assert driver.inner_text("h1") == "You have it"
        looks_well(driver)
        alarm = Alarm.objects.get()
        assert alarm.accepted_call is not None
        assert (alarm.state, alarm.accepted_call.name) == ("accepted", "Second Driver")

        late = new_page(viewport=PHONE)
        late.goto(live_site.url + link_in(str(alarm_emails()[0].body)))
        assert late.inner_text("h1") == "Second Driver has it"
        looks_well(late)
        staff.goto(f"{live_site.url}/staff/")
        assert staff.locator(".alarm-lines").count() == 0
        staff.goto(f"{live_site.url}/staff/r/{number.replace('-', '')}/")
        looks_well(staff)
        sees_nothing_wrong(staff)
        told = " ".join(staff.inner_text(".alarm").split())
        assert re.search(r"Taken by Second Driver on Dec\. 9, 2026, 2:1[5-9] a\.m\.", told)
        # It stays quiet.
        clock_later(dt.timedelta(hours=2))
        work()
        assert len(emailed()) + len(texted()) == 3


@pytest.mark.slow
def test_the_pages_of_rosters_fit_a_phone_and_axe_finds_nothing(live_site: "Site", page: "Page") -> None:
    cast = factories.rivermark()
    entry = on_call(cast.city, cast.streets, "Night Crew", weekdays=[0, 6], starts_at=dt.time(18), ends_at=dt.time(7))
    signed_in(page, live_site, cast.ada)
    page.set_viewport_size({"width": 375, "height": 667})
    for path in ("on-call/", f"on-call/{entry.pk}/", "emergency-counts/"):
        page.goto(f"{live_site.url}/staff/{path}")
        looks_well(page)
        sees_nothing_wrong(page)
    page.goto(f"{live_site.url}/staff/on-call/")
    page.fill("#id_name", "Operator")
    go(page, "button[name=add]")
    assert "or we can’t reach them" in page.inner_text("main")
    looks_well(page)
    sees_nothing_wrong(page)


def test_an_open_page_hears_and_five_alarms_leave_room_on_a_phone(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    cast = factories.rivermark()
    page = new_page(viewport=PHONE, color_scheme="dark")
    page.clock.install()
    signed_in(page, live_site, cast.tom)
    page.goto(f"{live_site.url}/staff/profile/")
    assert page.locator("[data-alarm]").count() == 0
    # Sound is off until somebody switches it on, and stays as they left it.
    sound = page.locator("[data-alarm-sound]")
    assert sound.get_attribute("aria-pressed") == "false"
    page.click(".staff-menu summary")
    sound.click()
    report = factories.routed(cast.pothole, GAS, answers={"where": "lane"})
    page.clock.run_for(21_000)
    page.wait_for_selector("[data-alarm]")
    assert page.title().startswith("(1 alarm) ")
    assert page.locator(".staff-bell--alarm").count() == 1
    assert GAS not in page.inner_text(".alarm-lines")
    sees_nothing_wrong(page)
    for number in range(4):
        factories.routed(cast.pothole, f"{GAS} {number}", answers={"where": "lane"})
    page.goto(f"{live_site.url}/staff/")
    page.clock.run_for(21_000)
    page.wait_for_function("document.title.startsWith('(5 alarms) ')")
    assert sound.get_attribute("aria-pressed") == "true"
    looks_well(page)
    sees_nothing_wrong(page)
    # The lines take a small part of the screen, opened or not.
    box = page.locator(".alarm-lines").bounding_box()
    assert box is not None
    assert box["height"] <= PHONE["height"] * 0.1
    page.click(".alarm-lines summary")
    opened = page.locator(".alarm-lines").bounding_box()
    assert opened is not None
    assert opened["height"] <= PHONE["height"] * 0.41
    button = page.locator(".alarm-lines button").first.bounding_box()
    assert button is not None
    assert button["x"] + button["width"] < PHONE["width"]
    # By a keyboard alone, and without the page's own scripts it is a form like any other.
    page.locator(f"[data-alarm='{report.alarms.get().pk}'] button").press("Enter")
    page.wait_for_url("**/staff/r/**")
    assert "You have it" in page.inner_text("main")
    assert page.title().startswith("(4 alarms) ")
