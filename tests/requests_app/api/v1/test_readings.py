"""Readings of sensors, alone and in a batch: one request for an alarm, however many readings, and a person closes it."""

import datetime as dt
import time
from typing import Any

import pytest
from django.test import Client

from requests_app import api_keys
from requests_app.actions.programs import readings
from requests_app.actions.programs.sensors import SENSOR
from requests_app.actions.work import endings, merges
from requests_app.clock import app_now
from requests_app.models import Asset, Comment, Sensor, SensorRequest, ServiceRequest
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.shifted_clock import set_time

pytestmark = pytest.mark.shows("15.12")


def sensor(cast: factories.Rivermark, name: str = "Underpass") -> tuple[V1, Sensor]:
    """A sensor with its key."""
    row = factories.sensor(cast.city, cast.ada, name)
    return V1(api_keys.replace_secret(row.api_key, earlier_until=None)), row


def read(v1: V1, value: Any, seconds: float = 0, status: int = 200, **more: Any) -> Any:
    """seconds: from now; each reading of a test has its own."""
    at = (app_now() + dt.timedelta(seconds=seconds)).isoformat()
    return v1.send("readings/", {"asset": "p0017", "measure": "water_level", "value": value, "at": at} | more, status)


def test_the_first_alarm_opens_a_request_and_further_ones_are_added_up(cast: factories.Rivermark) -> None:
    v1, row = sensor(cast)
    # The limit itself is normal.
    assert read(v1, 1.5, -90) == {"state": "normal", "reference": None, "is_new": False, "is_counted": True}
    first = read(v1, 1.6, -80)
    made = ServiceRequest.objects.get()
    assert first == {"state": "alarm", "reference": made.display_reference, "is_new": True, "is_counted": True}
    assert (made.channel, made.description) == ("sensor", "Water is high under the bridge. Measured: 1.6 ft.")
    assert (made.asset.asset_id, made.api_key.name, made.public_state) == ("P0017", "Underpass", "public")
    # Sent again, or late: nothing changes.
    row.refresh_from_db()
    assert row.last_at is not None
    for at in (row.last_at, row.last_at - dt.timedelta(seconds=1)):
        again = read(v1, 1.6, at=at.isoformat())
        assert (again["is_new"], again["is_counted"]) == (False, False)
    assert not read(v1, 2.5, -70)["is_new"]
    back = read(v1, 1.0, -60)
    assert (back["state"], back["reference"]) == ("normal", made.display_reference)
    read(v1, 1.9, -50)
    read(v1, 0.9, -40)
    total = SensorRequest.objects.get()
    assert (total.alarms, total.highest, total.lowest, total.times_normal) == (3, 2.5, 1.6, 2)
    # A note for staff, once; and the request is still open.
    factories.run_worker()
    # Their page adds the readings up, and says that no resident sent them.
    client = Client()
    client.force_login(cast.tom)
    page = " ".join(client.get(f"/staff/r/{made.reference}/").content.decode().split())
    assert "3 alarms (1.6 ft to 2.5 ft)" in page
    assert "It was back to normal 2 times." in page
    assert ">Resident<" not in page
    note = Comment.objects.get()
    assert (note.kind, note.public, note.text) == ("note", False, "The sensor at P0017 is back to normal: 1 ft.")
    made.refresh_from_db()
    assert made.is_open
    row.refresh_from_db()
    assert row.last_value == 0.9


def test_after_a_person_closed_it_a_new_alarm_opens_another(cast: factories.Rivermark) -> None:
    v1, _row = sensor(cast)
    read(v1, 2, -90)
    close(cast, ServiceRequest.objects.get())
    # It's still the alarm that they closed.
    assert read(v1, 2, -80) == {"state": "alarm", "reference": None, "is_new": False, "is_counted": True}
    read(v1, 1, -70)
    assert read(v1, 2, -60)["is_new"]
    assert ServiceRequest.objects.count() == 2
    # Both are the sensor's, and the note was of the one that was open: none.
    assert not Comment.objects.filter(kind="note").exists()


