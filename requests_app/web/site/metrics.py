"""/metrics for Prometheus: what all processes count (core/metrics.py), and what is measured when it asks."""

import datetime as dt
import hmac
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from requests_app.core import metrics as counted
from requests_app.doctor import queues
from requests_app.models import OutboxRow
from requests_app.web.site import probes

# What is measured when Prometheus asks: what it is, and its label.
GAUGES = {
    "lamplighter_outbox_due": ("Outbox rows that are due", "lane"),
    "lamplighter_outbox_oldest_seconds": ("Age of the oldest due outbox row", "lane"),
    "lamplighter_outbox_dead": ("Outbox rows given up", ""),
    "lamplighter_requests_open": ("Open service requests", ""),
    "lamplighter_requests_pending_review": ("Requests that are pending review", ""),
    "lamplighter_pending_review_oldest_seconds": ("Age of the oldest request that is pending review", ""),
    "lamplighter_processes": ("Processes that live, by program; only with PROMETHEUS_MULTIPROC_DIR", "program"),
    "lamplighter_disk_free_bytes": ("Free disk space of a folder", "folder"),
    "lamplighter_disk_size_bytes": ("Size of the disk that a folder is on", "folder"),
    "lamplighter_run_ok": ("1 if the last backup or drill worked, or else 0", "run"),
    "lamplighter_run_timestamp_seconds": ("When the last backup or drill ended, whether it worked or not", "run"),
    "lamplighter_run_seconds": ("How long the last backup or drill took", "run"),
    "lamplighter_check_state": ("What lampctl doctor said last: 0 green, 1 yellow, 2 red", "check"),
    "lamplighter_check_measure": (
        "A number that lampctl doctor measured, such as days until the disk is full",
        "check, measure",
    ),
    "lamplighter_checked_timestamp_seconds": ("When lampctl doctor last checked", ""),
}
# Files that backups and drills leave in LAMPLIGHTER_VAR.
RUNS = ("backup", "drill")
# What a check says, as in health.json.
COLORS = ("green", "yellow", "red")


class Registry:
    """What generate_latest() reads."""

    def collect(self) -> Iterator[Metric]:
        yield from _measured()
        yield from counted.collected()


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, with the token or over the server's own Unix socket; 404 otherwise, and through any proxy."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # Bytes, since compare_digest() rejects non-ASCII strings.
    by_token = bool(settings.METRICS_TOKEN) and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    # A Unix socket has no address; a proxy that uses one says for whom it asks.
    by_socket = request.META.get("REMOTE_ADDR") == "" and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (by_token or by_socket):
        raise Http404
    try:
        return HttpResponse(generate_latest(Registry()), content_type=CONTENT_TYPE_LATEST)
    except probes.LOST:
        return HttpResponse("the database cannot be reached\n", content_type="text/plain", status=503)


def _measured() -> list[GaugeMetricFamily]:
    families = {
        name: GaugeMetricFamily(name, meaning, labels=label.split(", ") if label else [])
        for name, (meaning, label) in GAUGES.items()
    }
    for name, labels, value in (*_of_database(), *_of_machine(), *_of_runs(), *_of_checks()):
        families[name].add_metric(labels, value)
    return list(families.values())


Sample = tuple[str, list[str], float]


def _of_database() -> Iterator[Sample]:
    waiting = queues.waiting()
    for lane in OutboxRow.Lane.values:
        yield "lamplighter_outbox_due", [lane], waiting[lane]["due"]
        yield "lamplighter_outbox_oldest_seconds", [lane], waiting[lane]["oldest_s"]
    yield "lamplighter_outbox_dead", [], waiting["dead"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(value), 0)::bigint FROM requests_app_counter WHERE measure = 'open'")
        row = cursor.fetchone()
        cursor.execute(
            """
            SELECT count(*), coalesce(extract(epoch FROM app_now() - min(submitted_at)), 0)::float
            FROM requests_app_servicerequest WHERE public_state = 'pending_review'"""
        )
        pending, age = cursor.fetchone() or (0, 0)
    yield "lamplighter_requests_open", [], row[0] if row else 0
    yield "lamplighter_requests_pending_review", [], pending
    yield "lamplighter_pending_review_oldest_seconds", [], round(max(age, 0), 1)


def _of_machine() -> Iterator[Sample]:
    for program, number in sorted(counted.processes().items()):
        yield "lamplighter_processes", [program], number
    for name, folder in (("data", settings.VAR), ("photos", settings.MEDIA_ROOT)):
        try:
            disk = os.statvfs(folder)
        except OSError:
            # No such folder, as with photos in a bucket.
            continue
        yield "lamplighter_disk_free_bytes", [name], disk.f_bavail * disk.f_frsize
        yield "lamplighter_disk_size_bytes", [name], disk.f_blocks * disk.f_frsize


def _of_runs() -> Iterator[Sample]:
    for run in RUNS:
        result = _read(f"{run}.json")
        if (at := _seconds(result.get("at"))) is not None:
            yield "lamplighter_run_timestamp_seconds", [run], at
            yield "lamplighter_run_ok", [run], int(result.get("ok") is True)
            if isinstance(result.get("seconds"), int | float):
                yield "lamplighter_run_seconds", [run], result["seconds"]


def _of_checks() -> Iterator[Sample]:
    health = _read("health.json")
    if (at := _seconds(health.get("at"))) is not None:
        yield "lamplighter_checked_timestamp_seconds", [], at
    worst: dict[str, int] = {}
    for finding in health.get("findings", []):
        code = str(finding["code"])
        worst[code] = max(worst.get(code, 0), COLORS.index(finding["color"]))
        for measure, value in finding.get("measures", {}).items():
            yield "lamplighter_check_measure", [code, str(measure)], float(value)
    for code, color in worst.items():
        yield "lamplighter_check_state", [code], color


def _read(name: str) -> dict[str, Any]:
    """A file of the command line's, which replaces it as a whole. {} before it was first written."""
    try:
        content = json.loads(Path(settings.VAR, name).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _seconds(at: object) -> float | None:
    try:
        return dt.datetime.fromisoformat(str(at)).timestamp()
    except ValueError:
        return None
