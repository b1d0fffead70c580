"""One promise: wherever residents, staff and programs read when a report will be fixed, they read the same."""

import datetime as dt
import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app import api_keys
from requests_app.clock import app_now
from requests_app.messages import webhook_calls
from requests_app.models import (
    ApiKey,
    Event,
    Message,
    OutboxRow,
    RequestArea,
    ServiceRequest,
    Target,
    TypicalTime,
    Webhook,
    WebhookDelivery,
)
from requests_app.rules.promises import promises
from tests import factories, resident
from tests.factories import Rivermark
from tests.shifted_clock import set_local_time
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.11")]

LANE = {"where": "lane"}
DAY = dt.timedelta(days=1)
# Left out in the year itself.
YEAR = ", 2027"
PROMISE = re.compile(r"Target: fixed|Meta: arreglado")


def usual(cast: Rivermark, half: dt.timedelta | None, most: dt.timedelta | None, **which: Any) -> None:
    for version in (cast.pothole, cast.tree):
        TypicalTime.objects.update_or_create(
            {"computed_at": app_now(), "count": 60, "days": 90, "half": half, "most": most, "factor": 1},
            jurisdiction=cast.city,
            service=version.service,
            day=app_now().astimezone(cast.city.zone).date(),
            area=which.get("area"),
        )
    cache.clear()


@pytest.fixture
def walked(cast: Rivermark, client: Client) -> tuple[Walk, ServiceRequest]:
    """Sent on Tuesday, June 1, 10 a.m.: a target of 72 hours of work, which is Friday, June 11, and long before that a review."""
    set_local_time(cast.city.zone, dt.date(2027, 6, 1), 10)
    usual(cast, 5 * DAY, 19 * DAY)
    walk = Walk(client).to_check().send()
    assert walk.at == "sent"
    factories.run_worker(later=False)
    return walk, ServiceRequest.objects.get(pk=walk.draft.service_request_id)


def due(pothole: ServiceRequest, days: float, review: float | None = None) -> None:
    """Its target ends so many days after it was sent, and its review after so many, or has been."""
    at = pothole.submitted_at
    ServiceRequest.objects.filter(pk=pothole.pk).update(
        due_at=at + dt.timedelta(days=days),
        acknowledge_due_at=None if review is None else at + dt.timedelta(days=review),
        acknowledged_at=at if review is None else None,
    )
    pothole.refresh_from_db()


def plain(content: bytes | str) -> str:
    text = content.decode() if isinstance(content, bytes) else content
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split())).replace(YEAR, "")


# --- The roads: each gives the text, or the data, that somebody reads of this report ----------------------------------

Road = Callable[[Rivermark, Walk, ServiceRequest], str]