def test_an_alarm_that_lasts_a_day_after_it_was_closed_opens_another(cast: factories.Rivermark) -> None:
    v1, _row = sensor(cast)
    read(v1, 2)
    made = ServiceRequest.objects.get()
    close(cast, made)
    made.refresh_from_db()
    assert made.resolved_at is not None
    for early, is_new in ((dt.timedelta(seconds=1), False), (dt.timedelta(), True)):
        now = made.resolved_at + readings.STILL_ALARM - early
        set_time(now)
        assert read(v1, 2)["is_new"] is is_new


def test_readings_count_on_what_their_request_was_merged_into(cast: factories.Rivermark) -> None:
    v1, row = sensor(cast)
    read(v1, 2)
    made = ServiceRequest.objects.get()
    seen, earlier = (factories.routed(cast.tree, f"Water {number}") for number in range(2))
    factories.run_worker()
    merges.merge(made.pk, parent=seen, actor=cast.ada)
    assert read(v1, 2, 1)["reference"] == seen.display_reference
    # That one is merged, too, and the sensor's request isn't in between anymore.
    merges.merge(seen.pk, parent=earlier, actor=cast.ada)
    back, again = read(v1, 1, 2), read(v1, 2, 3)
    assert [one["reference"] for one in (back, again)] == [earlier.display_reference] * 2
    note = Comment.objects.get(kind="note")
    assert (note.service_request, row.requests.get().alarms) == (earlier, 3)
    # It's over when that is closed, not when it was merged.
    close(cast, earlier)
    earlier.refresh_from_db()
    assert earlier.resolved_at is not None
    made.refresh_from_db()
    ServiceRequest.objects.filter(pk__in=[made.pk, seen.pk]).update(
        resolved_at=made.submitted_at - dt.timedelta(days=3)
    )
    for early, is_new in ((dt.timedelta(seconds=1), False), (dt.timedelta(), True)):
        set_time(earlier.resolved_at + readings.STILL_ALARM - early)
        assert read(v1, 2)["is_new"] is is_new
    assert row.requests.count() == 2


