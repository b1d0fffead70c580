"""Worker, mailer, beat and Redis, by what they leave in the database, and how each part of the clock ended."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from requests_app.clock import app_now
from requests_app.core import cache
from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import ClockRun, Heartbeat, Jurisdiction, OutboxRow
from requests_app.outbox import CLOCK_ERRORS_ALLOWED
from requests_app.worker import heartbeats
from requests_app.worker.clock import PARTS, night

# By process, the lanes that it takes (see --queues in deploy/ and config/stack/processes.py).
LANES = {
    "worker": (OutboxRow.Lane.DATABASE, OutboxRow.Lane.CLOCK),
    "mailer": (OutboxRow.Lane.ALARM, OutboxRow.Lane.OUTSIDE, OutboxRow.Lane.WEBHOOK),
    "beat": (heartbeats.BEAT,),
}
# A lane is polled every 5 seconds, and a drain ends after 20.
SILENT_S = 120
# Beat sends a message a minute.
BEAT_SILENT_S = 300
# A part of an hour or less, and one of the night.
HOURLY_LATE = dt.timedelta(hours=2)
NIGHTLY_LATE, NIGHTLY_VERY_LATE = dt.timedelta(hours=26), dt.timedelta(hours=50)
LONG_S = 3600


def worker(city: Jurisdiction | None) -> Finding:
    return _alive(
        "worker",
        gettext_noop("The worker hasn’t run since %(at)s, so no report is routed."),
        gettext_noop("The worker has never run, so no report is routed."),
        gettext_noop("The worker is running."),
    )


def mailer(city: Jurisdiction | None) -> Finding:
    return _alive(
        "mailer",
        gettext_noop("The mailer hasn’t run since %(at)s, so no email or alarm goes out."),
        gettext_noop("The mailer has never run, so no email or alarm goes out."),
        gettext_noop("The mailer is running."),
    )


def beat(city: Jurisdiction | None) -> Finding:
    return _alive(
        "beat",
        gettext_noop("Beat hasn’t reached the worker since %(at)s, so no scheduled task runs."),
        gettext_noop("Beat has never reached the worker, so no scheduled task runs."),
        gettext_noop("Beat is running."),
    )


def _alive(process: str, silent: str, never: str, well: str) -> Finding:
    rows = Heartbeat.objects.filter(name__in=LANES[process]).values_list("beat_at", flat=True)
    last = max(rows, default=None)
    # systemd starts it again by itself; if that is no use, its log says why.
    to_do = {
        "worker": gettext_noop("Check: lampctl logs worker"),
        "mailer": gettext_noop("Check: lampctl logs mailer"),
        "beat": gettext_noop("Check: lampctl logs beat, worker, redis"),
    }[process]
    if last is None:
        return red(never, to_do)
    silent_s = (app_now() - last).total_seconds()
    measures = {"silent_s": round(max(silent_s, 0.0), 1)}
    if silent_s > (BEAT_SILENT_S if process == "beat" else SILENT_S):
        return red(silent, to_do, measures=measures, at=last)
    return green(well, measures=measures)


def redis(city: Jurisdiction | None) -> Finding:
    # Its own answer, not what the breaker remembers.
    cache.breaker.open_until = 0.0
    if cache.run(lambda pipeline: pipeline.ping()) == [True]:
        return green(gettext_noop("Redis answers."))
    return red(
        gettext_noop("Redis doesn’t answer, so no scheduled task runs and rate limits are weaker."),
        gettext_noop("Check: lampctl logs redis"),
    )


@dataclass(frozen=True)
class PartState:
    """How a part of the clock is, in the city where it's worst."""

    name: str
    color: str
    is_nightly: bool
    succeeded_at: dt.datetime | None
    seconds: float
    error: str


def parts(city: Jurisdiction | None) -> list[PartState]:
    """Of all cities, or of one and of what is done for all together; those that ran at least once, in the order of PARTS."""
    now = app_now()
    runs = ClockRun.objects.all()
    if city is not None:
        runs = runs.filter(jurisdiction=city) | runs.filter(jurisdiction=None)
    by_part: dict[str, list[ClockRun]] = {}
    for run in runs:
        by_part.setdefault(run.part, []).append(run)
    states = []
    for name, part in PARTS.items():
        judged = [(_color(run, part.period is night, now), run) for run in by_part.get(name, [])]
        if not judged:
            continue
        color, run = max(judged, key=lambda pair: (("green", "yellow", "red").index(pair[0]), pair[1].seconds))
        states.append(PartState(name, color, part.period is night, run.succeeded_at, run.seconds, run.error))
    return states


def _color(run: ClockRun, is_nightly: bool, now: dt.datetime) -> str:
    late_by = now - (run.succeeded_at or run.created_at)
    if run.failures >= CLOCK_ERRORS_ALLOWED or late_by > (NIGHTLY_VERY_LATE if is_nightly else HOURLY_LATE):
        return "red"
    return "yellow" if run.error or (is_nightly and (late_by > NIGHTLY_LATE or run.seconds > LONG_S)) else "green"


def clock(city: Jurisdiction | None) -> Finding:
    """Whether each part of the clock ended well in its last period, and how long it took."""
    states = parts(city)
    measures = {state.name: state.seconds for state in states}
    if not states:
        return yellow(
            gettext_noop("No scheduled task has run yet."),
            gettext_noop("Wait five minutes after the first start. Then check: lampctl logs beat, worker"),
        )
    bad = [state for state in states if state.color != "green"]
    if not bad:
        longest = max(states, key=lambda state: state.seconds)
        return green(
            gettext_noop("All scheduled tasks ran (%(count)s). The longest, %(part)s, took %(seconds)s s."),
            measures=measures,
            count=len(states),
            part=longest.name,
            seconds=round(longest.seconds, 1),
        )
    first = next((state for state in bad if state.color == "red"), bad[0])
    report = red if first.color == "red" else yellow
    to_do = gettext_noop("Check: lampctl logs worker. The outbox lists what failed for good.")
    values: dict[str, str | int] = {"part": first.name, "count": len(bad)}
    if first.error:
        return report(
            gettext_noop("%(part)s failed last time (%(error)s). Scheduled tasks with problems: %(count)s."),
            to_do,
            measures=measures,
            error=first.error,
            **values,
        )
    return report(
        gettext_noop("%(part)s is late or takes long. Scheduled tasks with problems: %(count)s."),
        to_do,
        measures=measures,
        **values,
    )
