"""The sensors of a key: at which asset, what they measure, and from which value on the city wants to know."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.programs.readings import amount
from requests_app.actions.programs.sensors import SENSOR
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.models import ApiKey, Sensor, ServiceRequest, User
from requests_app.places import assets
from staff_app.decorators import StaffRequest, get_city_row_or_404, staff_page
from staff_app.setup.api_keys.forms import SensorForm
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row

PERMISSION = "manage_api_keys"
PAGE = "staff_app/setup/api_keys/edit_sensor.html"
SHOWN = 200


def rows_of(key: ApiKey, user: User) -> list[dict[str, Any]]:
    """For the page of the key, with the open requests that this user may see."""
    sensors = list(key.sensors.select_related("service__current").order_by("asset_number", "measure")[:SHOWN])
    on_map = assets.by_numbers(key.jurisdiction, [sensor.asset_number for sensor in sensors])
    opened = ServiceRequest.objects.visible_to(user).open().filter(sensor_request__sensor__in=sensors)
    open_request = {row.sensor_request.sensor_id: row for row in opened.select_related("sensor_request")}
    return [
        {
            "sensor": sensor,
            "has_asset": sensor.asset_number in on_map,
            "limits": _limits(sensor),
            "last_value": amount(sensor.last_value, sensor.unit),
            "open_request": open_request.get(sensor.pk),
        }
        for sensor in sensors
    ]


def _limits(sensor: Sensor) -> str:
    below, above = (amount(value, sensor.unit) for value in (sensor.alarm_below, sensor.alarm_above))
    if below and above:
        return _("below %(below)s or above %(above)s") % {"below": below, "above": above}
    return _("below %(below)s") % {"below": below} if below else _("above %(above)s") % {"above": above}


@staff_page
def new_sensor(request: StaffRequest, key_id: int) -> HttpResponse:
    key = get_city_row_or_404(request, PERMISSION, ApiKey, key_id)
    form = SensorForm(request.POST if request.method == "POST" else None, city=request.jurisdiction)
    if form.is_valid():
        try:
            SENSOR.add(Sensor(jurisdiction=key.jurisdiction, api_key=key), actor=request.user, **form.columns())
        except NameTaken:
            form.add_error("measure", _taken())
        else:
            messages.success(request, _("Saved."))
            return redirect("staff_app:api_key", key.pk)
    return edit_page(request, PAGE, {"key": key}, form)


@staff_page
def edit_sensor(request: StaffRequest, sensor_id: int) -> HttpResponse:
    sensor = get_city_row_or_404(request, PERMISSION, Sensor, sensor_id)
    edit = edit_row(
        request,
        lambda data: SensorForm(data, city=request.jurisdiction, initial=SensorForm.initial_of(sensor)),
        SENSOR,
        sensor,
    )
    context = {"key": sensor.api_key, "sensor": sensor}
    if edit.is_valid():
        try:
            SENSOR.change(sensor.pk, seen=edit.seen, actor=request.user, **edit.form.columns())
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, edit.form, edit=edit, changed=changed)
        except NameTaken:
            edit.form.add_error("measure", _taken())
        else:
            messages.success(request, edit.saved(_("Saved.")))
            return redirect("staff_app:api_key", sensor.api_key_id)
    return edit_page(request, PAGE, context, edit.form, edit=edit)


def _taken() -> str:
    return _("This key already has a sensor for this at this asset.")


@staff_page
@require_POST
def remove_sensor(request: StaffRequest, sensor_id: int) -> HttpResponse:
    sensor = get_city_row_or_404(request, PERMISSION, Sensor, sensor_id)
    SENSOR.remove(sensor.pk, actor=request.user)
    messages.success(request, _("“%(name)s” was removed.") % {"name": sensor})
    return redirect("staff_app:api_key", sensor.api_key_id)
