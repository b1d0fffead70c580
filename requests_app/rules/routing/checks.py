"""What is wrong with routing rules: what can't be published, and rules that never count or that say two things."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from requests_app.models import Channel, Department, Jurisdiction, QuestionVersion, Service, Team, User
from requests_app.rules.promises.service_levels import WEEKDAYS, WorkingHours, working_hours
from requests_app.rules.routing.routing import Conditions, Definition, Rule, read_rule
from requests_app.rules.routing.words import calendars_of
from requests_app.rules.shared import directory

RULES_MAX = 200
# Any week without holidays will do.
A_MONDAY = dt.date(2026, 1, 5)
# Nobody reports by import.
CHANNELS = {*Channel.values} - {Channel.IMPORT}


# Of a service, by question; without any, every answer counts: it's a number or words.
Answers = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Known:
    """What rules may name. services: active ones, with the questions of each and their answers."""

    services: Mapping[str, Answers]
    hours: Mapping[str, WorkingHours]
    departments: Collection[str] = ()
    # By department and code; and people by email address.
    teams: Collection[tuple[str, str]] = ()
    people: Collection[str] = ()
    # By layer and code. None: they aren't checked.
    areas: Collection[tuple[str, str]] | None = None

    def with_service(self, code: str, answers: Answers | None) -> "Known":
        """If residents could use it with these questions; None: they couldn't use it."""
        services = {one: known for one, known in self.services.items() if one != code}
        return replace(self, services=services if answers is None else {**services, code: answers})

    def without_department(self, code: str) -> "Known":
        return replace(self, departments={*self.departments} - {code})

    def without_team(self, department: str, code: str) -> "Known":
        return replace(self, teams={*self.teams} - {(department, code)})

    def without_areas(self, gone: Collection[tuple[str, str]]) -> "Known":
        return replace(self, areas={*(self.areas or ())} - {*gone})


def known_of(jurisdiction: Jurisdiction) -> Known:
    active = Service.objects.filter(jurisdiction=jurisdiction, active=True, current__isnull=False)
    services: dict[str, dict[str, set[str]]] = {code: {} for code in active.values_list("service_code", flat=True)}
    questions = QuestionVersion.objects.filter(service_version__in=active.values("current"))
    for code, question, options in questions.values_list("service_version__service__service_code", "code", "options"):
        services[code][question] = {str(option["value"]) for option in options}
    teams = Team.objects.filter(department__jurisdiction=jurisdiction, active=True)
    return Known(
        services=services,
        hours={code: working_hours(one, jurisdiction.zone) for code, one in calendars_of(jurisdiction).items()},
        departments=set(
            Department.objects.filter(jurisdiction=jurisdiction, active=True).values_list("code", flat=True)
        ),
        teams=set(teams.values_list("department__code", "code")),
        people=set(
            User.objects.filter(memberships__jurisdiction=jurisdiction, is_active=True).values_list("email", flat=True)
        ),
        areas={(one.layer, one.code) for one in directory.of(jurisdiction).areas.values()},
    )


def refusals(rules: list[Definition], options: Known) -> list[str]:
    """Why these rules can't be published, a sentence each."""
    sentences = []
    if len(rules) > RULES_MAX:
        sentences.append(_("Use at most %(most)d rules.") % {"most": RULES_MAX})
    seen: set[str] = set()
    for rule in rules:
        name = {"name": rule["name"]}
        if rule["name"] in seen:
            sentences.append(_("Two rules are called “%(name)s.”") % name)
        seen.add(rule["name"])
        code = rule.get("department")
        if code and code not in options.departments:
            sentences.append(_("“%(name)s” sends requests to a department that is closed.") % name)
        elif rule.get("team") and (code, rule["team"]) not in options.teams:
            sentences.append(_("“%(name)s” sends requests to a team that its department doesn’t have.") % name)
        if rule.get("assignee") and rule["assignee"] not in options.people:
            sentences.append(_("“%(name)s” assigns requests to somebody who doesn’t work here.") % name)
        if any(one not in options.departments for one in rule.get("inform") or []):
            sentences.append(_("“%(name)s” informs a department that is closed.") % name)
    return sentences


def marks(rules: list[Definition], options: Known) -> list[str]:
    """For each rule what is odd about it, or an empty string."""
    return [
        reason or (_("Matches everything: rules below it are never reached.") if catches_all(rule, options) else "")
        for rule, reason in zip(rules, why_never(rules, options), strict=True)
    ]


def why_never(rules: list[Definition], options: Known) -> list[str]:
    """For each rule why it never decides about a report, a sentence, or an empty string."""
    rules_read = [read_rule(rule) for rule in rules]
    return [_why_never(rules_read[:position], rule, options) for position, rule in enumerate(rules_read)]


def _why_never(earlier: list[Rule], rule: Rule, options: Known) -> str:
    if sentence := _impossible(rule.conditions, options):
        return sentence
    for one in earlier:
        if _same(one.conditions, rule.conditions):
            if one.outcome != rule.outcome:
                return _("Contradicts “%(name)s,” which has the same conditions and comes first.") % {"name": one.name}
            return _("Same conditions as “%(name)s,” so it’s never reached.") % {"name": one.name}
    covering = _covering(earlier, rule.conditions, options)
    if len(covering) == 1:
        return _("Never reached: “%(name)s” matches everything first.") % {"name": covering[0]}
    if covering:
        return _("Never reached: %(names)s match everything first.") % {
            "names": ", ".join(f"“{name}”" for name in covering)
        }
    return ""


