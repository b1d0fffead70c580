"""What the city's own people leave open: nobody on call, an approval that ended, what failed for good, suggestions."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext_noop

from requests_app.actions.setup import failed_tasks
from requests_app.clock import app_now
from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import Jurisdiction, OnCall, OutboxRow, ServiceApproval
from requests_app.rules.alarms import calls, on_call_week
from requests_app.rules.answers.suggestion_model import folder_of

# "Tonight": from now on.
TONIGHT_MINUTES = 14 * 60
# A timer trains weekly.
TRAINED_WITHIN = dt.timedelta(days=15)


def _cities(city: Jurisdiction | None) -> list[Jurisdiction]:
    return [city] if city is not None else list(Jurisdiction.objects.defer("boundary").order_by("id"))


def on_call(city: Jurisdiction | None) -> Finding:
    """Whether anybody on the desk's roster can be alerted, now and until tomorrow morning."""
    for own in _cities(city):
        entries = list(OnCall.objects.filter(jurisdiction=own, department=None, kind="").select_related("user"))
        local = app_now().astimezone(own.zone)
        now = local.weekday() * on_call_week.DAY + local.hour * 60 + local.minute
        reachable = {entry.pk for entry in calls.reachable(own, entries)}
        for gap in on_call_week.gaps(entries, reachable):
            # A gap at the beginning of the week is also after its end.
            for shift in (0, on_call_week.WEEK):
                if gap.starts + shift < now + TONIGHT_MINUTES and gap.ends + shift > now:
                    minutes = max(gap.starts + shift - now, 0)
                    return yellow(
                        gettext_noop("%(city)s: nobody at the desk can be alerted about danger from %(at)s on."),
                        gettext_noop("Add somebody under Setup, On call."),
                        city=own.name,
                        at=local + dt.timedelta(minutes=minutes),
                    )
    return green(gettext_noop("Somebody at the desk can be alerted about danger through tonight."))


def approvals(city: Jurisdiction | None) -> Finding:
    """Of emergency checks of services that residents use."""
    for own in _cities(city):
        today = app_now().astimezone(own.zone).date()
        ended = ServiceApproval.objects.filter(
            kind=ServiceApproval.Kind.EMERGENCY,
            service__jurisdiction=own,
            service__active=True,
            review_by__lt=today,
        )
        if count := ended.count():
            return yellow(
                gettext_noop("%(city)s: emergency checks whose approval has ended: %(count)s."),
                gettext_noop("Open Setup. “What waits for you” names each service."),
                city=own.name,
                count=count,
            )
    return green(gettext_noop("Every emergency check is approved."))


def failed(city: Jurisdiction | None) -> Finding:
    """Tasks of the outbox that were given up."""
    dead = OutboxRow.objects.filter(dead_at__isnull=False) if city is None else failed_tasks.of_city(city)
    count = dead.count()
    # Danger comes first: an alarm or a report that nobody was sent.
    urgent = dead.filter(Q(lane=OutboxRow.Lane.ALARM) | Q(kind__in=("route", "alert_next"))).count() if count else 0
    measures = {"failed": count, "urgent": urgent}
    to_do = gettext_noop("Open Setup, Outbox. Fix the cause, then try them again or settle them.")
    if urgent:
        return red(
            gettext_noop("Failed alarms or reports that weren’t routed: %(urgent)s. Failed tasks in all: %(count)s."),
            to_do,
            measures=measures,
            urgent=urgent,
            count=count,
        )
    if count:
        return yellow(gettext_noop("Failed tasks in the outbox: %(count)s."), to_do, measures=measures, count=count)
    return green(gettext_noop("No task has failed for good."), measures=measures)


def suggestions(city: Jurisdiction | None) -> Finding:
    """When the service suggestions were last trained. Without training they go by key words, which is no failure."""
    oldest: dt.datetime | None = None
    for own in _cities(city):
        try:
            trained = (folder_of(own) / "current").stat().st_mtime
        except OSError:
            continue
        at = dt.datetime.fromtimestamp(trained, dt.UTC)
        oldest = min(filter(None, (oldest, at)))
    if oldest is None:
        return green(gettext_noop("Service suggestions were never trained. They use key words."))
    if dt.datetime.now(dt.UTC) - oldest > TRAINED_WITHIN:
        return yellow(
            gettext_noop("Service suggestions were last trained on %(at)s and don’t know newer words."),
            gettext_noop("Run: lampctl manage train_suggestions, and check its timer: systemctl list-timers"),
            at=oldest,
        )
    return green(gettext_noop("Service suggestions were last trained on %(at)s."), at=oldest)
