"""What routing rules say in words: codes become the names of services, departments, people and places."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.models import Calendar, Channel, Jurisdiction
from requests_app.rules.promises.service_levels import WEEKDAYS
from requests_app.rules.routing.routing import Definition
from requests_app.rules.shared.names import Names, either
from requests_app.rules.shared.priorities import PRIORITIES

Text = str | Promise
CHANNELS: dict[str, Text] = {
    Channel.WEB: gettext_lazy("On the website"),
    Channel.PHONE: gettext_lazy("By phone"),
    Channel.API: gettext_lazy("With another app"),
    Channel.EMAIL: gettext_lazy("By email"),
    Channel.COUNTER: gettext_lazy("At the counter"),
    Channel.TEXT: gettext_lazy("By text message"),
    Channel.CHAT: gettext_lazy("By chat"),
    Channel.LETTER: gettext_lazy("By letter"),
    Channel.STAFF: gettext_lazy("By city staff"),
    Channel.SENSOR: gettext_lazy("By a sensor"),
    Channel.IMPORT: gettext_lazy("Imported"),
}


# Of one condition, so many are named in a list of rules. The page of the rule has all.
VALUES_MAX = 6
# How each condition of a rule reads.
CONDITIONS: dict[str, Text] = {
    "services": gettext_lazy("the service is %(values)s"),
    "areas": gettext_lazy("it’s in %(values)s"),
    "answers": gettext_lazy("%(question)s is %(values)s"),
    "words": gettext_lazy("the text says %(values)s"),
    "channels": pgettext_lazy("how a request came in", "it came in %(values)s"),
    "days": gettext_lazy("it came in on %(values)s"),
    "hours": gettext_lazy("it came in between %(values)s"),
    "working_hours": pgettext_lazy("when a request came in", "it came in %(values)s"),
    "priorities": gettext_lazy("its priority is %(values)s"),
}


@dataclass(frozen=True)
class Condition:
    """field: its key in a catalog file. values: any of them will do. question: in quotes, for one about an answer."""

    field: str
    values: tuple[str, ...]
    question: str = ""

    def __str__(self) -> str:
        """ "“Where is it?” is “On the road” or “On a sidewalk”" """
        return str(CONDITIONS[self.field]) % {"values": either(self.values), "question": self.question}

    @property
    def short(self) -> str:
        """With the first few values, where a rule names fifty services."""
        more = len(self.values) - VALUES_MAX
        if more < 2:
            return str(self)
        return str(replace(self, values=(*self.values[:VALUES_MAX], _("%(count)d more") % {"count": more})))


@dataclass(frozen=True)
class Sentence:
    """A rule to read: If the service is Pothole and it’s in Ward 5 → Streets."""

    name: str
    conditions: tuple[Condition, ...]
    destination: str

    def __str__(self) -> str:
        return " ".join([self.name, *map(str, self.conditions), self.destination])


def sentence_of(rule: Definition, names: Names) -> Sentence:
    return Sentence(rule["name"], tuple(conditions_of(rule, names)), destination(rule, names))


def destination(rule: Definition, names: Names) -> str:
    """ "Streets, Night crew, assigned to Dev, priority 2: urgent; Parks is informed" """
    department = rule.get("department")
    parts = [names.department(department)]
    if rule.get("team"):
        parts.append(names.team(department, rule["team"]))
    if rule.get("assignee"):
        parts.append(_("assigned to %(name)s") % {"name": names.person(rule["assignee"])})
    if rule.get("priority"):
        parts.append(_("priority %(priority)s") % {"priority": PRIORITIES.get(rule["priority"], rule["priority"])})
    if rule.get("inform"):
        informed = ", ".join(map(names.department, rule["inform"]))
        parts.append(_("also informed: %(departments)s") % {"departments": informed})
    return ", ".join(parts)


def conditions_of(rule: Definition, names: Names) -> list[Condition]:
    """In the order in which they are read; all of them must hold."""
    when, conditions = rule["when"], list[Condition]()

    def add(field: str, values: Iterable[str], question: str = "") -> None:
        conditions.append(Condition(field, tuple(values), question))

    services = when.get("services") or ()
    if services:
        add("services", map(names.service, services))
    if when.get("areas"):
        add("areas", (names.area(when["areas"]["layer"], code) for code in when["areas"]["codes"]))
    for code, values in (when.get("answers") or {}).items():
        labels = (names.answer(code, str(value), services) for value in values)
        add("answers", labels, names.question(code, services))
    if when.get("words"):
        add("words", (f"“{phrase}”" for phrase in when["words"]))
    if when.get("channels"):
        add("channels", (_uncapitalized(str(CHANNELS.get(one, one))) for one in when["channels"]))
    if when.get("days"):
        add("days", (str(DAY_NAMES[WEEKDAYS.index(day)]) for day in when["days"]))
    if when.get("hours"):
        begins, ends = str(when["hours"]).split("-")
        add("hours", [_("%(begins)s and %(ends)s") % {"begins": _clock(begins), "ends": _clock(ends)}])
    if calendar := when.get("working_hours"):
        add(
            "working_hours",
            [_uncapitalized(hours_in_words(calendar["calendar"], is_open=calendar.get("open", True)))],
        )
    if when.get("priorities"):
        add("priorities", (str(PRIORITIES.get(one, one)) for one in when["priorities"]))
    return conditions


def _uncapitalized(text: str) -> str:
    return text[:1].lower() + text[1:]


def rule_in_words(rule: Definition, names: Names) -> Definition:
    """The rule with names instead of codes, for lists and for what differs between two rules."""
    when, department = rule["when"], rule.get("department")
    row: dict[str, Any] = {"name": rule["name"]}
    services = when.get("services") or ()
    if services:
        row["services"] = [names.service(code) for code in services]
    if when.get("areas"):
        row["areas"] = [names.area(when["areas"]["layer"], code) for code in when["areas"]["codes"]]
    if when.get("answers"):
        row["answers"] = [
            str(
                Condition(
                    "answers", (names.answer(question, str(value), services),), names.question(question, services)
                )
            )
            for question, values in when["answers"].items()
            for value in values
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
        row["team"] = names.team(department, rule["team"])
    if rule.get("assignee"):
        row["assignee"] = names.person(rule["assignee"])
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


def calendars_of(jurisdiction: Jurisdiction) -> dict[str, Calendar]:
    return {one.code: one for one in Calendar.objects.filter(jurisdiction=jurisdiction).order_by("code")}
