"""The value report on paper: two letter sheets, with all figures and formulas."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from requests_app.demo import desk_counts
from requests_app.models import CallBack, CallCount, Contact, ValueCount
from requests_app.rules.figures.value_report import FIGURES
from tests.journeys.test_moderation import DESK, sign_in

if TYPE_CHECKING:
    from tests.factories import Rivermark
    from tests.live import Site

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHEETS = re.compile(rb"/Type\s*/Page\b")


def test_it_prints_on_two_letter_sheets(town: "Rivermark", live_site: "Site", page: Page) -> None:
    desk_counts.load(town.city)
    assert min(each.objects.count() for each in (CallBack, CallCount, Contact, ValueCount)) > 300
    page.set_viewport_size(DESK)
    sign_in(page, live_site, town.pia)
    for path in ("/staff/value/", "/staff/value/?by=quarter", "/es/staff/value/", "/es/staff/value/?by=quarter"):
        page.goto(live_site.url + path)
        sheets = page.pdf(format="Letter", prefer_css_page_size=True)
        assert len(SHEETS.findall(sheets)) == 2, path
    page.emulate_media(media="print")
    assert page.locator("[data-figure]").count() == len(FIGURES)
    assert page.locator(".value-formulas").is_visible()
    assert not page.locator(".overview-links").is_visible()