@pytest.mark.slow
def test_ten_thousand_readings_of_a_flapping_sensor_make_one_request(
    cast: factories.Rivermark, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    """In batches, as a device sends what it has gathered. Prints what one costs."""
    # In a minute they would be more than a key may send.
    settings.RATE_LIMITS = False
    row = factories.sensor(cast.city, cast.ada, "Underpass")
    key = {"Authorization": f"Bearer {api_keys.replace_secret(row.api_key, earlier_until=None)}"}
    begins = app_now() - dt.timedelta(hours=3)

    def reading(number: int) -> dict[str, Any]:
        at = (begins + dt.timedelta(seconds=number)).isoformat()
        value = 1.6 if number % 2 == 0 else 1.5
        return {
            "idempotency_key": str(number),
            "reading": {"asset": "P0017", "measure": "water_level", "value": value, "at": at},
        }

    began = time.process_time()
    for first in range(0, 10_000, 100):
        body = {"reports": [reading(number) for number in range(first, first + 100)]}
        answer = Client().post("/api/v1/batches/", body, content_type="application/json", headers=key)
        assert answer.status_code == 200, answer.content
    spent_ms = (time.process_time() - began) * 1000
    with capsys.disabled():
        print(f"\n10,000 readings: {spent_ms / 10_000:.2f} ms of CPU each in this process, the client's included")
    total = row.requests.get()
    assert (ServiceRequest.objects.count(), total.alarms, total.times_normal) == (1, 5000, 5000)
    assert Comment.objects.filter(kind="note").count() == 1


def close(cast: factories.Rivermark, made: ServiceRequest) -> None:
    factories.run_worker()
    endings.resolve(made.pk, disposition="fixed", text="Pumped out.", actor=cast.pia, no_evidence="no_camera")


def test_two_of_everything_have_requests_of_their_own(cast: factories.Rivermark) -> None:
    """Two keys at one asset, and two measures of one key."""
    v1, row = sensor(cast)
    other, _row = sensor(cast, "Other")
    SENSOR.add(
        Sensor(jurisdiction=cast.city, api_key=row.api_key, service=cast.tree.service), actor=cast.ada, asset_number="P0017",
        measure="voltage", alarm_below=11, description="The pump has no power.",
    )  # fmt: skip
    assert read(v1, 2, -90)["is_new"]
    assert read(other, 2, -80)["is_new"]
    assert read(v1, 11, -70, measure="voltage")["reference"] is None
    assert read(v1, 10.9, -60, measure="voltage")["is_new"]
    assert not read(v1, 1, -50)["is_new"]
    assert SensorRequest.objects.exclude(normal_at=None).count() == 1


def test_what_is_wrong_is_said_and_nothing_is_kept(cast: factories.Rivermark) -> None:
    v1, row = sensor(cast)
    refused = read(v1, 2, status=422, asset="L00417")
    assert [one["code"] for one in refused["errors"]] == ["unknown-value"]
    # Another key's asset is as unknown as one that isn't there.
    stranger = V1(api_keys.create(cast.city, "Stranger", scopes=["readings"])[1])
    assert read(stranger, 2, status=422)["errors"][0]["field"] == "asset"
    for seconds in (5 * 60 + 30, -24 * 3600 - 30):
        assert read(v1, 2, seconds, 422)["errors"][0]["field"] == "at"
    # The map has lost it.
    Asset.objects.update(asset_id="P0099")
    assert read(v1, 2, status=422)["errors"][0]["field"] == "asset"
    Asset.objects.update(asset_id="P0017")
    for wrong in ("yesterday", "2026-06-04T12:30:00", "2026-06-31T12:30:00Z", 7):
        assert read(v1, 2, status=422, at=wrong)["errors"][0]["field"] == "at"
    assert read(v1, True, status=422)["errors"][0]["field"] == "value"
    # A key without the scope.
    reporter = V1(api_keys.create(cast.city, "App", scopes=["report"])[1])
    assert "readings" in read(reporter, 2, status=403)["detail"]
    assert not ServiceRequest.objects.exists()
    row.refresh_from_db()
    assert row.last_at is None
    # In the next five minutes, or almost a day ago, is near enough.
    assert read(v1, 2, -24 * 3600 + 30)["is_new"]
    assert read(v1, 2, 5 * 60 - 30)["is_counted"]


def test_a_flapping_sensor_makes_one_request_by_batches(cast: factories.Rivermark) -> None:
    v1, _row = sensor(cast)
    now = app_now()

    def item(number: int) -> dict[str, Any]:
        at = (now - dt.timedelta(seconds=1000 - number)).isoformat()
        reading = {"asset": "P0017", "measure": "water_level", "value": 1 + number % 2, "at": at}
        return {"idempotency_key": f"r{number}", "reading": reading}

    batches = [[item(number) for number in range(start, start + 100)] for start in (0, 100, 100)]
    results = [v1.send("batches/", {"reports": batch}, 200)["results"] for batch in batches]
    assert {one["status"] for batch in results for one in batch} == {200}
    assert sum(one["reading"]["is_new"] for batch in results for one in batch) == 1
    # The last batch was sent twice.
    assert not any(one["reading"]["is_counted"] for one in results[2])
    assert (SensorRequest.objects.get().alarms, SensorRequest.objects.get().times_normal) == (100, 99)
    assert ServiceRequest.objects.count() == Comment.objects.count() == 1


def test_a_batch_takes_reports_and_readings_each_with_its_scope(cast: factories.Rivermark) -> None:
    v1, _row = sensor(cast)
    report = {"service": "tree", "description": "A branch is down.", "place": {"lat": 40.5, "long": -69.0}}
    at = app_now().isoformat()
    reading = {"asset": "P0017", "measure": "water_level", "value": 2, "at": at}
    body = {
        "reports": [
            {"idempotency_key": "a", "report": report},
            {"idempotency_key": "b", "reading": reading},
            {"idempotency_key": "c"},
            {"idempotency_key": "d", "report": report, "reading": reading},
            {"idempotency_key": "e", "reading": reading | {"value": "2"}},
        ]
    }
    results = v1.send("batches/", body, 200)["results"]
    assert [one["status"] for one in results] == [403, 200, 403, 422, 422]
    assert results[4]["problem"]["errors"][0]["field"] == "value"
    both = V1(api_keys.create(cast.city, "Both", scopes=["report", "readings"])[1])
    results = both.send("batches/", body, 200)["results"]
    assert [one["status"] for one in results] == [201, 422, 422, 422, 422]
    none = V1(api_keys.create(cast.city, "None", scopes=["read"])[1])
    assert none.send("batches/", body, 403)
