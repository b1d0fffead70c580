"""The form of the queue's filters: what may be chosen for each, sorted by name; several values where the list isn't too long."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from requests_app.core.localized import localized
from requests_app.models import Disposition
from staff_app import due
from staff_app.queue import filters
from staff_app.queue.filters import ME, NAMES, NOBODY, QueueFilter, Text
from staff_app.queue.languages import language_name

Choices = list[tuple[str, str]]
# In a list of all of a big city's staff nobody finds anybody.
MOST_PEOPLE = 300
# Longer lists are menus that add one value at a time. The people have "me" and "nobody" before them.
MOST_BOXES = MOST_PEOPLE + 2
INPUTS = {"asset": "text", "from": "date", "to": "date", "quiet": "number", "late": "checkbox"}


@dataclass(frozen=True)
class Field:
    """kind: boxes, select, or the type of the input. value: of an input, since it has one only. checked: of boxes."""

    name: str
    label: Text
    kind: str = "select"
    choices: Choices = field(default_factory=list)
    value: str = ""
    checked: tuple[str, ...] = ()


def fields(chosen: QueueFilter) -> list[Field]:
    shown = []
    for name, label in NAMES.items():
        if name in INPUTS:
            shown.append(Field(name, label, INPUTS[name], value=chosen.value(name)))
            continue
        choices = _choices(chosen, name)
        if 0 < len(choices) <= MOST_BOXES:
            shown.append(Field(name, label, "boxes", choices, checked=tuple(chosen.chosen.get(name, ()))))
        elif choices := [one for one in choices if not chosen.has(name, one[0])]:
            shown.append(Field(name, label, choices=choices))
    return shown


def rendered(chosen: QueueFilter) -> tuple[SafeString, filters.Pairs]:
    """The fields, and what kept() says. While nothing is chosen, the fields stay as they are as long as the directory does."""
    if chosen.chosen:
        shown = fields(chosen)
        return _render(shown), kept(chosen, shown)
    name = ("filter fields", chosen.user.pk, get_language())
    if name not in chosen.directory.pieces:
        chosen.directory.pieces[name] = _render(fields(chosen))
    return chosen.directory.pieces[name], kept(chosen, [])


def _render(shown: list[Field]) -> SafeString:
    return render_to_string("staff_app/queue/_filter_fields.html", {"fields": shown})


def kept(chosen: QueueFilter, shown: Iterable[Field]) -> filters.Pairs:
    """The rest of the address, for hidden inputs: what none of the form's own inputs says."""
    boxes = {(one.name, value) for one in shown if one.kind == "boxes" for value, _words in one.choices}
    return [pair for pair in chosen.query() if pair[0] not in INPUTS and pair not in boxes]


def _choices(chosen: QueueFilter, name: str) -> Choices:
    user, city, directory = chosen.user, chosen.city, chosen.directory
    if name in filters.CODES:
        return [(code, str(words)) for code, words in filters.CODES[name].items()]
    departments = filters.departments_of(user, city)
    department_ids = {department.pk for department in departments}
    match name:
        case "outcome":
            return _by_name((code, due.disposition_words(code)) for code in Disposition.values)
        case "assignee":
            people = [
                (str(one.pk), one.name)
                for one in directory.people
                if one.pk != user.pk and (None in one.department_ids or one.department_ids & department_ids)
            ]
            return [*_me_and_nobody(), *people[:MOST_PEOPLE]]
        case "team":
            teams = [team for team in directory.teams.values() if team.active and team.department_id in department_ids]
            return _by_name((str(team.pk), str(team)) for team in teams)
        case "department":
            return [(one.code, str(one)) for one in departments] if len(departments) > 1 else []
        case "category":
            return _by_name((one.code, localized(one.name)) for one in directory.categories.values())
        case "service":
            services = [one for one in directory.services.values() if one.current is not None]
            return _by_name((one.service_code, filters.service_name(one)) for one in services)
        case "priority":
            return [(code, f"P{code}") for code in "1234"]
        case "area":
            return _by_name((str(one.pk), one.label) for one in directory.areas.values())
        case "language":
            return _by_name((code, language_name(code)) for code in city.languages)
    return []


def _me_and_nobody() -> Choices:
    return [(ME, str(filters.PEOPLE[ME])), (NOBODY, str(filters.PEOPLE[NOBODY]))]


def _by_name(choices: Iterable[tuple[str, str]]) -> Choices:
    return sorted(choices, key=lambda choice: choice[1].casefold())
