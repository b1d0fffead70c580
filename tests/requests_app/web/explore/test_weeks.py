"""Three numbers and a chart of the last twelve weeks on the pages of areas, services, blocks and assets."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import Asset, PublicState, RequestArea, ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("3.17")]


def made(cast: Rivermark, days_ago: float, *, closed: bool = False, **columns: object) -> ServiceRequest:
    report = factories.report(cast.tree)
    at = app_now() - dt.timedelta(days=days_ago)
    ended = {"status": "resolved", "disposition": "fixed", "resolved_at": app_now()} if closed else {}
    ServiceRequest.objects.filter(pk=report.pk).update(submitted_at=at, **ended, **columns)
    RequestArea.objects.filter(service_request=report).update(submitted_at=at, **columns)
    return report


def figures(client: Client, path: str) -> list[tuple[str, str]]:
    cache.clear()
    answer = client.get(path)
    assert answer.status_code == 200
    return [(number, str(words)) for number, words in answer.context.get("weeks_figures") or []]


@pytest.mark.parametrize("path", ["/areas/ward/5/", "/service/tree/", "/places/1-99-block-of-elm-st/"])
def test_only_public_reports_of_the_last_twelve_weeks_count(client: Client, cast: Rivermark, path: str) -> None:
    factories.area(cast.city)
    assert figures(client, path) == []
    made(cast, 0)
    made(cast, 80, closed=True)
    made(cast, 1, public_state=PublicState.PRIVATE)
    made(cast, 90)
    assert figures(client, path) == [
        ("2", "reported in the last 12 weeks"),
        ("1", "of them closed"),
        ("1", "still open"),
    ]
    chart = client.get(path).context["weeks_chart"]
    assert [list(one.values) for one in chart.series] == [[1, *[0] * 11], [*[0] * 11, 1]]
    page = client.get(path).content.decode()
    assert "2 reports in the last 12 weeks, 1 of them still open." in page
    assert page.count("<tr>") >= 13, "the same numbers in a table"


def test_an_asset_s_page_counts_its_own(client: Client, cast: Rivermark) -> None:
    lamp = factories.lamp(cast.city)
    thing = Asset.objects.get()
    for asset in (thing, None):
        report = factories.report(lamp, answers={"pole": "L00417"})
        ServiceRequest.objects.filter(pk=report.pk).update(asset=asset)
    assert [number for number, _words in figures(client, f"/assets/{thing.asset_id}/")] == ["1", "0", "1"]


def test_a_private_kind_of_report_has_no_numbers(client: Client, cast: Rivermark) -> None:
    factories.report(cast.outreach)
    assert figures(client, f"/service/{cast.outreach.service.service_code}/") == []
