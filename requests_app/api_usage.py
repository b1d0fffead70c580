"""What is known about the use of API keys: calls and errors by day, calls by endpoint and status, and the last calls of 7 days.

A call costs one round trip to Redis and no lock. The worker adds the counters to the table every five minutes. While Redis is down,
calls aren't counted.
"""

import datetime as dt
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import Sum
from django.http import HttpRequest

from requests_app.clock import app_now
from requests_app.core import cache
from requests_app.models import ApiKey, ApiKeyCalls, ApiKeyUsage

# A Redis hash of "<key>:<day>:<status>:<method> <path>", and a list of calls for each key.
COUNTERS = "api-calls-by-endpoint"
CALLS = "api-calls:{}"
CALLS_KEPT_S = 7 * 24 * 3600
CALLS_KEPT_MOST = 500
USAGE_KEPT = dt.timedelta(days=400)
CHART_DAYS = 30
# A day more than what is shown, so that it is whole in every time zone.
CALLS_BY_ENDPOINT_KEPT = dt.timedelta(days=31)

ENDPOINT_MAX = ApiKeyCalls._meta.get_field("endpoint").max_length

ADD_CALLS = """
INSERT INTO requests_app_apikeycalls AS kept (api_key_id, day, endpoint, status, calls)
SELECT id, %(day)s, %(endpoint)s, %(status)s, %(calls)s FROM requests_app_apikey WHERE id = %(key)s
ON CONFLICT (api_key_id, day, endpoint, status) DO UPDATE SET calls = kept.calls + excluded.calls
"""

ADD = """
INSERT INTO requests_app_apikeyusage AS kept (api_key_id, day, calls, errors)
SELECT id, %(day)s, %(calls)s, %(errors)s FROM requests_app_apikey WHERE id = %(key)s
ON CONFLICT (api_key_id, day) DO UPDATE SET calls = kept.calls + excluded.calls, errors = kept.errors + excluded.errors
"""


@dataclass(frozen=True)
class Endpoint:
    """name: method and path. by_status: how many calls were answered with each status."""

    name: str
    by_status: dict[int, int]

    @property
    def calls(self) -> int:
        return sum(self.by_status.values())


def note_call(key: ApiKey, request: HttpRequest, *, status: int, seconds: float) -> None:
    """Counts a call, and remembers it without its body, its query and whatever its address names."""
    day = key.now.astimezone(key.jurisdiction.zone).date().isoformat()
    call = {
        "at": time.time(),
        "method": request.method,
        "path": path_template(request),
        "status": status,
        "ms": round(seconds * 1000),
        "id": str(structlog.contextvars.get_contextvars().get("trace_id", "")),
    }
    calls = CALLS.format(key.pk)
    counter = f"{key.pk}:{day}:{status}:{call['method']} {call['path']}"

    def commands(redis: Any) -> None:
        redis.hincrby(COUNTERS, counter, 1)
        redis.lpush(calls, json.dumps(call))
        redis.ltrim(calls, 0, CALLS_KEPT_MOST - 1)
        redis.expire(calls, CALLS_KEPT_S)

    cache.run(commands)


def path_template(request: HttpRequest) -> str:
    """The path with names for what varies: /open311/v2/requests/{number}.json."""
    path = request.path
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        if name != "format" and value:
            path = path.replace(f"/{value}", f"/{{{name}}}", 1)
    return path


def last_calls(key: ApiKey, most: int = CALLS_KEPT_MOST) -> list[dict[str, Any]]:
    """The last calls of 7 days, newest first: at, method, path, status, ms and id (the Request-Id). It may have forgotten some."""
    found = cache.run(lambda redis: redis.lrange(CALLS.format(key.pk), 0, most - 1))
    since = time.time() - CALLS_KEPT_S
    calls = [json.loads(line) for line in (found[0] if found else [])]
    return [{**call, "at": dt.datetime.fromtimestamp(call["at"], dt.UTC)} for call in calls if call["at"] >= since]


def fold() -> None:
    """Adds Redis's counters to the tables. A worker that is killed here loses them, rather than counting them twice."""
    # They are removed from Redis only if they can be written.
    connection.ensure_connection()

    def commands(redis: Any) -> None:
        redis.hgetall(COUNTERS)
        redis.delete(COUNTERS)

    found = cache.run(commands)
    sums: dict[tuple[int, str], dict[str, int]] = {}
    by_endpoint: dict[tuple[int, str, str, int], int] = {}
    for name, value in (found[0] if found else {}).items():
        key, day, status, endpoint = name.decode().split(":", 3)
        of_day = sums.setdefault((int(key), day), {"calls": 0, "errors": 0})
        of_day["calls"] += int(value)
        of_day["errors"] += int(value) if int(status) >= 400 else 0
        counted = (int(key), day, endpoint[:ENDPOINT_MAX], int(status))
        by_endpoint[counted] = by_endpoint.get(counted, 0) + int(value)
    with transaction.atomic(), connection.cursor() as cursor:
        for (key, day, endpoint, status), calls in sorted(by_endpoint.items()):
            row: dict[str, str | int] = {"key": key, "day": day, "endpoint": endpoint, "status": status, "calls": calls}
            cursor.execute(ADD_CALLS, row)
        for (key, day), added in sorted(sums.items()):
            cursor.execute(ADD, {"key": key, "day": day, **added})


def by_day(key: ApiKey, today: dt.date, days: int = CHART_DAYS) -> Sequence[tuple[dt.date, int, int]]:
    """Day, calls and errors, for each of the last days, the oldest first."""
    since = today - dt.timedelta(days=days - 1)
    rows = ApiKeyUsage.objects.filter(api_key=key, day__gte=since).values_list("day", "calls", "errors")
    known = {day: (calls, errors) for day, calls, errors in rows}
    every = [since + dt.timedelta(days=number) for number in range(days)]
    return [(day, *known.get(day, (0, 0))) for day in every]


def by_endpoint(key: ApiKey, today: dt.date, days: int = CHART_DAYS) -> list[Endpoint]:
    """Of the last days, the busiest first."""
    since = today - dt.timedelta(days=days - 1)
    rows = ApiKeyCalls.objects.filter(api_key=key, day__gte=since).values_list("endpoint", "status")
    endpoints: dict[str, Endpoint] = {}
    for name, status, calls in rows.annotate(total=Sum("calls")).order_by("endpoint", "status"):
        endpoints.setdefault(name, Endpoint(name, {})).by_status[status] = calls
    return sorted(endpoints.values(), key=lambda endpoint: -endpoint.calls)


def delete_old() -> None:
    ApiKeyCalls.objects.filter(day__lt=(app_now() - CALLS_BY_ENDPOINT_KEPT).date()).delete()
    ApiKeyUsage.objects.filter(day__lt=(app_now() - USAGE_KEPT).date()).delete()
