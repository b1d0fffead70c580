"""The public's words for the status and outcome of a request, in the reader's language."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.core import units
from requests_app.core.localized import localized
from requests_app.models import Department, Disposition, ListedReason, ServiceRequest, Status
from requests_app.rules.promises import promises, service_levels
from requests_app.rules.promises.promises import Promise

METRES_IN_A_FOOT = 0.3048
FEET_IN_A_MILE = 5280
# Takes the place of the time while a day is written: no letter of any date format.
HERE = "\x00"
# Distances from here on are given in miles, or in kilometers.
FEET_MAX = 1000
METRES_MAX = 1000


def long_date(day: dt.date) -> str:
    """Tuesday, June 3 / martes, 3 de junio; with the year if it isn't this one."""
    if day.year != timezone.localdate().year:
        # Translators: PHP-style date format of a day in another year, as in "Tuesday, June 3, 2025".
        return formats.date_format(day, pgettext("day format", "l, F j, Y"))
    # Translators: PHP-style date format of a day without its year, as in "Tuesday, June 3".
    return formats.date_format(day, pgettext("day format", "l, F j"))


def month_day(day: dt.date) -> str:
    """June 3; June 3, 2025 if that isn't this year."""
    return _day_written(
        day, "MONTH_DAY_FORMAT" if day.year == timezone.localdate().year else "DATE_FORMAT", get_language()
    )


def long_time(at: dt.datetime, zone: dt.tzinfo) -> str:
    """Tuesday, June 3, 4:30 p.m. in the city's local time; with the year if it isn't this one."""
    local = at.astimezone(zone)
    if local.year != timezone.localdate(timezone=zone).year:
        # Translators: date format of a time in another year, as in "Tuesday, June 3, 2025, 4:30 p.m.".
        return _formatted(local, pgettext("time format", "l, F j, Y, P"))
    # Translators: date format of a time with its day, as in "Tuesday, June 3, 4:30 p.m.".
    return _formatted(local, pgettext("time format", "l, F j, P"))


def _formatted(local: dt.datetime, style: str) -> str:
    """As formats.date_format(). A list writes a thousand times, of few days and few minutes of the day, so both are kept."""
    if "P" not in style:
        # A language that writes the time with other letters.
        return formats.date_format(local, style)
    language = get_language()
    return _day_written(local.date(), style, language).replace(
        HERE, _minute_written(local.hour, local.minute, language)
    )


@lru_cache(4096)
def _day_written(day: dt.date, style: str, language: str | None) -> str:
    return formats.date_format(dt.datetime.combine(day, dt.time()), style.replace("P", HERE))


@lru_cache(4096)
def _minute_written(hour: int, minute: int, language: str | None) -> str:
    return formats.date_format(dt.datetime(2000, 1, 1, hour, minute), "P")


