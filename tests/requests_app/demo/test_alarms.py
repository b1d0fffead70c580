"""Alarms in the demo city: rosters with its staff, and alarms of the past."""

from typing import Any

import pytest

from requests_app.demo import alarms
from requests_app.demo.moderation import _harmless_answers
from requests_app.imports.catalog import export_catalog, import_catalog
from requests_app.models import Alarm, Department, Jurisdiction, OnCall, OutboxRow, Service
from requests_app.rules.alarms import figures
from tests import factories
from tests.requests_app.demo.test_moderation import city as city

pytestmark = pytest.mark.django_db


def test_departments_and_the_desk_have_somebody_on_call(city: Jurisdiction) -> None:
    alarms.load(city)
    streets = Department.objects.get(jurisdiction=city, code="PW")
    names = [str(one.user) if one.user else one.name for one in OnCall.objects.filter(department=streets)]
    assert names == ["Streets night crew", "Streets shift lead", "Tom Reyes"]
    assert OnCall.objects.filter(jurisdiction=city, department=None, kind="").count() == 2


def test_past_alarms_were_taken_and_some_were_needless_and_one_rings(city: Jurisdiction) -> None:
    version = Service.objects.get(jurisdiction=city, service_code="pothole").current
    assert version is not None
    for number in range(6):
        made = factories.routed(version, f"Number {number}", answers=_harmless_answers(version))
        type(made).objects.filter(pk=made.pk).update(
            priority=1, status="closed", disposition="fixed", department=version.department
        )
    alarms.load(city)
    alarms.load(city)
    (ringing,) = Alarm.objects.filter(jurisdiction=city, state="ringing")
    assert ringing.service_request.is_public
    assert OutboxRow.objects.get(kind="alert_next").service_request == ringing.service_request
    found = list(Alarm.objects.filter(jurisdiction=city).exclude(pk=ringing.pk).select_related("accepted_call"))
    assert found
    for alarm in found:
        assert alarm.state == "accepted"
        assert alarm.accepted_call is not None
        kinds = list(alarm.service_request.events.filter(kind__startswith="alarm").values_list("kind", flat=True))
        assert {"alarm_raised", "alarm_sent", "alarm_accepted"} <= set(kinds)
    assert (
        sum(
            one.sent
            for one in figures.by_month(city, since=found[0].started_at.astimezone(city.zone).date().replace(day=1))
        )
        == len(found) + 1
    )


@pytest.mark.slow
def test_the_rosters_survive_an_export_and_its_import(city: Jurisdiction, tmp_path: Any) -> None:
    import yaml

    alarms.load(city)
    before = list(OnCall.objects.order_by("department_id", "order").values())
    written = export_catalog(city)
    file = tmp_path / "catalog.yaml"
    file.write_text(yaml.safe_dump(written, allow_unicode=True, sort_keys=False))
    assert import_catalog(city, [file])["on_call"] == 0
    assert list(OnCall.objects.order_by("department_id", "order").values()) == before
