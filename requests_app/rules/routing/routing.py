"""Chooses a department: the first matching rule of the city's routing table, else the service's department, else triage.

Requests that come in and simulations of a draft ask the same RuleSet.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from requests_app.core.prepared import Parameter, Prepared
from requests_app.models.catalog import Calendar, Department, RoutingRule, ServiceVersion
from requests_app.models.geography import Owner
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.routing import RoutingVersion
from requests_app.models.service_request import ServiceRequest
from requests_app.models.states import UNKNOWN_SERVICE
from requests_app.models.team import Team
from requests_app.places import ownership
from requests_app.rules.alarms.screening import plain
from requests_app.rules.promises.service_levels import WEEKDAYS, working_hours

Definition = dict[str, Any]


def _never(calendar: str) -> bool:
    return False


@dataclass(frozen=True)
class Facts:
    """What rules ask of a request. plain_text: as screening.plain() writes it. at: when it came in, in the city's time zone.

    is_open: whether it came in during the working hours of a calendar, by its code.
    """

    service_code: str
    areas: Collection[tuple[str, str]] = ()
    answers: Mapping[str, Collection[str]] = field(default_factory=dict)
    plain_text: str = ""
    channel: str = ""
    priority: int = 3
    at: dt.datetime | None = None
    is_open: Callable[[str], bool] = _never


class Conditions:
    """The conditions of a rule as a catalog file writes them, prepared to be tried on many requests."""

    def __init__(self, when: Definition) -> None:
        place = when.get("areas") or {}
        hours = str(when.get("hours") or "")
        calendar = when.get("working_hours") or {}
        self.is_empty = not when
        self.services = frozenset(when.get("services") or ())
        self.areas = frozenset((place.get("layer"), str(code)) for code in place.get("codes") or ())
        self.answers = {
            question: frozenset(map(str, values)) for question, values in (when.get("answers") or {}).items()
        }
        self.phrases = tuple(plain(str(phrase)) for phrase in when.get("words") or ())
        self.channels = frozenset(when.get("channels") or ())
        self.priorities = frozenset(when.get("priorities") or ())
        self.days = frozenset(WEEKDAYS.index(day) for day in when.get("days") or () if day in WEEKDAYS)
        self.hours = (hours[:5], hours[6:]) if hours else None
        self.calendar = str(calendar.get("calendar") or "")
        self.while_open = bool(calendar.get("open", True))

    def hold(self, facts: Facts) -> bool:
        """Whether all of them hold. Without conditions, nothing matches."""
        return next(self.unmet(facts), None) is None

    def unmet(self, facts: Facts) -> Iterator[tuple[str, str]]:
        """Those that don't hold, by their name in a catalog file, each tried only when it's asked for.

        With the question's code for an answer, else an empty string. A rule without conditions has one that never holds: ("", "").
        """
        if self.is_empty:
            yield "", ""
        if self.services and facts.service_code not in self.services:
            yield "services", ""
        if self.channels and facts.channel not in self.channels:
            yield "channels", ""
        if self.priorities and facts.priority not in self.priorities:
            yield "priorities", ""
        if self.areas and self.areas.isdisjoint(facts.areas):
            yield "areas", ""
        for question, values in self.answers.items():
            if values.isdisjoint(facts.answers.get(question, ())):
                yield "answers", question
        if self.phrases and not any(phrase in facts.plain_text for phrase in self.phrases):
            yield "words", ""
        if (self.days or self.hours) and (facts.at is None or not self.holds_by_clock(facts.at)):
            yield "hours" if self.hours else "days", ""
        if self.calendar and facts.is_open(self.calendar) != self.while_open:
            yield "working_hours", ""

    def holds_by_clock(self, at: dt.datetime) -> bool:
        """The weekday and the hours. Hours that end the next day belong to the day on which they began."""
        if self.hours is None:
            return not self.days or at.weekday() in self.days
        begins, ends = self.hours
        time, day = f"{at:%H:%M}", at.weekday()
        if begins < ends:
            return begins <= time < ends and (not self.days or day in self.days)
        if time >= begins:
            return not self.days or day in self.days
        return time < ends and (not self.days or (day - 1) % 7 in self.days)


@dataclass(frozen=True)
class Rule:
    """department, inform: codes; no department is the triage queue. team: a code in the department. assignee: an email address.

    pk: its row, for a rule in use.
    """

    name: str
    conditions: Conditions
    department: str | None
    team: str = ""
    assignee: str = ""
    priority: int | None = None
    inform: tuple[str, ...] = ()
    pk: int | None = None

    @property
    def outcome(self) -> tuple[Any, ...]:
        """Where it sends a request."""
        return self.department, self.team, self.assignee, self.priority


def read_rule(rule: Definition, pk: int | None = None) -> Rule:
    return Rule(
        name=rule["name"],
        conditions=Conditions(rule.get("when") or {}),
        department=rule.get("department"),
        team=rule.get("team") or "",
        assignee=rule.get("assignee") or "",
        priority=rule.get("priority"),
        inform=tuple(rule.get("inform") or ()),
        pk=pk,
    )


class RuleSet:
    """Rules in order."""

    def __init__(self, rules: Iterable[Rule], version_id: int | None = None) -> None:
        self.rules = tuple(rules)
        self.version_id = version_id
        self.uses_words = any(rule.conditions.phrases for rule in self.rules)
        self.uses_areas = any(rule.conditions.areas for rule in self.rules)
        self.uses_answers = any(rule.conditions.answers for rule in self.rules)
        self.calendars = {rule.conditions.calendar for rule in self.rules} - {""}
        self._by_service: dict[str, Sequence[Rule]] = {}

    def first_match(self, facts: Facts) -> Rule | None:
        rules = self._by_service.get(facts.service_code)
        if rules is None:
            code = facts.service_code
            rules = [one for one in self.rules if not one.conditions.services or code in one.conditions.services]
            self._by_service[code] = rules
        return next((rule for rule in rules if rule.conditions.hold(facts)), None)

    def tried(self, facts: Facts) -> list[tuple[Rule, list[tuple[str, str]]]]:
        """The rules from the first to the one that matches, or all, each with what doesn't hold of it (Conditions.unmet())."""
        last = self.first_match(facts)
        rules = self.rules if last is None else self.rules[: self.rules.index(last) + 1]
        return [(rule, list(rule.conditions.unmet(facts))) for rule in rules]