def catches_all(rule: Definition, options: Known) -> bool:
    """Whether each of its conditions allows everything there is."""
    conditions = read_rule(rule).conditions
    return (
        not conditions.is_empty
        and (not conditions.services or conditions.services >= set(options.services))
        and (not conditions.channels or conditions.channels >= CHANNELS)
        and (not conditions.priorities or conditions.priorities >= {1, 2, 3, 4})
        and not conditions.areas
        and not conditions.answers
        and not conditions.phrases
        and (not conditions.days or len(conditions.days) == len(WEEKDAYS))
        and not conditions.hours
        and (not conditions.calendar or (conditions.while_open and _is_always(options, conditions.calendar)))
    )


def _is_always(options: Known, calendar: str) -> bool:
    return calendar in options.hours and options.hours[calendar].always


def _impossible(conditions: Conditions, options: Known) -> str:
    services = conditions.services & set(options.services)
    if conditions.services and not services:
        return _("Never reached: its services aren’t offered anymore.")
    if conditions.answers:
        asking = [
            code for code in services or options.services if conditions.answers.keys() <= options.services[code].keys()
        ]
        if not asking:
            return _("Never true: no service asks all of its questions.")
        if not any(can_answer(conditions, options, code) for code in asking):
            return _("Never true: no service offers its answers.")
    if conditions.areas and options.areas is not None and conditions.areas.isdisjoint(options.areas):
        return _("Never true: its areas don’t exist anymore.")
    if conditions.calendar and conditions.calendar not in options.hours:
        return _("Never true: its calendar doesn’t exist.")
    if (conditions.days or conditions.hours or conditions.calendar) and not _can_hold_by_clock(conditions, options):
        return _("Never true: its days and hours don’t overlap.")
    return ""


def can_answer(conditions: Conditions, options: Known, code: str) -> bool:
    """Whether a report about this service can have the answers that are asked for."""
    answers = options.services.get(code)
    return answers is not None and all(
        question in answers and (not answers[question] or not values.isdisjoint(answers[question]))
        for question, values in conditions.answers.items()
    )


def _can_hold_by_clock(conditions: Conditions, options: Known) -> bool:
    hours = options.hours.get(conditions.calendar)
    spans = [
        (day, _minutes(opens), _minutes(closes))
        for day, name in enumerate(WEEKDAYS)
        for opens, closes in (hours.hours.get(name, []) if hours is not None else [])
    ]

    def is_open(at: dt.datetime) -> bool:
        minute = at.hour * 60 + at.minute
        return (
            hours is None
            or hours.always
            or any(day == at.weekday() and opens <= minute < closes for day, opens, closes in spans)
        )

    changes = {minute for _day, opens, closes in spans for minute in (opens, closes)}
    return any(
        conditions.holds_by_clock(at) and (hours is None or is_open(at) == conditions.while_open)
        for at in _instants(conditions, also=changes)
    )


def _instants(*conditions: Conditions, also: Collection[int] = ()) -> Iterator[dt.datetime]:
    """The times of a week at which what they say of the clock may change. also: minutes of a day."""
    minutes = {0, *also}
    for one in conditions:
        minutes.update(map(_minutes, one.hours or ()))
    for day in range(7):
        for minute in minutes:
            yield dt.datetime.combine(A_MONDAY, dt.time(), dt.UTC) + dt.timedelta(days=day, minutes=minute)


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:5])


def _covering(earlier: list[Rule], conditions: Conditions, options: Known) -> list[str]:
    """The earlier rules that together catch all that these conditions could, or none. Each service is checked separately."""
    names: dict[str, None] = {}
    codes = conditions.services & set(options.services) if conditions.services else set(options.services)
    for code in sorted(one for one in codes if can_answer(conditions, options, one)):
        found = next(
            (one for one in earlier if _covers(one.conditions, conditions, code, options.services[code])),
            None,
        )
        if found is None:
            return []
        names[found.name] = None
    return list(names)


def _covers(wide: Conditions, narrow: Conditions, code: str, answers: Answers) -> bool:
    """Whether `wide` holds for this service whenever `narrow` does. answers: those that the service offers."""
    return (
        not wide.is_empty
        and (not wide.services or code in wide.services)
        and _allows(wide.channels, narrow.channels)
        and _allows(wide.priorities, narrow.priorities)
        and _allows(wide.areas, narrow.areas)
        and all(
            question in narrow.answers
            and {one for one in narrow.answers[question] if not answers[question] or one in answers[question]} <= values
            for question, values in wide.answers.items()
        )
        and _words_cover(wide.phrases, narrow.phrases)
        and _clock_covers(wide, narrow)
    )


def _allows(wide: frozenset[Any], narrow: frozenset[Any]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


def _words_cover(wide: tuple[str, ...], narrow: tuple[str, ...]) -> bool:
    return not wide or (bool(narrow) and all(any(one in phrase for one in wide) for phrase in narrow))


def _clock_covers(wide: Conditions, narrow: Conditions) -> bool:
    if wide.calendar and (wide.calendar, wide.while_open) != (narrow.calendar, narrow.while_open):
        return False
    return all(wide.holds_by_clock(at) for at in _instants(wide, narrow) if narrow.holds_by_clock(at))


def _same(first: Conditions, other: Conditions) -> bool:
    return vars(first) == vars(other)
