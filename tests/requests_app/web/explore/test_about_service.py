"""The page of a service: what it is, the goal and what is usual, what answers it, what was reported of it."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.promises import typical_times
from requests_app.clock import app_now
from requests_app.models import Service, ServiceRequest, Target, TypicalTime
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.explore.test_areas import lasted, page

pytestmark = pytest.mark.shows("5.28")

LANE = {"where": "lane"}


def test_it_says_what_it_is_who_does_it_and_how_to_report_it(cast: Rivermark) -> None:
    html = page("/service/pothole/")
    for piece in ("A hole in the street.", "Streets", 'href="/report/?service=pothole"', "Report this"):
        assert piece in html


def test_the_goal_is_called_a_goal(cast: Rivermark) -> None:
    Target.objects.create(service=cast.pothole.service, kind="resolve", value=3, unit="business_days")
    html = page("/service/pothole/")
    assert "Done within 3 working days. This is a target, not a promise." in html


def test_with_fewer_than_twenty_it_says_too_few_and_shows_the_goal(cast: Rivermark) -> None:
    ward = factories.area(cast.city)
    lasted(cast, ward, 19, dt.timedelta(days=2), app_now())
    html = page("/service/tree/")
    assert "We’ve finished too few to say what’s typical, so we show our target." in html
    assert "Done within 72 hours." in html
    assert "less for half" not in html


def test_from_twenty_on_it_says_what_half_and_eight_of_ten_took_and_of_how_many(cast: Rivermark) -> None:
    ward = factories.area(cast.city)
    lasted(cast, ward, 15, dt.timedelta(days=2), app_now())
    lasted(cast, ward, 10, dt.timedelta(days=7), app_now())
    html = page("/service/tree/")
    assert "7 days or less for most reports (8 in 10), and 2 days or less for half." in html
    assert "Based on 25 reports in the last 90 days, finished or still open." in html


def test_many_open_ones_are_said_instead_of_a_number(cast: Rivermark) -> None:
    ward = factories.area(cast.city)
    lasted(cast, ward, 25, dt.timedelta(days=2), app_now())
    lasted(cast, ward, 15, dt.timedelta(days=30), app_now(), is_open=True)
    html = page("/service/tree/")
    assert "2 days or less for half. Too many are still open to say how long most take." in html
    assert "8 in 10" not in html
    lasted(cast, ward, 60, dt.timedelta(days=30), app_now(), is_open=True)
    assert "Too many are still open to say. Based on 100 reports" in page("/service/tree/")


@pytest.mark.parametrize(("days", "missed"), [(2, False), (5, True)])
def test_what_is_usual_comes_first_where_most_miss_the_target(cast: Rivermark, days: int, missed: bool) -> None:
    """The target for trees is 72 hours."""
    lasted(cast, factories.area(cast.city), 25, dt.timedelta(days=days), app_now())
    html = page("/service/tree/")
    assert (html.index("How long it usually takes") < html.index("Our target")) == missed
    assert ("This is a target, not a promise. Most reports take longer." in html) == missed


def test_the_numbers_are_read_once_in_a_quarter_of_an_hour(cast: Rivermark) -> None:
    ward = factories.area(cast.city)
    lasted(cast, ward, 25, dt.timedelta(days=2), app_now())
    assert "Based on 25 reports" in page("/service/tree/")
    TypicalTime.objects.update(count=30)
    assert "Based on 25 reports" in page("/service/tree/")
    cache.clear()
    assert "Based on 30 reports" in page("/service/tree/")


def test_articles_about_it_are_on_it_once_they_are_published(cast: Rivermark) -> None:
    factories.article(cast.city, "potholes", "How we fill potholes", "We fill them.", cast.pothole)
    draft = factories.article(cast.city, "soon", "Not yet written", "Soon.", cast.pothole)
    type(draft).objects.filter(pk=draft.pk).update(published=False)
    html = page("/service/pothole/")
    assert 'href="/articles/potholes/"' in html
    assert "Not yet written" not in html


def test_the_newest_reports_of_it_are_on_it(cast: Rivermark) -> None:
    hole = factories.routed(cast.pothole, "A hole.", answers=LANE)
    branch = factories.routed(cast.tree, "A branch.")
    html = page("/service/pothole/")
    assert hole.display_reference in html
    assert branch.display_reference not in html
    assert 'href="/follow/?service=pothole"' in html


def test_nobody_reported_it_yet(cast: Rivermark) -> None:
    assert "No one has reported this yet." in page("/service/pothole/")


def test_a_private_service_says_why_nothing_is_listed_and_cannot_be_followed(cast: Rivermark) -> None:
    private = factories.routed(cast.outreach, "Sleeps there.")
    html = page("/service/outreach/")
    assert "Reports of this kind are private." in html
    assert private.display_reference not in html
    assert "/follow/?" not in html
    assert "/requests/feed/?" not in html


@pytest.mark.parametrize("code", ["nothing", "%00", "facility", "gone"])
def test_a_service_that_residents_cannot_ask_for_is_404_with_those_that_they_can(cast: Rivermark, code: str) -> None:
    factories.service(cast.city, "facility", visibility="staff")
    factories.service(cast.city, "gone")
    Service.objects.filter(service_code="gone").update(active=False)
    answer = Client().get(f"/service/{code}/")
    assert answer.status_code == 404
    assert "We couldn’t find this service" in answer.content.decode()
    assert "Pothole" in answer.content.decode()


def test_the_list_of_services_leads_to_it(cast: Rivermark) -> None:
    assert 'href="/service/pothole/"' in page("/services/")


def test_private_reports_count_for_a_private_service_alone(cast: Rivermark) -> None:
    ward = factories.area(cast.city)
    lasted(cast, ward, 25, dt.timedelta(days=2), app_now(), state="private")
    assert "We’ve finished too few" in page("/service/tree/")
    ServiceRequest.objects.update(service=cast.outreach.service, service_version=cast.outreach)
    typical_times.record(cast.city)
    cache.clear()
    assert "Based on 25 reports" in page("/service/outreach/")