# What a rule decides besides its department.
THEN = ("team", "assignee", "priority", "inform")


def tidy(rule: Definition) -> Definition:
    """A rule without the keys that say nothing."""
    when = {name: value for name, value in rule["when"].items() if value}
    then = {name: rule[name] for name in THEN if rule.get(name)}
    return {"name": rule["name"], "when": when, "department": rule.get("department") or None, **then}


def written_rule(row: RoutingRule) -> Definition:
    """A row as a catalog file writes it."""
    return {
        "name": row.name,
        "when": row.when,
        "department": row.department.code if row.department else None,
    } | row.then


def rules_in_use(jurisdiction_id: int) -> list[Definition]:
    rows = RoutingRule.objects.filter(jurisdiction_id=jurisdiction_id, active=True).select_related("department")
    return [written_rule(row) for row in rows]


# A process keeps the rules of each city's newest version.
_kept: dict[int, tuple[object, RuleSet]] = {}


_NEWEST_VERSION = Prepared(
    lambda: (
        RoutingVersion.objects.filter(jurisdiction=Parameter("city"))
        .order_by("-number")
        .values_list("pk", "published_at")[:1]
    )
)


def current_rules(jurisdiction_id: int) -> RuleSet:
    """The rules in use. One short query, and a second one after a new version was published."""
    version = _NEWEST_VERSION.first(city=jurisdiction_id)
    kept = _kept.get(jurisdiction_id)
    if version is not None and kept is not None and kept[0] == version:
        return kept[1]
    rows = RoutingRule.objects.filter(jurisdiction_id=jurisdiction_id, active=True).select_related("department")
    rules = RuleSet([read_rule(written_rule(row), row.pk) for row in rows], version[0] if version else None)
    if version is not None:
        _kept[jurisdiction_id] = (version, rules)
    return rules


