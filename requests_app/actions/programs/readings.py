"""Readings of sensors: the first alarm opens a request, further ones are added up on it, and a person closes it."""

import datetime as dt
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.report.submission import NewReport, Place
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.models import ApiKey, Asset, Channel, Comment, Sensor, SensorRequest, ServiceRequest
from requests_app.places import addresses, assets
from requests_app.places.ownership import owner_of
from requests_app.rules.shared import intake

# A device's clock may run ahead by this much. What is older than a day says nothing about now.
AHEAD_MAX, AGE_MAX = dt.timedelta(minutes=5), dt.timedelta(days=1)
# A request that was closed while the alarm lasted: if it still lasts after this, the next reading opens another.
STILL_ALARM = dt.timedelta(days=1)


class UnknownSensor(Exception):
    """The key has none with this measure at this asset, or the map doesn't have the asset anymore."""


class OutOfTime(Exception):
    """Measured in the future, or too long ago."""


@dataclass(frozen=True)
class Taken:
    """is_new: whether this reading opened the request. is_counted: False if one of this moment or later came before."""

    is_alarm: bool
    service_request: ServiceRequest | None
    is_new: bool = False
    is_counted: bool = True


def take(key: ApiKey, *, asset: str, measure: str, value: float, at: dt.datetime) -> Taken:
    """A sensor's readings count in the order of their times, so one that is sent again changes nothing.

    Raises UnknownSensor, OutOfTime and submission.Refused.
    """
    return submission.in_transaction(lambda: _take(key, asset, measure, value, at))


def _take(key: ApiKey, asset: str, measure: str, value: float, at: dt.datetime) -> Taken:
    # Lock first: readings of one sensor wait for each other.
    locked = Sensor.objects.select_for_update(of=("self",)).select_related("service__current")
    sensor = locked.filter(api_key=key, asset_number=asset.strip().upper(), measure=measure.strip()).first()
    if sensor is None:
        raise UnknownSensor
    now = app_now()
    if not now - AGE_MAX <= at <= now + AHEAD_MAX:
        raise OutOfTime
    latest = sensor.requests.select_related("service_request__duplicate_of").order_by("-id").first()
    is_alarm = sensor.is_alarm(value)
    if sensor.last_at is not None and at <= sensor.last_at:
        return Taken(is_alarm, _open(latest), is_counted=False)
    sensor.last_value, sensor.last_at = value, at
    sensor.save(update_fields=["last_value", "last_at"])
    if not is_alarm:
        if latest is not None and latest.normal_at is None:
            _back_to_normal(sensor, latest)
        return Taken(is_alarm, _open(latest))
    if latest is not None and not _is_over(latest, now):
        _add_up(latest, value, at)
        return Taken(is_alarm, _open(latest))
    service_request = _report(key, sensor)
    SensorRequest.objects.create(
        sensor=sensor, service_request=service_request, first_at=at, last_at=at, lowest=value, highest=value
    )
    return Taken(is_alarm, service_request, is_new=True)


def _open(latest: SensorRequest | None) -> ServiceRequest | None:
    """Its request while that is open; the one it was merged into, if it was."""
    service_request = _merged_into(latest.service_request) if latest is not None else None
    return service_request if service_request is not None and service_request.is_open else None


def _merged_into(service_request: ServiceRequest) -> ServiceRequest:
    """Itself, if it wasn't merged. What it was merged into may have been merged later, too."""
    while service_request.duplicate_of is not None:
        service_request = service_request.duplicate_of
    return service_request


def _is_over(latest: SensorRequest, now: dt.datetime) -> bool:
    """Whether an alarm is a new one: its request is closed, and it was back to normal since or has lasted a day more."""
    if _open(latest) is not None:
        return False
    ended = _merged_into(latest.service_request)
    ended_at = ended.resolved_at or ended.updated_at
    return latest.normal_at is not None or now - ended_at >= STILL_ALARM


def _add_up(latest: SensorRequest, value: float, at: dt.datetime) -> None:
    latest.alarms += 1
    latest.last_at, latest.normal_at = at, None
    latest.lowest, latest.highest = min(latest.lowest, value), max(latest.highest, value)
    latest.save(update_fields=["alarms", "last_at", "normal_at", "lowest", "highest"])


def _back_to_normal(sensor: Sensor, latest: SensorRequest) -> None:
    """Said once in a note; a sensor that goes back and forth is counted on the request's page."""
    latest.normal_at = sensor.last_at
    latest.times_normal += 1
    latest.save(update_fields=["normal_at", "times_normal"])
    service_request = _open(latest)
    if service_request is not None and latest.times_normal == 1:
        language = sensor.jurisdiction.languages[0]
        with translation.override(language):
            text = _("The sensor at %(asset)s is back to normal: %(value)s.") % {
                "asset": sensor.asset_number,
                "value": amount(sensor.last_value, sensor.unit),
            }
        conversation.note(
            service_request.pk, text=text, actor=None, language=language, audience=Comment.Audience.EVERYONE
        )


def amount(value: float | None, unit: str) -> str:
    return f"{value:g} {unit}".strip() if value is not None else ""


def _report(key: ApiKey, sensor: Sensor) -> ServiceRequest:
    """Raises UnknownSensor and submission.Refused. Questions are for people: a device answers none."""
    asset, version = assets.by_number(sensor.jurisdiction, sensor.asset_number), sensor.service.current
    if asset is None or version is None:
        raise UnknownSensor
    language = sensor.jurisdiction.languages[0]
    report = NewReport(
        jurisdiction=sensor.jurisdiction,
        version=version,
        description=_description(sensor, language),
        language=language,
        place=_place(asset),
        answers=intake.Answers(),
        reporter=Reporter(),
        channel=Channel.SENSOR,
        owner=owner_of(sensor.jurisdiction, asset.point, version),
        api_key=key,
        is_test=key.is_test,
    )
    return submission.submit_here(report).service_request


def _description(sensor: Sensor, language: str) -> str:
    with translation.override(language):
        measured = _("Measured: %(value)s.") % {"value": amount(sensor.last_value, sensor.unit)}
    return f"{sensor.description} {measured}"


def _place(asset: Asset) -> Place:
    near = addresses.nearest(asset.jurisdiction, asset.point)
    return Place(asset.point, near.label if near else "", source="asset", confidence=1.0, asset=asset)
