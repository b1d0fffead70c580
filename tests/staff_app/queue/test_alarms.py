"""The lines of ringing alarms on every staff page and in their poll, and the panel on the request's page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.actions.alarms import alarms
from requests_app.models import Alarm, User
from tests import factories
from tests.factories import Rivermark
from tests.on_call import GAS, minutes_later, on_call, work

pytestmark = pytest.mark.django_db
STRIP = "Needs someone now"


@pytest.fixture
def alarm(town: Rivermark) -> Alarm:
    on_call(town.city, town.streets, "Night Crew", phone="555-0121", email="night@crew.example")
    report = factories.report(town.pothole, GAS, answers={"where": "lane"})
    work()
    return report.alarms.get()


@pytest.mark.parametrize("path", ["/staff/", "/staff/mine/", "/staff/profile/", "/staff/notices/"])
def test_a_line_on_every_page_says_who_has_been_told(alarm: Alarm, tom: Client, path: str) -> None:
    page = tom.get(path).content.decode()
    for words in (STRIP, alarm.service_request.display_reference, "Alerted so far: Night Crew", "I have it"):
        assert words in page
    assert page.index(STRIP) < page.index("<main")
    assert "<details><summary><strong" not in page


def test_five_are_one_line_until_it_is_opened(alarm: Alarm, tom: Client, town: Rivermark) -> None:
    for number in range(4):
        factories.report(town.pothole, f"{GAS} {number}", answers={"where": "lane"})
    work()
    page = tom.get("/staff/profile/").content.decode()
    assert "5 alarms need someone now" in page
    assert page.count("data-alarm=") == 5
    assert "<details><summary>" in page[page.index("alarm-lines") :]


def test_the_poll_brings_the_lines_once(alarm: Alarm, tom: Client, pia: Client, town: Rivermark) -> None:
    found = tom.get("/staff/updates/").json()["alarms"]
    assert found["ids"] == [alarm.pk]
    assert "I have it" in found["html"]
    # The words are on the request's page.
    assert GAS not in found["html"]
    assert tom.get("/staff/updates/", {"alarms": str(alarm.pk)}).json()["alarms"] == {"ids": [alarm.pk], "html": None}
    assert pia.get("/staff/updates/").json()["alarms"]["ids"] == []
    second = factories.routed(town.pothole, f"{GAS} again", answers={"where": "lane"}).alarms.get()
    found = tom.get("/staff/updates/", {"alarms": str(alarm.pk)}).json()["alarms"]
    assert found["ids"] == [alarm.pk, second.pk]
    for one in (alarm, second):
        alarms.accept(one.pk, actor=town.tom)
    found = tom.get("/staff/updates/", {"alarms": f"{alarm.pk},{second.pk}"}).json()["alarms"]
    assert (found["ids"], found["html"].strip()) == ([], "")


def test_who_was_alerted_has_a_line_without_the_report(town: Rivermark, pia: Client, signed_in: Any) -> None:
    """Pia works for Parks, and is on the desk's roster."""
    on_call(town.city, None, user=town.pia)
    report = factories.report(town.pothole, "My husband is beating me right now", answers={"where": "lane"})
    work()
    page = pia.get("/staff/profile/").content.decode()
    assert f"Someone may be in danger ({report.display_reference})" in page
    assert "/alarm/" in page
    for hidden in ("husband", "12 Elm St", "Pothole"):
        assert hidden not in page[: page.index("<main")]
    assert "alarm-lines" not in signed_in(town.dev).get("/staff/profile/").content.decode()


def test_another_city_s_alarm_shows_nowhere_here(alarm: Alarm, tom: Client, town: Rivermark) -> None:
    Alarm.objects.filter(pk=alarm.pk).update(jurisdiction=factories.jurisdiction("Elsewhere", hosts=["e.example"]))
    assert tom.get("/staff/updates/").json()["alarms"]["ids"] == []


def test_i_have_it_on_the_queue(
    alarm: Alarm, tom: Client, town: Rivermark, signed_in: Callable[[User], Client]
) -> None:
    page = tom.post(reverse("staff_app:accept_alarm", args=[alarm.pk]), follow=True).content.decode()
    assert "You have it." in page
    assert "Taken by Tom" in page
    assert STRIP not in tom.get("/staff/").content.decode()
    page = signed_in(town.cal).post(reverse("staff_app:accept_alarm", args=[alarm.pk]), follow=True).content.decode()
    assert "Tom has it already." in page
    alarm.refresh_from_db()
    assert alarm.accepted_by == town.tom


def test_only_whoever_may_see_the_request_sees_and_takes_it(
    alarm: Alarm, pia: Client, town: Rivermark, signed_in: Callable[[User], Client]
) -> None:
    """Pia works for Parks."""
    assert STRIP not in pia.get("/staff/").content.decode()
    for name in ("accept_alarm", "needless_alarm"):
        assert pia.post(reverse(f"staff_app:{name}", args=[alarm.pk])).status_code == 404
        assert pia.post(reverse(f"staff_app:{name}", args=[10**9])).status_code == 404
    # Ada sees it, but cannot write on it.
    assert signed_in(town.ada).post(reverse("staff_app:needless_alarm", args=[alarm.pk])).status_code == 403
    alarm.refresh_from_db()
    assert (alarm.state, alarm.needless_at) == ("ringing", None)


def test_the_supervisor_reads_who_was_alerted_when(alarm: Alarm, tom: Client, town: Rivermark) -> None:
    factories.staff("Sue", "supervisor", town.city, town.streets)
    minutes_later(15)
    alarms.accept(alarm.pk, call=alarm.calls.order_by("id")[0])
    page = " ".join(
        tom.get(reverse("staff_app:detail", args=[alarm.service_request.reference])).content.decode().split()
    )
    for words in (
        "<strong>Night Crew</strong> (department, on call), email sent",
        "<strong>Sue</strong> (supervisor), email sent",
        "Taken by Night Crew",
        # The timeline.
        "Alarm: Words about danger",
        "Alarm: email to Night Crew",
        "Alarm: email to Sue",
        "Alarm: “I have it” (Night Crew)",
    ):
        assert words in page, words


def test_a_report_of_danger_is_marked_in_the_list(alarm: Alarm, tom: Client) -> None:
    page = tom.get("/staff/").content.decode()
    assert '<span class="flag flag--urgent">Danger</span>' in page
    assert "priority--1" in page


@pytest.mark.slow
def test_many_at_once_take_few_queries(town: Rivermark, tom: Client, django_assert_max_num_queries: Any) -> None:
    on_call(town.city, town.streets, "Night Crew")
    for number in range(30):
        factories.report(town.pothole, f"{GAS} {number}", answers={"where": "lane"})
    work()
    tom.get("/staff/")
    with django_assert_max_num_queries(16):
        page = tom.get("/staff/").content.decode()
    assert page.count("I have it") == 25


def test_an_alarm_that_is_over_says_so(alarm: Alarm, tom: Client, town: Rivermark) -> None:
    alarms.mark_needless(alarm.pk, actor=town.tom)
    page = tom.post(reverse("staff_app:accept_alarm", args=[alarm.pk]), follow=True).content.decode()
    assert "This alarm is already over." in page
    assert "Marked as needless by Tom" in page