def how_long(length: dt.timedelta) -> str:
    """5 hours, 3 days. Rounded up, so that "or less" stays true."""
    hours = -(-length.total_seconds() // 3600)
    if hours < 48:
        hours = max(1, int(hours))
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = int(-(-hours // 24))
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def ago(at: dt.datetime, now: dt.datetime) -> str:
    """3 days ago / hace 3 días. Shown next to a date, never instead of one."""
    if now - at < dt.timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(at, now, depth=1)}


def away(meters: int) -> str:
    """30 feet (9 meters) away, or 0.4 miles away: reported locations are rarely more accurate than that."""
    if meters == 0:
        return _("At the same location")
    if meters >= (METRES_MAX if units.are_metric() else FEET_MAX * METRES_IN_A_FOOT):
        return _("%(distance)s away") % {"distance": drive_words(meters)}
    if units.are_metric():
        return ngettext("%(meters)d meter away", "%(meters)d meters away", meters) % {"meters": meters}
    words = ngettext("%(feet)d feet (%(meters)d meter) away", "%(feet)d feet (%(meters)d meters) away", meters)
    return words % {"meters": meters, "feet": round(meters / METRES_IN_A_FOOT)}


def distance_words(meters: int) -> str:
    """660 feet (200 meters) or 0.3 miles (500 meters): the radius of a search around a place. 200 meters in a metric city."""
    if units.are_metric():
        if meters < METRES_MAX:
            return ngettext("%(meters)d meter", "%(meters)d meters", meters) % {"meters": meters}
        return _("%(kilometers)s kilometers") % {"kilometers": formats.number_format(meters / 1000, decimal_pos=1)}
    feet = meters / METRES_IN_A_FOOT
    if feet > FEET_MAX:
        miles = formats.number_format(feet / FEET_IN_A_MILE, decimal_pos=1)
        return _("%(miles)s miles (%(meters)d meters)") % {"miles": miles, "meters": meters}
    return _("%(feet)d feet (%(meters)d meters)") % {"feet": round(feet / 10) * 10, "meters": meters}


def drive_words(meters: float) -> str:
    """6.2 miles: the length of a drive. 10.0 kilometers in a metric city."""
    # number_format() cuts digits off without rounding.
    if units.are_metric():
        return _("%(kilometers)s kilometers") % {"kilometers": formats.number_format(round(meters / 1000, 1), 1)}
    miles = round(meters / METRES_IN_A_FOOT / FEET_IN_A_MILE, 1)
    return _("%(miles)s miles") % {"miles": formats.number_format(miles, 1)}


def named_away(name: str, meters: float) -> str:
    """Street light L00417, 30 feet away: an asset among others."""
    if units.are_metric():
        distance = round(meters)
        words = ngettext("%(name)s, %(meters)d meter away", "%(name)s, %(meters)d meters away", distance)
        return words % {"name": name, "meters": distance}
    feet = round(meters / METRES_IN_A_FOOT)
    return ngettext("%(name)s, %(feet)d foot away", "%(name)s, %(feet)d feet away", feet) % {"name": name, "feet": feet}


# Translated where they are used, and one at a time: lists are long.
HOLD_REASONS = {
    "reporter": gettext_noop("your answer"),
    "other_group": gettext_noop("another team"),
    "weather": gettext_noop("better weather"),
    "parts": gettext_noop("parts"),
    "yearly_plan": gettext_noop("a yearly plan"),
    "request": gettext_noop("other work that has to be finished first"),
    "tasks": gettext_noop("other teams that are part of this work"),
}


def hold_words(service_request: ServiceRequest, *, to_reporter: bool = True) -> str:
    reason = service_request.hold_reason
    if reason == "reporter" and not to_reporter:
        return _("an answer from the person who reported it")
    if reason in HOLD_REASONS:
        return _(HOLD_REASONS[reason])
    listed = service_request.jurisdiction.reasons_by_code.get((ListedReason.Kind.HOLD, reason))
    return localized(listed.words) if listed else _("another team")


def reason_words(service_request: ServiceRequest) -> str:
    """The listed reason behind "we can't do this"."""
    code = service_request.disposition_reason
    listed = service_request.jurisdiction.reasons_by_code.get((ListedReason.Kind.CANNOT_DO, code))
    return localized(listed.words) if listed else ""


def outcome(service_request: ServiceRequest, *, to_reporter: bool = True) -> str:
    """How it ended, as residents read it. Only its reporter is addressed as "you"."""
    own = service_request.service_version.outcome_words.get(
        service_request.disposition
    ) or service_request.jurisdiction.outcome_words.get(service_request.disposition)
    if own:
        return localized(own)
    disposition = service_request.disposition
    if not to_reporter and disposition == Disposition.WITHDRAWN:
        return _("Withdrawn by the person who reported it")
    if not to_reporter and disposition == Disposition.NO_REPLY:
        return _("We didn’t get the answer we needed")
    if disposition == Disposition.HANDED_OVER and service_request.owner is not None:
        if service_request.owner_reference:
            return _("Sent to %(owner)s (their number: %(number)s)") % {
                "owner": service_request.owner.name,
                "number": service_request.owner_reference,
            }
        return _("Sent to %(owner)s") % {"owner": service_request.owner.name}
    if disposition == Disposition.CANNOT_DO:
        reason = reason_words(service_request)
        if reason:
            return _("We can’t do this because %(reason)s") % {"reason": reason}
    return _(OUTCOMES[Disposition(disposition)])


OUTCOMES = {
    Disposition.FIXED: gettext_noop("Fixed"),
    Disposition.ACTION_TAKEN: gettext_noop("We took action"),
    Disposition.ANSWERED: gettext_noop("Answered"),
    Disposition.HANDED_OVER: gettext_noop("Sent to another office"),
    Disposition.DUPLICATE: gettext_noop("Combined with an earlier report"),
    Disposition.NOT_FOUND: gettext_noop("We looked and couldn’t find it"),
    Disposition.CANNOT_DO: gettext_noop("We can’t do this"),
    Disposition.NO_REPLY: gettext_noop("We didn’t hear back from you"),
    Disposition.WITHDRAWN: gettext_noop("You withdrew this report"),
    Disposition.NOT_WORKED: gettext_noop("Closed without a visit"),
    Disposition.REMOVED: gettext_noop("Removed"),
}


# Those whose name says nothing more than how it ended. The others name an owner, a reason or who did it.
NAMED_BY_CITY = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.DUPLICATE,
    Disposition.NOT_FOUND,
    Disposition.NO_REPLY,
)


def usual_outcome(disposition: Disposition) -> str:
    """What it is called where the city has no words of its own."""
    return _(OUTCOMES[disposition])


def words_by_code() -> dict[str, str]:
    """Public name of each status and outcome code, for the map, which only knows codes."""
    return {
        Status.RECEIVED.value: _("Received"),
        Status.ROUTED.value: _("Received"),
        Status.IN_PROGRESS.value: _("In progress"),
        Status.ON_HOLD.value: _("Waiting"),
        **{disposition.value: _(words) for disposition, words in OUTCOMES.items()},
        Disposition.NO_REPLY.value: _("We didn’t get the answer we needed"),
        Disposition.WITHDRAWN.value: _("Withdrawn by the person who reported it"),
    }


def status_words(service_request: ServiceRequest, *, to_reporter: bool = True, now: dt.datetime | None = None) -> str:
    """Current status, as residents read it. They see no difference between closed and resolved.

    now: app_now(), for a list, so that no row asks for it.
    """
    status = service_request.status
    if status in (Status.RESOLVED, Status.CLOSED):
        return outcome(service_request, to_reporter=to_reporter)
    if status == Status.ON_HOLD:
        if service_request.hold_until:
            return _("On hold until %(date)s: waiting for %(reason)s") % {
                "reason": hold_words(service_request, to_reporter=to_reporter),
                "date": long_date(service_request.hold_until),
            }
        return _("Waiting for %(reason)s") % {"reason": hold_words(service_request, to_reporter=to_reporter)}
    if status == Status.IN_PROGRESS:
        if service_request.made_safe_at and not service_request.scheduled_for:
            return _("Made safe for now; repair still to come")
        if service_request.scheduled_for:
            words = (
                _("Scheduled for %(date)s") if _is_planned(service_request, now) else _("Was scheduled for %(date)s")
            )
            return words % {"date": long_date(service_request.scheduled_for)}
        return _("In progress")
    if service_request.reopened_count:
        return _("Reopened")
    if status == Status.ROUTED and service_request.department is not None:
        return _("Sent to %(department)s") % {"department": localized(service_request.department.name)}
    return _("Received")


def now_for(rows: Iterable[ServiceRequest]) -> dt.datetime | None:
    """app_now() for the status words of a list, read once; None if none of them has a plan."""
    return app_now() if any(row.scheduled_for for row in rows) else None


@dataclass(frozen=True)
class NextStep:
    """Who acts next and by when, with one date at most. `sentence` says both."""

    sentence: str
    due_at: dt.datetime | None = None


def _responsible(service_request: ServiceRequest) -> Department | None:
    """The department that has or will get the request; None while 311 staff decide."""
    if service_request.department is None and not service_request.in_triage:
        return service_request.service_version.department
    return service_request.department


def department_words(service_request: ServiceRequest) -> str:
    department = _responsible(service_request)
    return localized(department.name) if department else _("The 311 Center")


def next_step(
    service_request: ServiceRequest,
    promise: Promise | None = None,
    *,
    to_reporter: bool = True,
    now: dt.datetime | None = None,
) -> NextStep:
    """ "Streets will review it by …" until it is acknowledged, then "Target: fixed by …"; a time that passed says so.

    promise, and now (app_now()): for a list, so that no row asks for them.
    """
    if not service_request.is_open:
        return NextStep("")
    who = department_words(service_request)
    if service_request.status == Status.ON_HOLD:
        if service_request.waits_for_reporter:
            return NextStep(_waiting_for_answer(service_request, to_reporter=to_reporter))
        return NextStep(_("%(department)s will continue when the wait is over.") % {"department": who})
    if service_request.status == Status.IN_PROGRESS and _is_planned(service_request, now):
        # The status already gives the day; a second date would confuse.
        return NextStep(
            _("%(department)s plans to work on it that day. This is a plan, not a promise.") % {"department": who}
        )
    now = now or app_now()
    promise = promise or promises.of(service_request, now=now)
    return next(
        _promises(service_request, promise, now), NextStep(_("%(department)s is handling it.") % {"department": who})
    )


def _waiting_for_answer(service_request: ServiceRequest, *, to_reporter: bool) -> str:
    """The status gives the day until which we wait."""
    if not to_reporter:
        return _("We’ll continue when we have the answer.")
    words = _("We can’t continue until you answer.")
    if service_request.hold_until is None:
        return words
    return f"{words} " + _(
        "If we don’t hear from you by then, we’ll close your report. You can still answer later, and we’ll open it again."
    )


def _is_planned(service_request: ServiceRequest, now: dt.datetime | None) -> bool:
    day = service_request.scheduled_for
    return day is not None and day >= (now or app_now()).astimezone(service_request.jurisdiction.zone).date()


def read_later(service_request: ServiceRequest) -> str:
    """Outside working hours: who will see it and when, or only that they're closed if somebody else reviews it before. Empty during
    working hours."""
    department = service_request.department or service_request.service_version.department
    hours = service_levels.working_hours(department.calendar, service_request.jurisdiction.zone)
    now = app_now()
    opens = None if hours.always else hours.add(now, 0)
    if opens is None or opens <= now:
        return ""
    responsible = _responsible(service_request)
    review_by = service_request.acknowledge_due_at
    if review_by is not None and review_by < opens:
        if responsible is None:
            return _("The 311 Center is closed now.")
        return _("%(department)s is closed now.") % {"department": localized(responsible.name)}
    time = long_time(opens, service_request.jurisdiction.zone)
    if responsible is None:
        return one_stop(_("The 311 Center is closed. We’ll see your report when we open %(time)s.") % {"time": time})
    words = _("%(department)s is closed. They’ll see your report when they open %(time)s.")
    return one_stop(words % {"department": localized(responsible.name), "time": time})


def promised_steps(service_request: ServiceRequest) -> list[NextStep]:
    """Until when we'll review it (unless we have) and the target for finishing it. The page after sending shows both."""
    now = app_now()
    return list(_promises(service_request, promises.of(service_request, now=now), now))


def _promises(service_request: ServiceRequest, promise: Promise, now: dt.datetime) -> Iterator[NextStep]:
    """One at a time: a list of a thousand reports shows only the first of each."""
    zone = service_request.jurisdiction.zone
    if (due := promise.review_by) is not None:
        sentence = (
            _("%(department)s will review it by %(time)s.")
            if due >= now
            else _("%(department)s planned to review it by %(time)s, but hasn’t yet. It’s still on our list.")
        )
        who = department_words(service_request)
        yield NextStep(one_stop(sentence % {"department": who, "time": long_time(due, zone)}), due)
    if (due := promise.target) is not None:
        time = long_time(due, zone)
        if due < now:
            sentence = one_stop(
                _("Our target was to fix it by %(time)s. We missed it, but this is still on our list.") % {"time": time}
            )
        elif promise.is_usually_missed:
            sentence = one_stop(_("Goal: %(time)s.") % {"time": time})
        else:
            sentence = one_stop(_("Target: fixed by %(time)s. This is a target, not a promise.") % {"time": time})
        yield NextStep(" ".join(filter(None, [sentence, _history(service_request, promise, now)])), due)


def _history(service_request: ServiceRequest, promise: Promise, now: dt.datetime) -> str:
    """What is usual where the target is usually missed: half, or 8 in 10 once that time is past too. Empty: nothing to say."""
    if promise.history is None:
        return ""
    half, most = promise.history.half, promise.history.most
    if half is None:
        return _("Most reports like it take longer.")
    if service_request.submitted_at + half > now:
        return _("Half are fixed within %(time)s.") % {"time": how_long(half)}
    if most is not None and service_request.submitted_at + most > now:
        return _("8 in 10 are fixed within %(time)s.") % {"time": how_long(most)}
    return ""


def one_stop(text: str) -> str:
    """Drops the second period after a time that ends a sentence: "8:30 p.m."."""
    return text.replace("..", ".")
