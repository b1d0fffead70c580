"""Setting up what a key's devices measure, with its place in the log of setup."""

from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.models import ApiKey, Jurisdiction, Sensor, Service


def _state(sensor: Sensor) -> State:
    return {
        "api_key": sensor.api_key.name,
        "asset": sensor.asset_number,
        "measure": sensor.measure,
        "unit": sensor.unit,
        "alarm_below": sensor.alarm_below,
        "alarm_above": sensor.alarm_above,
        "service": sensor.service.service_code,
        "description": sensor.description,
    }


def _columns(city: Jurisdiction, state: State) -> Columns:
    return {
        "api_key": ApiKey.objects.get(jurisdiction=city, name=state["api_key"], revoked_at=None),
        "asset_number": state["asset"],
        "service": Service.objects.get(jurisdiction=city, service_code=state["service"]),
        **{name: state[name] for name in ("measure", "unit", "alarm_below", "alarm_above", "description")},
    }


SENSOR = SetupRow(
    "sensor",
    gettext_lazy("Sensor"),
    Sensor,
    _state,
    columns=_columns,
    related=("jurisdiction", "api_key", "service"),
)
