"""A pasted list of people to invite: who each line is about, and what is wrong with it."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from requests_app.models import Department, Invitation, Jurisdiction, Role, Team, User

LINES_MAX = 200
EMAIL_MAX, NAME_MAX = 254, 200
NAME, EMAIL, ROLE, PLACE = "name", "email", "role", "place"
# The order of the cells in a list without a header line.
ORDER = (NAME, EMAIL, ROLE, PLACE)
# What a header line calls them, in English and Spanish.
HEADINGS = {
    NAME: {"name", "full name", "nombre", "nombre completo"},
    EMAIL: {"email", "e-mail", "email address", "work email", "correo", "correo electrónico"},
    ROLE: {"role", "rol", "función"},
    PLACE: {"where", "department", "team", "department or team", "departamento", "equipo", "dónde"},
}
# As mail programs copy somebody: "Ana Ruiz <ana@city.example>".
WITH_NAME = re.compile(r"(.*)<([^<>]+@[^<>]+)>")


class TooManyLines(Exception):
    """count: how many the list has."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(count)


@dataclass(frozen=True)
class Line:
    """number: which line of the pasted text it was, from 1. problem: a sentence; empty if the person can be invited."""

    number: int
    text: str
    name: str = ""
    email: str = ""
    role: Role | None = None
    department: Department | None = None
    team: Team | None = None
    problem: str = ""


@dataclass(frozen=True)
class InvitationList:
    """The lines that aren't empty. header: the text of the header line, if there is one."""

    header: str
    lines: list[Line]


def read(text: str, city: Jurisdiction) -> InvitationList:
    """Takes commas, tabs as from a spreadsheet, and semicolons.

    Raises TooManyLines. Asks the database the same few questions whatever the number of lines.
    """
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip(" \t,;")]
    names: tuple[str, ...] = ORDER
    header = ""
    if numbered and (headings := _headings(_cells(numbered[0][1]))):
        names = headings
        header = numbered.pop(0)[1]
    if len(numbered) > LINES_MAX:
        raise TooManyLines(len(numbered))
    typed = [(number, line, _typed(_cells(line), names)) for number, line in numbered]
    return InvitationList(header, list(_checked(typed, city)))


def _cells(line: str) -> list[str]:
    delimiter = next((one for one in "\t;" if one in line), ",")
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])]


def _headings(cells: list[str]) -> tuple[str, ...]:
    """What each column is, if this is a header line; "" for one that isn't needed."""
    known = {heading: name for name, headings in HEADINGS.items() for heading in headings}
    names = tuple(known.get(cell.casefold(), "") for cell in cells)
    return names if EMAIL in names and not any("@" in cell for cell in cells) else ()


def _typed(cells: list[str], names: tuple[str, ...]) -> dict[str, str]:
    if names == ORDER and cells and "@" in cells[0]:
        # No name.
        names = ORDER[1:]
    typed = dict.fromkeys(ORDER, "") | {name: cell for name, cell in zip(names, cells, strict=False) if name}
    if match := WITH_NAME.search(typed[EMAIL]):
        typed = {**typed, NAME: typed[NAME] or match[1].strip(' "'), EMAIL: match[2].strip()}
    return {**typed, EMAIL: typed[EMAIL].lower()}


def _checked(typed: list[tuple[int, str, dict[str, str]]], city: Jurisdiction) -> Iterator[Line]:
    emails = {one[EMAIL] for _number, _line, one in typed}
    members = {
        user.email: user
        for user in User.objects.filter(email__in=emails, is_active=True, memberships__jurisdiction=city)
    }
    invited = set(
        Invitation.objects.filter(Invitation.OPEN, jurisdiction=city, email__in=emails).values_list("email", flat=True)
    )
    roles = _by_name(Role.objects.filter(jurisdiction=city).order_by("code"))
    departments = _by_name(Department.objects.filter(jurisdiction=city, active=True).order_by("code"))
    open_teams = Team.objects.filter(department__jurisdiction=city, department__active=True, active=True)
    teams = _by_name(open_teams.select_related("department").order_by("code"))
    first: dict[str, int] = {}
    for number, text, one in typed:
        line = Line(number, text.strip(), one[NAME], one[EMAIL])
        wrong = _address_problem(line, first, members, invited)
        if wrong:
            yield replace(line, problem=wrong)
            continue
        first[line.email] = number
        role, place = one[ROLE], one[PLACE]
        if not place and role.casefold() not in roles and (parts := re.split(r"\s*[:/]\s*", role, maxsplit=1))[1:]:
            # As pages write it: "Triage: Streets".
            role, place = parts
        yield _placed(line, role, place, roles, departments, teams)


def _by_name(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Under their code and each of their names, in lowercase."""
    named: dict[str, list[Any]] = {}
    for row in rows:
        for name in {row.code.casefold(), *(str(text).strip().casefold() for text in row.name.values())} - {""}:
            named.setdefault(name, []).append(row)
    return named


def _address_problem(line: Line, first: dict[str, int], members: dict[str, User], invited: set[str]) -> str:
    if not line.email:
        return _("There’s no email address.")
    try:
        validate_email(line.email)
    except ValidationError:
        return _("“%(email)s” isn’t an email address.") % {"email": line.email}
    if len(line.email) > EMAIL_MAX:
        return _("“%(email)s” isn’t an email address.") % {"email": line.email}
    if len(line.name) > NAME_MAX:
        return _("The name is longer than %(most)d characters.") % {"most": NAME_MAX}
    if line.email in first:
        return _("This address is on line %(number)d, too.") % {"number": first[line.email]}
    if line.email in members:
        return _("This is %(name)s, who works here already.") % {"name": members[line.email]}
    if line.email in invited:
        return _("This address has an open invitation. You can send it again from the list.")
    return ""


def _placed(
    line: Line,
    role: str,
    place: str,
    roles: dict[str, list[Role]],
    departments: dict[str, list[Department]],
    teams: dict[str, list[Team]],
) -> Line:
    if not role:
        return replace(line, problem=_("There’s no role."))
    fitting = roles.get(role.casefold(), [])
    if not fitting:
        return replace(line, problem=_("There’s no role “%(name)s”.") % {"name": role})
    if len(fitting) > 1:
        return replace(line, problem=_("“%(name)s” fits more than one role. Use its code.") % {"name": role})
    line = replace(line, role=fitting[0])
    if not place:
        return line
    fits: list[Department] | list[Team] = departments.get(place.casefold(), []) or teams.get(place.casefold(), [])
    if not fits:
        return replace(line, problem=_("There’s no department or team “%(name)s”.") % {"name": place})
    if len(fits) > 1:
        return replace(line, problem=_("“%(name)s” fits more than one department or team.") % {"name": place})
    row = fits[0]
    if isinstance(row, Team):
        return replace(line, department=row.department, team=row)
    return replace(line, department=row)