@dataclass(frozen=True)
class Decision:
    """department None: the triage queue. reason: rule, service or no_match. inform: departments that get an email."""

    department: Department | None
    reason: str
    rule_id: int | None = None
    version_id: int | None = None
    team: Team | None = None
    assignee: User | None = None
    priority: int | None = None
    inform: tuple[Department, ...] = ()

    def goes_elsewhere_than(self, other: "Decision") -> bool:
        return (self.department, self.team) != (other.department, other.team)


def forward_owner(service_request: ServiceRequest) -> Owner | None:
    """The owner to hand the report over to at once, if the resident asked for that and we have an email address.

    Urgent reports within the city limits are handled by the city first and handed over afterward.
    """
    owner = service_request.owner
    if owner is None or not owner.email or service_request.is_test:
        return None
    urgent = service_request.priority == 1
    point = service_request.point
    beyond = urgent and point is not None and not ownership.inside(service_request.jurisdiction, point)
    return owner if beyond or not urgent else None


def facts_of(service_request: ServiceRequest) -> Facts:
    return Facts(
        service_code=service_request.service.service_code,
        areas={(area.layer, area.code) for area in service_request.areas.only("layer", "code")},
        answers={
            answer.question_version.code: answer_values(answer.value)
            for answer in service_request.answers.select_related("question_version")
        },
        plain_text=plain(service_request.description),
        channel=service_request.channel,
        priority=service_request.priority,
        at=service_request.submitted_at.astimezone(service_request.jurisdiction.zone),
        is_open=opening(service_request.jurisdiction, service_request.submitted_at),
    )


def opening(jurisdiction: Jurisdiction, at: dt.datetime) -> Callable[[str], bool]:
    """Whether the working hours of a calendar, by its code, are open at that time. One query, once it's asked."""

    @cache
    def calendars() -> dict[str, Calendar]:
        return {one.code: one for one in Calendar.objects.filter(jurisdiction=jurisdiction)}

    def is_open(code: str) -> bool:
        calendar = calendars().get(code)
        return calendar is not None and working_hours(calendar, jurisdiction.zone).is_open(at)

    return is_open


def answer_values(value: Any) -> frozenset[str]:
    return frozenset(map(str, value if isinstance(value, list) else [value]))


def decide(service_request: ServiceRequest) -> Decision:
    """Decides from what was reported where, when and how. Writes nothing."""
    rules = current_rules(service_request.jurisdiction_id)
    return decision_by(
        rules, facts_of(service_request), service_request.service_version, service_request.jurisdiction_id
    )


def decision_by(rules: RuleSet, facts: Facts, version: ServiceVersion, jurisdiction_id: int) -> Decision:
    """Decides by these rules, those in use or a draft's. version: of the service, whose department gets what no rule matches."""
    rule = rules.first_match(facts)
    if rule is not None:
        return _by_rule(jurisdiction_id, rule, rules.version_id)
    department = version.department
    if facts.service_code == UNKNOWN_SERVICE or not department.active:
        # "I don't know": staff of the 311 Center read it.
        return Decision(None, "no_match", version_id=rules.version_id)
    return Decision(department, "service", version_id=rules.version_id)


def _by_rule(jurisdiction_id: int, rule: Rule, version_id: int | None) -> Decision:
    codes = {rule.department, *rule.inform} - {None}
    departments: dict[str, Department] = {}
    if codes:
        rows = Department.objects.filter(jurisdiction_id=jurisdiction_id, code__in=codes, active=True)
        departments = {one.code: one for one in rows.select_related("calendar")}
    inform = tuple(departments[code] for code in rule.inform if code in departments)
    department = departments.get(rule.department or "")
    if department is None:
        # Also if the department was closed meanwhile: nobody reads the queue of a closed department.
        return Decision(None, "rule", rule.pk, version_id, priority=rule.priority, inform=inform)
    return Decision(
        department,
        "rule",
        rule.pk,
        version_id,
        team=Team.objects.filter(department=department, code=rule.team, active=True).first() if rule.team else None,
        assignee=_active_member(jurisdiction_id, rule.assignee) if rule.assignee else None,
        priority=rule.priority,
        inform=inform,
    )


def _active_member(jurisdiction_id: int, email: str) -> User | None:
    return User.objects.filter(email=email, is_active=True, memberships__jurisdiction_id=jurisdiction_id).first()
