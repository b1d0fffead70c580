"""In a real browser: calls to the emergency number are counted, and private details can be removed without JavaScript."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from requests_app.models import Draft, ScreeningCount, User
from tests import factories
from tests.journeys.test_report import PHONE, go, looks_well, sees_nothing_wrong
from tests.live import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.shows("4.2")
def test_a_press_on_the_number_is_counted_and_going_on_is_one_more_press(live_site: "Site", page: "Page") -> None:
    factories.rivermark()
    page.set_viewport_size({"width": 375, "height": 667})
    page.goto(f"{live_site.url}/report/")
    page.fill("#id_text", "I smell gas in the hall")
    go(page)
    assert page.url.endswith("/emergency/")
    looks_well(page)
    page.locator("a[data-called]").first.click()
    wait_for(lambda: ScreeningCount.objects.filter(step="called", value=1).first())
    # After the call the page is unchanged. (A new page, since the first one waits for a phone app that doesn't exist.)
    again = page.context.new_page()
    again.goto(page.url)
    go(again, "button[name=go_on]")
    assert again.url.endswith("/service/")
    assert {one.step: one.value for one in ScreeningCount.objects.all()} == {"asked": 1, "called": 1, "went_on": 1}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("language", ["en", "es"])
def test_one_tap_takes_it_out_without_a_script(
    live_site: "Site", new_page: Callable[..., "Page"], language: str
) -> None:
    factories.rivermark()
    prefix = "" if language == "en" else f"/{language}"
    page = new_page(java_script_enabled=False, viewport=PHONE, locale=language)
    page.goto(f"{live_site.url}{prefix}/report/?service=pothole&lat=40.5&long=-69.0")
    page.fill("#id_text", "Deep hole. Mr. Hill, plate ABC-1234, call 617-555-0142 or hill@example.org")
    go(page)
    page.locator("label[for=id_q_where_0]").click()
    go(page)
    go(page, "button[name=none]")
    assert page.url.endswith("/check/")
    looks_well(page)
    assert page.locator("mark").all_inner_texts() == ["Mr. Hill", "ABC-1234", "617-555-0142", "hill@example.org"]
    for left in (3, 2, 1, 0):
        go(page, ".to-take-out button")
        assert page.locator("mark").count() == left
    assert page.locator(".to-take-out").count() == 0
    assert Draft.objects.get().typed["text"] == "Deep hole. plate, call or"


def signed_in(page: "Page", site: "Site", user: User) -> None:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": site.url}]
    )


@pytest.mark.slow
def test_administrators_pages_fit_a_phone_and_axe_finds_nothing(live_site: "Site", page: "Page") -> None:
    cast = factories.rivermark()
    signed_in(page, live_site, cast.ada)
    page.set_viewport_size({"width": 375, "height": 667})
    page.goto(f"{live_site.url}/staff/emergency-words/")
    looks_well(page)
    sees_nothing_wrong(page)
    page.fill("#id_sentence", "I smell gas")
    go(page, "button[name=try]")
    assert "This triggers the question." in page.inner_text("main")
    page.locator("details.add-phrase summary").click()
    page.fill("#id_phrase", "smell gas")
    go(page, "button[name=add]")
    assert page.locator("#id_phrase").is_visible()
    looks_well(page)
    sees_nothing_wrong(page)
    go(page, "table a")
    looks_well(page)
    sees_nothing_wrong(page)
    page.goto(f"{live_site.url}/staff/emergency-counts/")
    looks_well(page)
    sees_nothing_wrong(page)
