"""Demo data for developers: keys in use, for tests and ended, a request for one, and a key whose sensors send readings."""

import datetime as dt

from django.db import transaction

from requests_app import api_errors, api_keys
from requests_app.actions.programs import api_key_requests, readings, webhooks
from requests_app.actions.programs.sensors import SENSOR
from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.demo.staff import demo_user
from requests_app.models import (
    ApiKey,
    ApiKeyCalls,
    ApiKeyRequest,
    ApiKeyUsage,
    Asset,
    ContactPoint,
    Jurisdiction,
    Sensor,
    Service,
    User,
)
from requests_app.rules.programs.api_keys import TEST_TERMS

ADDRESS = "maya@transit-apps.example"
LIVE, TEST, ENDED, GATEWAY = "Riders’ app", "Riders’ app, next version", "Kiosk trial", "Sensor gateway"
DAYS = 30
# Calls a day by endpoint and status.
LIVE_CALLS = {
    ("POST /api/v1/requests/", 201): 14,
    ("POST /api/v1/requests/", 422): 1,
    ("GET /api/v1/requests/{reference}/", 200): 160,
    ("GET /api/v1/services/", 200): 24,
    ("GET /api/v1/services/", 304): 72,
}
TEST_CALLS = {("POST /api/v1/requests/", 201): 3, ("POST /api/v1/requests/", 422): 2, ("GET /api/v1/services/", 200): 5}
PROBLEM = {
    "title": "The body is not valid",
    "status": 422,
    "detail": "place.lat must be a number.",
    "instance": "/api/v1/requests/",
    "request_id": "5f0c1d2e3b4a59687786a5b4c3d2e1f0",
    "errors": [{"field": "place.lat", "code": "wrong-type", "message": "place.lat must be a number."}],
}


def contact_point(jurisdiction: Jurisdiction) -> ContactPoint:
    """The developer's address, as if a link had proved it."""
    point = verify_email.get_contact_point(jurisdiction, ADDRESS, language="en")
    if point.verified_at is None:
        point.verified_at = app_now()
        point.save(update_fields=["verified_at"])
    return point


@transaction.atomic
def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    if ApiKey.objects.filter(jurisdiction=jurisdiction, contact=ADDRESS).exists():
        return
    contact_point(jurisdiction)
    administrator = demo_user(jurisdiction, "administrator")
    live, _secret = api_keys.create(jurisdiction, LIVE, created_by=administrator, contact=ADDRESS)
    test, _secret = api_keys.create(jurisdiction, TEST, is_test=True, contact=ADDRESS, **TEST_TERMS)
    ended, _secret = api_keys.create(jurisdiction, ENDED, is_test=True, contact=ADDRESS, **TEST_TERMS)
    api_keys.revoke(ended)
    _use(live, LIVE_CALLS)
    _use(test, TEST_CALLS)
    webhooks.create(test, {"url": "https://hooks.transit-apps.example/lamplighter"})
    api_errors.keep(test, "POST", "/api/v1/requests/", 422, PROBLEM)
    request = api_key_requests.ask(
        jurisdiction,
        email=ADDRESS,
        name="Station screens",
        purpose="Screens in stations show what is reported nearby, and riders report from them.",
        scopes=["read", "report"],
        language="en",
    )
    _sensors(jurisdiction, administrator)
    waiting = {"state": ApiKeyRequest.State.WAITING, "proved_at": app_now()}
    ApiKeyRequest.objects.filter(pk=request.pk).update(**waiting)


def _use(key: ApiKey, calls: dict[tuple[str, int], int]) -> None:
    """As many calls each day, and fewer on weekends."""
    now = app_now()
    days = [now.astimezone(key.jurisdiction.zone).date() - dt.timedelta(days=number) for number in range(DAYS)]
    for day in days:
        share = 1 if day.weekday() < 5 else 2
        counts = {row: count // share for row, count in calls.items()}
        ApiKeyCalls.objects.bulk_create(
            ApiKeyCalls(api_key=key, day=day, endpoint=endpoint, status=status, calls=count)
            for (endpoint, status), count in counts.items()
            if count
        )
        errors = sum(count for (_endpoint, status), count in counts.items() if status >= 400)
        ApiKeyUsage.objects.create(api_key=key, day=day, calls=sum(counts.values()), errors=errors)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now.replace(minute=0, second=0, microsecond=0))


# Measure, unit, limits (below, above), service, text, and the readings of the last hour.
SENSORS = [
    (
        "litter_bin",
        "fill_level",
        "%",
        (None, 90.0),
        "streetclean",
        "The sensor says this bin is full.",
        [82, 91, 94, 89, 95, 97],
    ),
    (
        "street_light",
        "voltage",
        "V",
        (100.0, None),
        "streetlight",
        "The sensor says this light has no power.",
        [120, 119],
    ),
]


def _sensors(jurisdiction: Jurisdiction, administrator: User | None) -> None:
    """A key whose bin is full and whose light is well."""
    key, _secret = api_keys.create(jurisdiction, GATEWAY, created_by=administrator, scopes=["readings"])
    now = app_now()
    for kind, measure, unit, (below, above), code, text, values in SENSORS:
        asset = Asset.objects.filter(jurisdiction=jurisdiction, kind=kind).order_by("id").first()
        service = Service.objects.filter(jurisdiction=jurisdiction, service_code=code, active=True).first()
        if asset is None or service is None:
            continue
        SENSOR.add(
            Sensor(jurisdiction=jurisdiction, api_key=key, service=service),
            actor=administrator,
            asset_number=asset.asset_id.upper(),
            measure=measure,
            unit=unit,
            alarm_below=below,
            alarm_above=above,
            description=text,
        )
        for number, value in enumerate(values):
            at = now - dt.timedelta(minutes=10 * (len(values) - number))
            readings.take(key, asset=asset.asset_id, measure=measure, value=value, at=at)
