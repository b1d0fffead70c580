"""When a request is due, worded briefly enough for a row of the queue."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from requests_app.core.localized import localized
from requests_app.messages.staff_words import disposition_words as disposition_words
from requests_app.messages.staff_words import listed_hold_words as listed_hold_words
from requests_app.models import Clock, Jurisdiction, ListedReason, ServiceRequest, Status, Target
from requests_app.rules.promises import service_levels


@dataclass(frozen=True)
class Due:
    """kind: late, today, later, waiting, none or ended; it only chooses the color."""

    kind: str
    text: str


def hold_words(jurisdiction: Jurisdiction) -> dict[str, str]:
    """Short names of the hold reasons, by code: the built-in ones and the city's own."""
    return listed_hold_words(ListedReason.objects.filter(jurisdiction=jurisdiction, kind=ListedReason.Kind.HOLD))


def of(service_request: ServiceRequest, now: dt.datetime, waits: dict[str, str], *, is_stopped: bool = False) -> Due:
    """ "Late 2 d", "Today 4 p.m.", "Waiting: reporter". waits: the result of hold_words(). is_stopped: by a suspension."""
    if service_request.status in (Status.RESOLVED, Status.CLOSED):
        return Due("ended", disposition_words(service_request.disposition))
    if service_request.status == Status.ON_HOLD:
        return Due(
            "waiting",
            pgettext("due", "Waiting: %(reason)s")
            % {"reason": waits.get(service_request.hold_reason, service_request.hold_reason)},
        )
    if service_request.due_at is None and is_stopped:
        # Translators: a clock that doesn’t run now, as during a snow emergency.
        return Due("waiting", pgettext("due", "Stopped"))
    if service_request.due_at is None:
        return Due("none", pgettext("due", "No target"))
    return of_time(service_request.due_at, now)


def of_time(due_at: dt.datetime, now: dt.datetime) -> Due:
    """The due time in the active time zone: late by how much, today's time, or a weekday or date."""
    if due_at < now:
        return Due("late", pgettext("due", "Late %(time)s") % {"time": length(now - due_at)})
    local, today = timezone.localtime(due_at), timezone.localtime(now).date()
    clock = formats.time_format(local, "TIME_FORMAT")
    if local.date() == today:
        return Due("today", pgettext("due", "Today %(time)s") % {"time": clock})
    if local.date() - today < dt.timedelta(days=7):
        return Due("later", f"{formats.date_format(local, 'D')} {clock}")
    if local.year != today.year:
        # Translators: the shortest date format with a year: "Jun 3, 2027".
        return Due("later", formats.date_format(local, pgettext("short day format", "M j, Y")))
    # Translators: the shortest date format without a year: "Jun 3".
    return Due("later", formats.date_format(local, pgettext("short day format", "M j")))


def length(span: dt.timedelta) -> str:
    """2 d, 3 h or 20 min: the largest unit only."""
    if span.days:
        return pgettext("length of time", "%(n)s d") % {"n": span.days}
    if span.seconds >= 3600:
        return pgettext("length of time", "%(n)s h") % {"n": span.seconds // 3600}
    return pgettext("length of time", "%(n)s min") % {"n": span.seconds // 60}


def target_length(value: int, unit: str) -> str:
    """ "3 business days"."""
    return {
        Target.Unit.MINUTES: ngettext("%(n)s minute", "%(n)s minutes", value),
        Target.Unit.HOURS: ngettext("%(n)s hour", "%(n)s hours", value),
        Target.Unit.DAYS: ngettext("%(n)s day", "%(n)s days", value),
        Target.Unit.BUSINESS_DAYS: ngettext("%(n)s business day", "%(n)s business days", value),
    }[Target.Unit(unit)] % {"n": formats.number_format(value, use_l10n=True, force_grouping=True)}


def promise(clock: Clock) -> str:
    """The target in words, and since when it applies: "3 business days, in effect since Jan 1, 2026"."""
    words = target_length(int(clock.target_words.get("value", 0)), str(clock.target_words["unit"]))
    if service_levels.is_of_city(clock.target_words):
        return _("%(promise)s, the city’s target for priority 1") % {"promise": words}
    if clock.target is None:
        return _("%(promise)s, set by an answer") % {"promise": words}
    since = formats.date_format(timezone.localtime(clock.target.valid_from), "DATE_FORMAT")
    return _("%(promise)s, in effect since %(day)s") % {"promise": words, "day": since}


def stopped(clocks: Iterable[Clock]) -> str:
    """Since when and why a suspension stops one of these clocks: "The clock is stopped since Nov 26: Snow emergency"."""
    clock = next((clock for clock in clocks if clock.met_at is None and clock.suspension is not None), None)
    if clock is None or clock.suspension is None:
        return ""
    since = max(clock.suspension.starts_at, clock.started_at)
    return _("The clock has been stopped since %(day)s: %(reason)s") % {
        "day": formats.date_format(timezone.localtime(since), pgettext("short day format", "M j")),
        "reason": localized(clock.suspension.reason),
    }


_PRIORITY_REASONS = {
    "service": pgettext_lazy("why this priority", "service"),
    "staff": pgettext_lazy("why this priority", "staff"),
    "danger": pgettext_lazy("why this priority", "danger"),
    "answer": pgettext_lazy("why this priority", "answer"),
}


def priority_reason(service_request: ServiceRequest) -> str:
    """What set the priority: the service, staff, words about danger, or an answer."""
    return str(_PRIORITY_REASONS.get(service_request.priority_reason, _PRIORITY_REASONS["answer"]))
