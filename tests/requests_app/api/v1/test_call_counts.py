"""The telephone system's counts by API: as a file of them is uploaded in setup."""

import datetime as dt
from typing import Any

import pytest

from requests_app import api_keys
from requests_app.clock import app_now
from requests_app.models import CallCount, DeskLine, Jurisdiction
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db


def line(city: Jurisdiction, number: str = "311") -> DeskLine:
    return DeskLine.objects.create(jurisdiction=city, number=number, phone=number, name={"en": f"Line {number}"})


def key(city: Jurisdiction, *scopes: str, **options: Any) -> V1:
    return V1(api_keys.create(city, "Switch", scopes=list(scopes), **options)[1])


def row(hours_ago: float = 0.5, **more: Any) -> dict[str, Any]:
    """The half hour that began so long ago, in UTC; 0.5: which may still run."""
    at = app_now() - dt.timedelta(hours=hours_ago)
    at = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
    return {"line": "311", "starts_at": at.isoformat(), "offered": 12, "answered": 10, "abandoned": 2} | more


def test_half_hours_are_stored_and_replaced_and_callers_wait_as_long_as_the_newest_says(
    cast: factories.Rivermark,
) -> None:
    set_time(dt.datetime(2026, 12, 1, 15, 35, tzinfo=dt.UTC))
    beside = factories.lakeside()
    line(cast.city)
    line(beside.city)
    v1 = key(cast.city, "call_counts")
    answer = v1.send("call-counts/", {"counts": [row(3), row(2), row(wait_s=2400)]}, 200)
    # Nobody counted the half hours in between.
    assert (answer["added"], answer["replaced"], len(answer["gaps"])) == (3, 0, 2)
    assert answer["gaps"][0]["line"] == "311"
    answer = v1.send("call-counts/", {"counts": [row(wait_s=1200)]}, 200)
    assert (answer["added"], answer["replaced"]) == (0, 1)
    assert set(CallCount.objects.values_list("jurisdiction", flat=True)) == {cast.city.pk}
    cast.city.refresh_from_db()
    beside.city.refresh_from_db()
    assert (cast.city.desk_wait_s, beside.city.desk_wait_s) == (120, None)


def test_one_mistake_stores_nothing_and_each_is_named_by_its_row(cast: factories.Rivermark) -> None:
    line(cast.city)
    v1 = key(cast.city, "call_counts")
    bad = [row(3), row(2, line="999"), row(1, answered=11, abandoned=2), row(0.5, offered="many", color="red")]
    problem = v1.send("call-counts/", {"counts": bad}, 422)
    assert [one["field"] for one in problem["errors"]] == [
        "counts.3.color", "counts.1.line", "counts.2.offered", "counts.3.offered",
    ]  # fmt: skip
    assert "999" in problem["errors"][1]["message"]
    for counts in ([], [row()] * 1009, "none", [3], {"a": 1}):
        assert v1.send("call-counts/", {"counts": counts}, 422)["errors"][0]["field"] == "counts"
    assert not CallCount.objects.exists()


def test_another_scope_another_city_and_a_test_key_store_nothing(cast: factories.Rivermark) -> None:
    line(cast.city)
    body = {"counts": [row()]}
    assert "call_counts" in key(cast.city, "readings").send("call-counts/", body, 403)["detail"]
    test_key = key(cast.city, "call_counts", is_test=True, contact="dev@example.org")
    assert test_key.send("call-counts/", body, 200)["added"] == 0
    assert test_key.send("call-counts/", {"counts": [row(line="9")]}, 422)["errors"]
    stranger = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    line(stranger, "999")
    key(stranger, "call_counts").send("call-counts/", body, 403)
    assert not CallCount.objects.exists()