def sent_page(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    return plain(walk.get("sent").html)


def tracking_page(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    return plain(Client().get(f"/r/{pothole.reference}/").content)


def my_reports(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    return plain(resident.signed_in().get("/my/").content)


def email(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    OutboxRow.objects.filter(kind="email_received").update(done_at=None, due_at=app_now())
    Message.objects.update(sent_at=None)
    return "".join(plain(str(mail.body)) for mail in resident.run_outbox() if pothole.display_reference in mail.subject)


def open311(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    (found,) = json.loads(Client().get(f"/open311/v2/requests/{pothole.reference}.json").content)
    return plain(f"{found['service_notice']} {found['expected_datetime']}")


def open311_list(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    (found,) = json.loads(Client().get("/open311/v2/requests.json").content)
    return plain(f"{found['service_notice']} {found['expected_datetime']}")


def v1(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    found = Client().get(f"/api/v1/requests/{pothole.reference}/").json()
    return plain(f"{found['next_step']} {found['expected_at']} {found['usual_half_hours']} {found['usual_most_hours']}")


def v1_list(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    (found,) = Client().get("/api/v1/requests/").json()["results"]
    return f"{found['expected_at']} {found['usual_half_hours']} {found['usual_most_hours']}"


def ogc(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    (found,) = Client().get("/api/v1/ogc/collections/requests/items").json()["features"]
    found = found["properties"]
    return f"{found['expected_at']} {found['usual_half_hours']} {found['usual_most_hours']}"


def staff_api(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    key = api_keys.create(cast.city, f"App {ApiKey.objects.count()}", scopes=["staff"], acts_as=cast.tom)[1]
    answer = Client().get(f"/api/v1/staff/requests/{pothole.reference}/", headers={"Authorization": f"Bearer {key}"})
    found = answer.json()
    return (
        f"{found['acknowledge_due_at']} {found['expected_at']} {found['usual_half_hours']} {found['usual_most_hours']}"
    )


def staff_page(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    client = Client()
    client.force_login(cast.tom)
    page = plain(client.get(f"/staff/r/{pothole.reference}/").content)
    return page.partition("What the public sees")[2][:400]


def webhook(cast: Rivermark, walk: Walk, pothole: ServiceRequest) -> str:
    key = api_keys.create(cast.city, f"App {ApiKey.objects.count()}", scopes=["webhooks"], contact="dev@example.org")[0]
    hook = Webhook(api_key=key, url="https://example.org", payload=Webhook.Payload.FULL)
    event = Event.objects.filter(service_request=pothole).order_by("id")[0]
    delivery = WebhookDelivery(webhook=hook, service_request=pothole, event=event, event_type="request.submitted")
    found = webhook_calls.payload(delivery)["data"]["request"]
    return f"{found['expected_at']} {found['usual_half_hours']} {found['usual_most_hours']}"


WORDS: list[Road] = [sent_page, tracking_page, my_reports, email, open311, open311_list, v1, staff_page]
DATES: list[Road] = [open311, open311_list, v1, v1_list, ogc, staff_api, webhook]
HOURS: list[Road] = [v1, v1_list, ogc, staff_api, webhook]


# One report for all roads: to fill in the form takes longer than to read it by any of them.


def test_where_most_miss_the_target_the_history_is_beside_it(
    cast: Rivermark, walked: tuple[Walk, ServiceRequest]
) -> None:
    walk, pothole = walked
    due(pothole, 3)
    for road in WORDS:
        said = road(cast, walk, pothole)
        assert "Goal: Friday, June 4, 10 a.m. Half are fixed within 5 days." in said, road
        assert not PROMISE.search(said), road
    # Half take exactly as long: as many meet it as miss it.
    due(pothole, 5)
    for road in WORDS:
        said = road(cast, walk, pothole)
        assert "Target: fixed by Sunday, June 6, 10 a.m. This is a target, not a promise." in said, road
        assert "Goal" not in said, road


def test_the_one_time_of_a_program_is_not_a_target_that_most_miss(
    cast: Rivermark, walked: tuple[Walk, ServiceRequest]
) -> None:
    walk, pothole = walked
    due(pothole, 3)
    for road in DATES:
        said = road(cast, walk, pothole)
        assert "2027-06-20T10:00:00-04:00" in said, road
        assert "2027-06-04" not in said, road
        assert road not in HOURS or said.endswith("120 456"), road
    due(pothole, 5)
    for road in DATES:
        said = road(cast, walk, pothole)
        assert "2027-06-06T10:00:00-04:00" in said, road
        assert road not in HOURS or said.endswith("None None"), road


def test_no_review_ends_after_the_date_of_the_fix(cast: Rivermark, walked: tuple[Walk, ServiceRequest]) -> None:
    walk, pothole = walked
    usual(cast, 5 * DAY, 19 * DAY)
    due(pothole, 6, review=6)
    for road in WORDS:
        assert "will review it by Monday, June 7, 10 a.m." in road(cast, walk, pothole), road
    assert "2027-06-07T10:00:00-04:00 2027" in staff_api(cast, walk, pothole)
    due(pothole, 6, review=6.05)
    for road in WORDS:
        said = road(cast, walk, pothole)
        assert "Target: fixed by Monday, June 7, 10 a.m." in said, road
        assert "review it by" not in said, road
    assert "None 2027-06-07" in staff_api(cast, walk, pothole)
    # 8 in 10 are fixed before it.
    usual(cast, DAY, 3 * DAY)
    due(pothole, 6, review=3.05)
    for road in (*WORDS, staff_api):
        assert "review it by" not in road(cast, walk, pothole), road


def test_once_the_target_has_passed_the_time_that_is_still_ahead_is_said(
    cast: Rivermark, walked: tuple[Walk, ServiceRequest]
) -> None:
    walk, pothole = walked
    due(pothole, 3)
    said = {}
    for day in (5, 7, 21):
        set_local_time(cast.city.zone, dt.date(2027, 6, day), 10)
        usual(cast, 5 * DAY, 19 * DAY)
        page = tracking_page(cast, walk, pothole)
        assert "We missed it, but this is still on our list." in page
        said[day] = page.partition("still on our list.")[2].partition("How long it usually takes")[0].strip()
    assert said == {5: "Half are fixed within 5 days.", 7: "8 in 10 are fixed within 19 days.", 21: ""}
    # After that, nobody can say.
    assert open311(cast, walk, pothole).endswith("None")


def test_too_many_that_are_still_open_count_as_missed(cast: Rivermark, walked: tuple[Walk, ServiceRequest]) -> None:
    walk, pothole = walked
    usual(cast, None, None)
    due(pothole, 100)
    assert "Goal: Thursday, September 9, 10 a.m. Most reports like it take longer." in tracking_page(
        cast, walk, pothole
    )
    assert "September 9, 10 a.m. Most reports" in email(cast, walk, pothole)


def test_an_areas_own_history_counts_for_a_public_report_there_by_every_road(
    cast: Rivermark, walked: tuple[Walk, ServiceRequest]
) -> None:
    walk, pothole = walked
    ward = factories.area(cast.city)
    elsewhere = factories.area(cast.city, "6")
    usual(cast, 5 * DAY, 19 * DAY)
    usual(cast, DAY, 2 * DAY, area=ward)
    usual(cast, 40 * DAY, 50 * DAY, area=elsewhere)
    due(pothole, 3)
    RequestArea.objects.create(
        service_request=pothole, area=ward, submitted_at=pothole.submitted_at, is_open=True, public_state="public"
    )
    for road in (tracking_page, my_reports, open311_list):
        assert "Target: fixed by Friday" in road(cast, walk, pothole)
    ServiceRequest.objects.filter(pk=pothole.pk).update(public_state="private")
    assert "Goal: Friday" in my_reports(cast, walk, pothole), "of a private report no area shows"


def test_many_reports_cost_as_many_statements_as_one(
    cast: Rivermark, walked: tuple[Walk, ServiceRequest], django_assert_num_queries: Any
) -> None:
    _walk, pothole = walked
    ward = factories.area(cast.city)
    usual(cast, DAY, 2 * DAY, area=ward)
    rows = [pothole, *(factories.report(version, "One.", answers=LANE) for version in (cast.pothole, cast.tree))]
    rows = list(ServiceRequest.objects.filter(pk__in=[row.pk for row in rows]))
    now = app_now()
    promises.of_all(rows, now=now)
    with django_assert_num_queries(1):
        assert len(promises.of_all(rows, now=now)) == 3


def test_the_page_of_a_service_asks_the_same_rule(cast: Rivermark) -> None:
    def page() -> str:
        return plain(Client().get("/service/tree/").content)

    Target.objects.filter(service=cast.tree.service, kind="resolve").update(unit="days", value=5)
    usual(cast, 5 * DAY, 19 * DAY)
    assert "Most reports take longer." not in page()
    usual(cast, 5 * DAY + dt.timedelta(hours=1), 19 * DAY)
    assert "Most reports take longer." in page()
    review = Target.objects.get(service=cast.tree.service, kind="acknowledge")
    assert "First review" in page()
    Target.objects.filter(pk=review.pk).update(unit="days", value=5)
    assert "First review Within 5 days." in page()
    Target.objects.filter(pk=review.pk).update(unit="days", value=6)
    assert "First review" not in page()
