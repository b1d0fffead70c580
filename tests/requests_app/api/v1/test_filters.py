"""The filters of the list of requests, alone and together: each leaves out what isn't meant."""

import datetime as dt
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.actions.shared.search_index import index_requests
from requests_app.api.v1.request_filters import ORDERS
from requests_app.clock import app_now
from requests_app.models import RequestArea, ServiceRequest
from tests import factories
from tests.requests_app.api.v1.conftest import V1

pytestmark = pytest.mark.shows("15.3")
# The 180th meridian passes between two of them.
EAST, WEST = (179.9, 10.0), (-179.9, 10.0)
START = dt.datetime(2020, 6, 1, 4, tzinfo=dt.UTC)


@pytest.fixture
def requests(cast: factories.Rivermark) -> dict[str, ServiceRequest]:
    """By name: each differs in what one filter asks for. All are from long ago, but for the one that is new."""
    rows: dict[str, dict[str, Any]] = {
        "hole": {"version": factories.service(cast.city, "hole"), "status": "received"},
        "branch": {"version": cast.tree, "status": "in_progress"},
        "lamp": {"version": factories.service(cast.city, "lamp"), "status": "closed", "point": EAST},
        "stump": {"version": cast.tree, "status": "resolved", "point": WEST},
        "secret": {"version": cast.tree, "status": "received", "public_state": "hidden"},
    }
    made = {}
    for day, (name, row) in enumerate(rows.items()):
        one = factories.report(row["version"], f"A {name} here.")
        at, ended = START + dt.timedelta(days=day), row["status"] in ("closed", "resolved")
        ServiceRequest.objects.filter(pk=one.pk).update(
            status=row["status"],
            disposition="fixed" if ended else "",
            submitted_at=at,
            updated_at=at + dt.timedelta(days=10),
            resolved_at=at + dt.timedelta(days=20) if ended else None,
            public_state=row.get("public_state", "public"),
            public_point=factories.at(*row.get("point", factories.ELM_ST)),
        )
        RequestArea.objects.filter(service_request=one).update(
            submitted_at=at, public_state=row.get("public_state", "public")
        )
        made[name] = ServiceRequest.objects.get(pk=one.pk)
    index_requests([one.pk for one in made.values()])
    return made


def found(api: V1, requests: dict[str, ServiceRequest], **query: Any) -> list[str]:
    names = {one.display_reference: name for name, one in requests.items()}
    results = api.get("requests/", fields="reference", **query)["results"]
    return [names[row["reference"]] for row in results]


def day(number: int) -> str:
    return (START + dt.timedelta(days=number)).isoformat()


TABLE: list[tuple[dict[str, Any], list[str]]] = [
    ({"service": "hole,tree", "older": 1}, ["stump", "branch", "hole"]),
    ({"service": "tree", "older": 1}, ["stump", "branch"]),
    ({"status": "received,closed", "older": 1}, ["lamp", "hole"]),
    ({"status": "open,resolved", "older": 1}, ["stump", "branch", "hole"]),
    ({"status": "in_progress"}, ["branch"]),
    ({"status": "ended,open", "older": 1}, ["stump", "lamp", "branch", "hole"]),
    ({}, ["branch", "hole"]),
    # From a moment on, and until just before another.
    ({"submitted_after": day(1), "submitted_before": day(3)}, ["lamp", "branch"]),
    ({"submitted_after": "2020-06-02", "submitted_before": "2020-06-03"}, ["branch"]),
    ({"updated_after": day(12)}, ["stump", "lamp"]),
    ({"updated_before": day(12)}, ["branch", "hole"]),
    ({"ended_after": day(23)}, ["stump"]),
    ({"ended_before": day(23)}, ["lamp"]),
    ({"sort": "oldest"}, ["hole", "branch"]),
    ({"sort": "oldest", "older": 1}, ["hole", "branch", "lamp", "stump"]),
    ({"sort": "changed", "older": 1}, ["stump", "lamp", "branch", "hole"]),
    ({"sort": "newest"}, ["branch", "hole"]),
    ({"sort": "ended"}, ["stump", "lamp"]),
    ({"sort": "ended", "status": "closed"}, ["lamp"]),
    ({"bbox": "-69.1,40.4,-68.9,40.6"}, ["branch", "hole"]),
    # Across the date line.
    ({"bbox": "179,9,-179,11", "older": 1}, ["stump", "lamp"]),
    ({"bbox": "179,9,180,11", "older": 1}, ["lamp"]),
    ({"q": "stump", "service": "tree,hole", "submitted_after": day(0)}, ["stump"]),
]


