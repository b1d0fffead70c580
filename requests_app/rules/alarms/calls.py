"""Who is alerted of danger, and who next: rosters, supervisors, and the desk's night number."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from requests_app.models.alarm import Alarm, AlarmCall, OnCall
from requests_app.models.catalog import Department
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Membership, User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.states import PublicState
from requests_app.rules.alarms import screening
from requests_app.rules.people import leaves, permissions

Level = AlarmCall.Level
# The kinds of danger that a city can set contacts of its own for.
KINDS_ON_CALL = [kind.value for kind in screening.FIRST if kind in screening.DISTRESS]


@dataclass(frozen=True)
class Callee:
    """Somebody to alert. email and phone: where; at least one of them. name: empty for the desk's night number."""

    level: Level
    name: str
    email: str = ""
    phone: str = ""
    user: User | None = None

    @property
    def key(self) -> str:
        """The same for one person on two rosters."""
        if self.user is not None:
            return f"user:{self.user.pk}"
        return self.email.lower() or _digits(self.phone)


def chain(service_request: ServiceRequest, at: dt.datetime, kind: str = "") -> list[Callee]:
    """Everybody who can be alerted at this time, in order, each once. kind: of the danger.

    The department's roster, its supervisor, the desk's roster, and the desk's night number. The desk begins while the request
    has no department or is pending review. Distress, which is about a person, is nothing for a crew: those whom the city set for
    the kind are first, then the desk. People who have left and contacts without an address are left out.
    """
    city = service_request.jurisdiction
    department = service_request.department
    if service_request.public_state == PublicState.PENDING_REVIEW or kind in screening.DISTRESS:
        department = None
    callees = []
    if kind in screening.DISTRESS:
        callees += on_duty(city, None, at, kind)
    if department is not None:
        callees += on_duty(city, department, at)
        callees += _supervisor(permissions.find_supervisor(department))
        callees += on_duty(city, None, at)
    else:
        callees += on_duty(city, None, at)
        callees += _supervisor(_city_supervisor(city))
    if night_number := city.desk_night_number or city.all_night_number:
        callees.append(Callee(Level.NIGHT_NUMBER, "", phone=night_number))
    once: dict[str, Callee] = {}
    for callee in callees:
        if channels(callee):
            once.setdefault(callee.key, callee)
    return list(once.values())


def next_callee(alarm: Alarm, alerted: Collection[str], at: dt.datetime) -> Callee | None:
    """The first who was not alerted yet (by key); None if everybody was, or there is nobody."""
    callees = chain(alarm.service_request, at, alarm.kind)
    return next((callee for callee in callees if callee.key not in alerted), None)


def is_theirs(call: AlarmCall) -> bool:
    """Whether the alarm still concerns somebody who was alerted. A crew's no longer does once its request tells of distress."""
    if call.alarm.kind not in screening.DISTRESS or call.level in (Level.DANGER, Level.DESK, Level.NIGHT_NUMBER):
        return True
    if call.user_id is None:
        return False
    return _city_supervisors(call.alarm.service_request.jurisdiction).filter(pk=call.user_id).exists()


def channels(callee: Callee) -> list[tuple[AlarmCall.Channel, str]]:
    """How to reach them: channel and address. Text messages only if a gateway is set up."""
    found = []
    if callee.email:
        found.append((AlarmCall.Channel.EMAIL, callee.email))
    if has_sms() and _digits(callee.phone):
        found.append((AlarmCall.Channel.SMS, callee.phone))
    return found


def has_sms() -> bool:
    return bool(settings.SMS_BACKEND)


def on_duty(city: Jurisdiction, department: Department | None, at: dt.datetime, kind: str = "") -> list[Callee]:
    """The people of a roster who are on duty, in its order. department None: the desk's, or that of a kind of danger."""
    level = Level.DEPARTMENT if department is not None else Level.DANGER if kind else Level.DESK
    entries = OnCall.objects.filter(jurisdiction=city, department=department, kind=kind).select_related("user")
    local = at.astimezone(city.zone)
    away = leaves.away_ids(city, local.date())
    working = [entry for entry in _working(city, entries) if entry.user_id not in away]
    return [_callee(entry, level) for entry in working if is_on_duty(entry, local)]


def reachable(city: Jurisdiction, entries: Iterable[OnCall]) -> list[OnCall]:
    """Those of these lines whose people still work here and can be alerted."""
    return [entry for entry in _working(city, entries) if channels(_callee(entry, Level.DEPARTMENT))]


def _working(city: Jurisdiction, entries: Iterable[OnCall]) -> list[OnCall]:
    """Without people who have left."""
    entries = list(entries)
    working = set(
        Membership.objects.filter(jurisdiction=city, user__in=[entry.user_id for entry in entries if entry.user_id])
        .filter(user__is_active=True)
        .values_list("user_id", flat=True)
    )
    return [entry for entry in entries if entry.user_id is None or entry.user_id in working]


def _callee(entry: OnCall, level: Level) -> Callee:
    if entry.user is None:
        return Callee(level, entry.name, entry.email, entry.phone)
    return Callee(level, str(entry.user), entry.user.email, entry.phone, entry.user)


def is_on_duty(entry: OnCall, local: dt.datetime) -> bool:
    """Whether a line of a roster applies at a time of the city's clock. A shift without two different times lasts all day."""
    day, time = local.weekday(), local.time()
    starts, ends = entry.starts_at, entry.ends_at
    if starts is not None and ends is not None and starts != ends:
        if starts < ends:
            if not starts <= time < ends:
                return False
        elif time < ends:
            # The part after midnight belongs to the day before.
            day = (day - 1) % 7
        elif time < starts:
            return False
    return not entry.weekdays or day in entry.weekdays


def _supervisor(user: User | None) -> list[Callee]:
    return [Callee(Level.SUPERVISOR, str(user), user.email, user=user)] if user is not None else []


def _city_supervisor(city: Jurisdiction) -> User | None:
    """Somebody who supervises the whole city."""
    return _city_supervisors(city).exclude(pk__in=leaves.away_ids(city)).order_by("id").first()


def _city_supervisors(city: Jurisdiction) -> QuerySet[User]:
    supervises = Q(memberships__department=None, memberships__role__permissions__contains=["supervise"])
    return User.objects.filter(supervises, memberships__jurisdiction=city, is_active=True)


def _digits(phone: str) -> str:
    return "".join(symbol for symbol in phone if symbol.isdigit())
