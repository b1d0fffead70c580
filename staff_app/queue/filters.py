"""The filters of the queue: read from an address, applied to requests, shown as chips, and written back to an address.

Whatever links to rows of the queue (tabs, saved views, figures) uses these parameters.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import (
    OPEN,
    Asset,
    Channel,
    Department,
    Disposition,
    Jurisdiction,
    Membership,
    PublicState,
    RequestArea,
    Service,
    ServiceRequest,
    Status,
    User,
)
from requests_app.rules.people import permissions
from requests_app.rules.promises import on_time
from requests_app.rules.promises.lateness import late_rows
from requests_app.rules.promises.silence import QUIET_SINCE
from requests_app.rules.shared import directory as directories
from requests_app.rules.shared.directory import Directory
from requests_app.rules.work.attention import ATTENTION
from staff_app import due
from staff_app.queue.languages import language_name

if TYPE_CHECKING:
    from staff_app.queue.listing import Rows

Text = str | Promise
Pairs = list[tuple[str, str]]

MANY = 50
QUERY_MAX = 200
ME, NOBODY = "me", "nobody"
PEOPLE: dict[str, Text] = {ME: gettext_lazy("Me"), NOBODY: gettext_lazy("Nobody")}

STATUSES: dict[str, Text] = {
    Status.RECEIVED: gettext_lazy("Received"),
    Status.ROUTED: gettext_lazy("Routed"),
    Status.IN_PROGRESS: gettext_lazy("In progress"),
    Status.ON_HOLD: gettext_lazy("On hold"),
    Status.RESOLVED: gettext_lazy("Resolved"),
    Status.CLOSED: gettext_lazy("Closed"),
}
PUBLIC_STATES: dict[str, Text] = {
    PublicState.PUBLIC: gettext_lazy("Public"),
    PublicState.PENDING_REVIEW: gettext_lazy("Pending review"),
    PublicState.HIDDEN: gettext_lazy("Hidden"),
    PublicState.PRIVATE: gettext_lazy("Confidential"),
    PublicState.STAFF: gettext_lazy("Staff only"),
}
CHANNELS: dict[str, Text] = {
    Channel.WEB: gettext_lazy("Website"),
    Channel.PHONE: gettext_lazy("Phone"),
    Channel.COUNTER: gettext_lazy("In person"),
    Channel.EMAIL: gettext_lazy("Email"),
    Channel.TEXT: gettext_lazy("Text message"),
    Channel.CHAT: gettext_lazy("Chat"),
    Channel.LETTER: gettext_lazy("Letter"),
    Channel.API: gettext_lazy("Another app"),
    Channel.STAFF: gettext_lazy("Staff"),
    Channel.SENSOR: gettext_lazy("Sensor"),
    Channel.IMPORT: gettext_lazy("Imported"),
}
# A condition, or one that depends on the city and the time.
FLAGS: dict[str, tuple[Text, Q | Callable[[Jurisdiction, dt.datetime], Q]]] = {
    "danger": (gettext_lazy("Danger"), Q(priority_reason="danger")),
    "after_warning": (gettext_lazy("Sent after warning"), Q(after_warning=True)),
    "threat": (gettext_lazy("Threat"), Q(review_reason="threat")),
    "not_accepted": (
        gettext_lazy("Not accepted yet"),
        Q(acknowledged_at=None, status__in=[Status.RECEIVED, Status.ROUTED]),
    ),
    "new_reply": (gettext_lazy("New reply"), Q(has_new_answer=True)),
    "reopened": (pgettext_lazy("requests", "Reopened"), Q(reopened_count__gt=0)),
    "several_people": (gettext_lazy("Several people"), Q(people_count__gt=1) | Q(me_too_count__gt=0)),
    # Those that have a filter of their own are not flags.
    **{code: (kind.name, kind.rows) for code, kind in ATTENTION.items() if ("flag", code) in kind.query},
    "thanked": (gettext_lazy("Thanked by residents"), Q(thanks_count__gt=0)),
    "missed": (gettext_lazy("Ended after its due time"), on_time.missed()),
    "original": (gettext_lazy("Without duplicates"), Q(duplicate_of=None)),
}
# Without one, the rows come in the order of their tab: what is urgent first.
SORTS: dict[str, Text] = {
    "due": gettext_lazy("Due time"),
    "reported": gettext_lazy("Newest first"),
    "priority": gettext_lazy("Priority"),
    "quiet": gettext_lazy("Longest without an update"),
}
COLUMNS: dict[str, Text] = {
    "reference": gettext_lazy("Number"),
    "reported": gettext_lazy("Reported"),
    "quiet": gettext_lazy("Days without an update"),
}

# In the order of the form and of the chips.
NAMES: dict[str, Text] = {
    "status": gettext_lazy("Status"),
    "outcome": gettext_lazy("Outcome"),
    "assignee": gettext_lazy("Assigned to"),
    "team": gettext_lazy("Team"),
    "department": gettext_lazy("Department"),
    "category": gettext_lazy("Category"),
    "service": gettext_lazy("Service"),
    "priority": gettext_lazy("Priority"),
    "area": gettext_lazy("Area"),
    "channel": gettext_lazy("Reported by"),
    "language": gettext_lazy("Language"),
    "flag": gettext_lazy("Flag"),
    "public_state": gettext_lazy("Seen by the public"),
    "asset": gettext_lazy("Asset"),
    "from": gettext_lazy("Reported from"),
    "to": gettext_lazy("Reported until"),
    "quiet": gettext_lazy("Days without an update"),
    "late": pgettext_lazy("requests", "Late"),
    "ended": gettext_lazy("Ended in the last days"),
    "address": gettext_lazy("Address"),
}
# One value only; the last one in the address.
SINGLE = {"asset", "from", "to", "quiet", "late", "ended", "address", "sort", "q"}


@dataclass(frozen=True)
class Chip:
    """One filter as its name and a label, with the rest of the address without it."""

    name: Text
    label: str
    query_without: Pairs


@dataclass(frozen=True)
class QueueFilter:
    """What an address asks for. chosen: valid values by parameter, as in the address; unknown: sentences about the others."""

    user: User
    city: Jurisdiction
    directory: Directory
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words_of: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    q: str = ""
    sort: str = ""
    columns: tuple[str, ...] = ()
    tab: str = ""

    @classmethod
    def from_query(cls, query: Any, user: User, city: Jurisdiction) -> "QueueFilter":
        """query: a QueryDict, or pairs as from query(). A value that is unknown or gone is left out and named in `unknown`."""
        pairs = list(query.lists()) if hasattr(query, "lists") else _grouped(query)
        typed = {name: [_clean(value) for value in values if _clean(value)] for name, values in pairs}
        chosen = cls._read(typed, _Reader(user, city, directories.of(city)))
        # What the directory doesn't know may be a minute old.
        return cls._read(typed, _Reader(user, city, directories.of(city, reload=True))) if chosen.unknown else chosen

    @classmethod
    def _read(cls, typed: Mapping[str, list[str]], reader: "_Reader") -> "QueueFilter":
        chosen: dict[str, tuple[str, ...]] = {}
        words_of: dict[tuple[str, str], str] = {}
        unknown: list[str] = []
        for name in NAMES:
            values = list(dict.fromkeys(typed.get(name, [])))[:MANY]
            for value in values[-1:] if name in SINGLE else values:
                read = reader.read(name, value)
                if read is None:
                    unknown.append(_unknown(name, value))
                    continue
                code, words = read
                if code not in chosen.get(name, ()):
                    chosen[name] = (*chosen.get(name, ()), code)
                    words_of[name, code] = words
        sort = next(iter(typed.get("sort", [])[-1:]), "")
        return cls(
            user=reader.user,
            city=reader.city,
            directory=reader.directory,
            chosen=chosen,
            words_of=words_of,
            unknown=tuple(unknown),
            q=" ".join(typed.get("q", [])[-1:])[:QUERY_MAX],
            sort=sort if sort in SORTS else "",
            columns=tuple(name for name in COLUMNS if name in typed.get("columns", [])),
            tab=next(iter(typed.get("tab", [])[-1:]), ""),
        )

    # --- Rows --------------------------------------------------------------------------------------------------------------

    def apply(self, queryset: "Rows") -> "Rows":
        """The rows that match, without the words of `q` (see search.py) and without the tab."""
        for name, values in self.chosen.items():
            queryset = FILTERS[name](self, queryset, values)
        return queryset

    @property
    def covers_ended(self) -> bool:
        """Whether it asks for requests that have ended, which tabs of open ones leave out."""
        if "ended" in self.chosen:
            return True
        return "outcome" in self.chosen or any(status not in OPEN for status in self.chosen.get("status", ()))

    @property
    def departments(self) -> list[Department]:
        codes = self.chosen.get("department", ())
        return [self.directory.department_by_code[code] for code in codes]

    # --- Words and addresses --------------------------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.chosen or self.q)

    def query(self, *, sort: bool = True) -> Pairs:
        """Pairs for a link or to be stored; without the tab, the page and the columns."""
        pairs = [(name, value) for name, values in self.chosen.items() for value in values]
        if self.q:
            pairs.insert(0, ("q", self.q))
        return [*pairs, ("sort", self.sort)] if sort and self.sort else pairs

    def urlencode(self, **extra: str) -> str:
        return urlencode([*self.query(), *extra.items()])

    def chips(self) -> list[Chip]:
        pairs = self.query()
        chips = [
            Chip(NAMES[name], self.words_of[name, value], [pair for pair in pairs if pair != (name, value)])
            for name, values in self.chosen.items()
            for value in values
        ]
        if self.q:
            chips.insert(0, Chip(_("Search"), f"“{self.q}”", [pair for pair in pairs if pair[0] != "q"]))
        return chips

    def sentence(self) -> str:
        """ "Department: Streets · Area: Ward 5"; empty without filters."""
        return " · ".join(f"{chip.name}: {chip.label}" for chip in self.chips())

    def has(self, name: str, value: str) -> bool:
        return value in self.chosen.get(name, ())

    def value(self, name: str) -> str:
        return next(iter(self.chosen.get(name, ())), "")

    def without_words(self) -> "QueueFilter":
        return replace(self, q="")


def _grouped(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(str(name), []).append(str(value))
    return list(grouped.items())


def _clean(value: str) -> str:
    return " ".join(value.replace("\x00", " ").split())[:QUERY_MAX]


def _unknown(name: str, value: str) -> str:
    return _("%(filter)s “%(value)s” no longer exists or you don’t have access to it, so it was left out.") % {
        "filter": NAMES[name],
        "value": value[:60],
    }


# --- Reading values: each returns the value for the address, and its words; or None -----------------------------


@dataclass
class _Reader:
    user: User
    city: Jurisdiction
    directory: Directory

    def read(self, name: str, value: str) -> tuple[str, str] | None:
        if name in CODES:
            words = CODES[name].get(value)
            return None if words is None else (value, str(words))
        return getattr(self, f"_{name}")(value)

    def _outcome(self, value: str) -> tuple[str, str] | None:
        return (value, due.disposition_words(value)) if value in Disposition.values else None

    def _assignee(self, value: str) -> tuple[str, str] | None:
        if value in (ME, NOBODY):
            return value, str(PEOPLE[value])
        if not _is_id(value):
            return None
        here = Membership.objects.filter(user=OuterRef("pk"), jurisdiction=self.city)
        # Who left no longer has a membership, but may still be named on requests.
        named = ServiceRequest.objects.filter(assignee=OuterRef("pk"), jurisdiction=self.city, status__in=OPEN)
        user = User.objects.filter(Exists(here) | Exists(named), pk=int(value)).only("name", "email").first()
        return (value, str(user)) if user else None

    def _team(self, value: str) -> tuple[str, str] | None:
        team = self.directory.teams.get(int(value)) if _is_id(value) else None
        mine = {department.pk for department in departments_of(self.user, self.city)}
        return (value, str(team)) if team and team.department_id in mine else None

    def _department(self, value: str) -> tuple[str, str] | None:
        mine = {one.code: one for one in departments_of(self.user, self.city)}
        # Gone departments still have requests; city-wide roles may look at them.
        gone = self.directory.department_by_code.get(value)
        department = mine.get(value) or (gone if gone and sees_whole_city(self.user, self.city) else None)
        return (value, str(department)) if department else None

    def _category(self, value: str) -> tuple[str, str] | None:
        category = self.directory.category_by_code.get(value)
        if category is None and _is_id(value):
            category = self.directory.categories.get(int(value))
        return (category.code, localized(category.name)) if category else None

    def _service(self, value: str) -> tuple[str, str] | None:
        service = self.directory.service_by_code.get(value)
        return (value, service_name(service)) if service else None

    def _priority(self, value: str) -> tuple[str, str] | None:
        return (value, f"P{value}") if value in ("1", "2", "3", "4") else None

    def _area(self, value: str) -> tuple[str, str] | None:
        area = self.directory.areas.get(int(value)) if _is_id(value) else None
        return (value, area.label) if area else None

    def _language(self, value: str) -> tuple[str, str] | None:
        value = value.lower()
        return (value, language_name(value)) if len(value) <= 12 and value.replace("-", "").isalpha() else None

    def _asset(self, value: str) -> tuple[str, str] | None:
        found = Asset.objects.filter(jurisdiction=self.city, asset_id__iexact=value).only("asset_id").first()
        return (found.asset_id, found.asset_id) if found else None

    def _from(self, value: str) -> tuple[str, str] | None:
        day = _day(value)
        return (value, formats.date_format(day, "DATE_FORMAT")) if day else None

    _to = _from

    def _quiet(self, value: str) -> tuple[str, str] | None:
        if not value.isdecimal() or not 0 < int(value[:6]) <= 3650:
            return None
        days = int(value[:6])
        return str(days), ngettext("%(n)s day", "%(n)s days", days) % {"n": days}

    _ended = _quiet

    def _address(self, value: str) -> tuple[str, str] | None:
        return value, value

    def _late(self, value: str) -> tuple[str, str] | None:
        return ("1", _("Yes")) if value == "1" else None


CODES: dict[str, Mapping[str, Text]] = {
    "status": STATUSES,
    "public_state": PUBLIC_STATES,
    "channel": CHANNELS,
    "flag": {code: words for code, (words, _rows) in FLAGS.items()},
}


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def service_name(service: Service) -> str:
    return localized(service.current.name) if service.current else service.service_code


def sees_whole_city(user: User, city: Jurisdiction) -> bool:
    return any(one.jurisdiction_id == city.pk and one.department_id is None for one in permissions.memberships_of(user))


def departments_of(user: User, city: Jurisdiction) -> list[Department]:
    """Departments whose requests this user may see, by name; all active ones for city-wide roles."""
    if sees_whole_city(user, city):
        found = [one for one in directories.of(city).departments.values() if one.active]
    else:
        memberships = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
        found = list({one.department.pk: one.department for one in memberships if one.department is not None}.values())
    return sorted(found, key=lambda department: str(department).casefold())


# --- Applying values ------------------------------------------------------------------------------------------------------------

Values = tuple[str, ...]
Filter = Callable[[QueueFilter, "Rows", Values], "Rows"]


def _column(name: str) -> Filter:
    return lambda _filter, rows, values: rows.filter(**{f"{name}__in": list(values)})


def _by_assignee(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    people = [chosen.user.pk if value == ME else int(value) for value in values if value != NOBODY]
    either = Q(assignee__in=people) if people else Q()
    return rows.filter(either | Q(assignee=None) if NOBODY in values else either)


def _by_department(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    return rows.filter(department__in=[chosen.directory.department_by_code[code].pk for code in values])


def _by_service(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    return rows.filter(service__in=[chosen.directory.service_by_code[code].pk for code in values])


def _by_category(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    """By the category that a service has now."""
    categories = {chosen.directory.category_by_code[code].pk for code in values}
    services = [
        service.pk
        for service in chosen.directory.services.values()
        if service.current is not None and service.current.category_id in categories
    ]
    return rows.filter(service__in=services)


def _by_area(_chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    inside = RequestArea.objects.filter(service_request=OuterRef("pk"), area__in=[int(value) for value in values])
    return rows.filter(Exists(inside))


def _by_flag(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    either, now = Q(), app_now()
    for value in values:
        condition = FLAGS[value][1]
        either |= condition if isinstance(condition, Q) else condition(chosen.city, now)
    return rows.filter(either)


def _by_asset(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    return rows.filter(asset__in=Asset.objects.filter(jurisdiction=chosen.city, asset_id__in=list(values)))


def _since(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    return rows.filter(submitted_at__gte=_midnight(chosen.city, dt.date.fromisoformat(values[0])))


def _until(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    day = dt.date.fromisoformat(values[0])
    return rows if day == dt.date.max else rows.filter(submitted_at__lt=_midnight(chosen.city, day + dt.timedelta(1)))


def _midnight(city: Jurisdiction, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), city.zone)


def _by_quiet(_chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    since = app_now() - dt.timedelta(days=int(values[0]))
    return rows.alias(quiet_since=QUIET_SINCE).filter(quiet_since__lte=since)


def _by_late(_chosen: QueueFilter, rows: "Rows", _values: Values) -> "Rows":
    return rows.filter(late_rows(app_now()), status__in=OPEN)


def _by_ended(chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    """In so many days of the city, today included."""
    today = app_now().astimezone(chosen.city.zone).date()
    since = _midnight(chosen.city, today - dt.timedelta(days=int(values[0]) - 1))
    # By service, which has an index of what ended recently.
    return rows.filter(service__in=list(chosen.directory.services), resolved_at__gte=since).exclude(status__in=OPEN)


def _by_address(_chosen: QueueFilter, rows: "Rows", values: Values) -> "Rows":
    return rows.filter(public_address=values[0])


FILTERS: dict[str, Filter] = {
    "status": _column("status"),
    "outcome": _column("disposition"),
    "assignee": _by_assignee,
    "team": _column("team"),
    "department": _by_department,
    "category": _by_category,
    "service": _by_service,
    "priority": _column("priority"),
    "area": _by_area,
    "channel": _column("channel"),
    "language": _column("language"),
    "flag": _by_flag,
    "public_state": _column("public_state"),
    "asset": _by_asset,
    "from": _since,
    "to": _until,
    "quiet": _by_quiet,
    "late": _by_late,
    "ended": _by_ended,
    "address": _by_address,
}
