"""Requests that somebody snoozed: hidden from their own lists until a time, or until something happens that cannot wait."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from requests_app import event_kinds
from requests_app.clock import AppNow, app_now
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Event, Jurisdiction, Snooze, User

# As many as one person may have at a time.
MAX = 200
LONGEST = dt.timedelta(days=365)
# What ends a snooze early: the reporter replied, it came back, or it became urgent.
WAKING = event_kinds.where(told="snoozed")


def active(user: User | Parameter, city: Jurisdiction | Parameter) -> "QuerySet[Snooze]":
    """Soonest first."""
    woken = Event.objects.filter(
        service_request=OuterRef("service_request"), id__gt=OuterRef("last_event_id"), kind__in=WAKING
    )
    found = Snooze.objects.filter(user=user, service_request__jurisdiction=city, until__gt=AppNow())
    return found.filter(~Exists(woken)).order_by("until", "id")


_HIDDEN = Prepared(
    lambda: active(Parameter("user"), Parameter("city")).values_list("service_request_id", flat=True)[:MAX]
)


def hidden_ids(user: User, city: Jurisdiction) -> list[int]:
    """The requests that this user's lists leave out. A short list of ids: a subquery would be planned in each tab's count.

    Loaded once and cached on the user object.
    """
    cached: list[int] | None = getattr(user, "_snoozed", None)
    if cached is None:
        cached = _HIDDEN.rows(user=user.pk, city=city.pk)
        setattr(user, "_snoozed", cached)  # noqa: B010  (a cache, not a field of User)
    return cached


def morning(city: Jurisdiction, day: dt.date) -> dt.datetime:
    """When a request that is snoozed until this day comes back: as the city's day begins."""
    return dt.datetime.combine(day, dt.time(), city.zone)


def tomorrow(city: Jurisdiction) -> dt.date:
    return _today(city) + dt.timedelta(days=1)


def next_week(city: Jurisdiction) -> dt.date:
    """Next Monday."""
    today = _today(city)
    return today + dt.timedelta(days=7 - today.weekday())


def last_day(city: Jurisdiction) -> dt.date:
    return _today(city) + LONGEST


def _today(city: Jurisdiction) -> dt.date:
    return app_now().astimezone(city.zone).date()
