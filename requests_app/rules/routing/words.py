"""What routing rules say in words: codes become the names of services, departments, people and places."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.models import Area, Calendar, Channel, Department, Jurisdiction, QuestionVersion, Service, Team, User
from requests_app.rules.promises.service_levels import WEEKDAYS
from requests_app.rules.routing.routing import Definition
from requests_app.rules.shared.priorities import PRIORITIES

Text = str | Promise
CHANNELS: dict[str, Text] = {
    Channel.WEB: gettext_lazy("On the website"),
    Channel.PHONE: gettext_lazy("By phone"),
    Channel.API: gettext_lazy("With another app"),
    Channel.EMAIL: gettext_lazy("By email"),
    Channel.COUNTER: gettext_lazy("At the counter"),
    Channel.STAFF: gettext_lazy("By city staff"),
    Channel.IMPORT: gettext_lazy("Imported"),
}


@dataclass
class Names:
    """What a city's codes are called. Each is loaded once."""

    services: dict[str, str] = field(default_factory=dict)
    departments: dict[str, str] = field(default_factory=dict)
    # By department and code.
    teams: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    # By layer and code.
    areas: dict[tuple[str, str], str] = field(default_factory=dict)
    # By code, of any service: the text, and what each answer is called.
    questions: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[str, str], str] = field(default_factory=dict)

    def department(self, code: str | None) -> str:
        return self.departments.get(code, code) if code else _("Triage queue")

    def area(self, layer: Any, code: Any) -> str:
        return self.areas.get((str(layer), str(code)), str(code))

    def answer(self, question: str, value: str) -> str:
        return f"{self.questions.get(question, question)} {self.answers.get((question, value), value)}"


def names_of(jurisdiction: Jurisdiction, *rules: list[Definition]) -> Names:
    """The names of what these rules name."""
    all_rules = [rule for one in rules for rule in one]
    services = Service.objects.filter(jurisdiction=jurisdiction, current__isnull=False).select_related("current")
    names = Names(
        services={one.service_code: localized(one.current.name) for one in services if one.current},
        departments={one.code: str(one) for one in Department.objects.filter(jurisdiction=jurisdiction)},
    )
    if any(rule.get("team") for rule in all_rules):
        teams = Team.objects.filter(department__jurisdiction=jurisdiction).select_related("department")
        names.teams = {(one.department.code, one.code): str(one) for one in teams}
    if emails := {rule["assignee"] for rule in all_rules if rule.get("assignee")}:
        people = User.objects.filter(email__in=emails, memberships__jurisdiction=jurisdiction)
        names.people = dict(people.values_list("email", "name"))
    if codes := {str(code) for rule in all_rules for code in (rule["when"].get("areas") or {}).get("codes", [])}:
        layers = {rule["when"]["areas"]["layer"] for rule in all_rules if rule["when"].get("areas")}
        areas = Area.objects.filter(jurisdiction=jurisdiction, layer__in=layers, code__in=codes)
        names.areas = {(one.layer, one.code): one.label for one in areas.only("layer", "code", "name")}
    if asked := {question for rule in all_rules for question in rule["when"].get("answers") or {}}:
        questions = QuestionVersion.objects.filter(
            service_version__in=[one.current_id for one in services], code__in=asked
        )
        for question in questions:
            names.questions.setdefault(question.code, localized(question.text))
            for option in question.options:
                names.answers.setdefault((question.code, str(option["value"])), localized(option["label"]))
    return names


def rule_in_words(rule: Definition, names: Names) -> Definition:
    """The rule with names instead of codes, for lists and for rules.setup.diff."""
    when, department = rule["when"], rule.get("department")
    row: dict[str, Any] = {"name": rule["name"]}
    if when.get("services"):
        row["services"] = [names.services.get(code, code) for code in when["services"]]
    if when.get("areas"):
        row["areas"] = [names.area(when["areas"]["layer"], code) for code in when["areas"]["codes"]]
    if when.get("answers"):
        row["answers"] = [
            names.answer(question, str(value)) for question, values in when["answers"].items() for value in values
        ]
    if when.get("words"):
        row["words"] = [f"“{phrase}”" for phrase in when["words"]]
    if when.get("channels"):
        row["channels"] = [str(CHANNELS.get(one, one)) for one in when["channels"]]
    if when.get("priorities"):
        row["priorities"] = [str(PRIORITIES.get(one, one)) for one in when["priorities"]]
    if when.get("days"):
        row["days"] = [str(DAY_NAMES[WEEKDAYS.index(day)]) for day in when["days"]]
    if when.get("hours"):
        begins, ends = str(when["hours"]).split("-")
        row["hours"] = f"{_clock(begins)}–{_clock(ends)}"
    if calendar := when.get("working_hours"):
        row["working_hours"] = hours_in_words(calendar["calendar"], is_open=calendar.get("open", True))
    row["department"] = names.department(department)
    if rule.get("team"):
        row["team"] = names.teams.get((department or "", rule["team"]), rule["team"])
    if rule.get("assignee"):
        row["assignee"] = names.people.get(rule["assignee"], rule["assignee"])
    if rule.get("priority"):
        row["priority"] = str(PRIORITIES.get(rule["priority"], rule["priority"]))
    if rule.get("inform"):
        row["inform"] = [names.department(code) for code in rule["inform"]]
    return row


def _clock(time: str) -> str:
    return time_format(dt.time.fromisoformat(time), "TIME_FORMAT")


def hours_in_words(calendar: str, *, is_open: bool) -> str:
    words = _("During the hours of “%(calendar)s”") if is_open else _("Outside the hours of “%(calendar)s”")
    return words % {"calendar": calendar}


def rules_in_words(rules: list[Definition], names: Names) -> Definition:
    """For rules.setup.diff.differences()."""
    return {"rules": [rule_in_words(rule, names) for rule in rules]}


def calendars_of(jurisdiction: Jurisdiction) -> dict[str, Calendar]:
    return {one.code: one for one in Calendar.objects.filter(jurisdiction=jurisdiction).order_by("code")}