def test_each_leaves_out_what_is_not_meant(anyone: V1, requests: dict[str, ServiceRequest]) -> None:
    for query, names in TABLE:
        assert found(anyone, requests, **query) == names, query


def test_several_areas_name_a_request_in_both_once(
    anyone: V1, cast: factories.Rivermark, requests: dict[str, ServiceRequest]
) -> None:
    five, six = factories.area(cast.city), factories.area(cast.city, code="6")
    for area, names in ((five, ("hole", "branch")), (six, ("hole", "secret"))):
        for name in names:
            one = requests[name]
            RequestArea.objects.create(
                area=area, service_request=one, submitted_at=one.submitted_at, public_state=one.public_state
            )
    assert found(anyone, requests, area="ward:5,ward:6") == ["branch", "hole"]
    assert found(anyone, requests, area="ward:6,ward:5", limit=1) == ["branch"]
    assert found(anyone, requests, area="ward:6") == ["hole"]


def test_pages_of_every_order_go_to_the_end_and_back(anyone: V1, requests: dict[str, ServiceRequest]) -> None:
    for sort in ORDERS:
        whole = found(anyone, requests, sort=sort, older=1)
        seen, page = [], anyone.get("requests/", sort=sort, older=1, limit=1)
        while True:
            seen += [row["description"].split()[1] for row in page["results"]]
            if page["next"] is None:
                break
            page = anyone.get(page["next"])
        assert seen == whole
        assert anyone.get(page["previous"])["results"][0]["description"] == f"A {whole[-2]} here."


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ({"bbox": "-68.9,40.6,-69.1,40.4"}, "bbox", "invalid"),
        ({"bbox": "1,2,3"}, "bbox", "invalid"),
        ({"submitted_after": day(3), "submitted_before": day(3)}, "submitted_before", "invalid"),
        ({"updated_after": "yesterday"}, "updated_after", "invalid"),
        ({"ended_before": "2020-06-01T10:00:00"}, "ended_before", "invalid"),
        ({"service": "pothole,nowhere"}, "service", "unknown-value"),
        ({"area": "ward:5,ward:99"}, "area", "unknown-value"),
        ({"service": ",".join(f"s{number}" for number in range(21))}, "service", "invalid"),
        ({"service": ",".join(["pothole"] * 1000)}, "service", "invalid"),
        ({"status": "open,lost"}, "status", "invalid"),
        ({"status": ",".join(["open"] * 1000)}, None, None),
        ({"sort": "random"}, "sort", "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(
    anyone: V1, cast: factories.Rivermark, query: dict[str, Any], field: str | None, code: str | None
) -> None:
    if field is None:
        assert anyone.get("requests/", **query)["results"] == []
        return
    assert [(one["field"], one["code"]) for one in anyone.get("requests/", 400, **query)["errors"]] == [(field, code)]


def test_a_value_that_is_repeated_a_thousand_times_is_refused(anyone: V1, cast: factories.Rivermark) -> None:
    problem = anyone.get("requests/", 400, service=["pothole"] * 399)
    assert [(one["field"], one["code"]) for one in problem["errors"]] == [("service", "repeated")]
    problem = anyone.get("requests/", 400, service=["pothole"] * 1000)
    assert problem["type"].endswith("/unreadable/")


def test_any_two_together_take_as_many_statements_as_the_page_may(
    anyone: V1, cast: factories.Rivermark, requests: dict[str, ServiceRequest]
) -> None:
    factories.area(cast.city), factories.area(cast.city, code="6")
    filters = {
        "q": "here",
        "service": "hole,tree",
        "area": "ward:5,ward:6",
        "status": "received,closed",
        "near": "40.5,-69.0,500",
        "bbox": "179,9,-179,11",
        "submitted_after": day(0),
        "updated_before": app_now().isoformat(),
        "ended_after": day(0),
        "sort": "ended",
    }
    for two in combinations(filters, 2):
        with CaptureQueriesContext(
            connection,
        ) as statements:
            anyone.get("requests/", **{name: filters[name] for name in two})
        assert len(statements) <= 15, two
