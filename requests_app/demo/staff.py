"""The demo's staff: one person for each role, known to everybody who reads this. Production must never get them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from requests_app.actions import people
from requests_app.models import Department, Jurisdiction, User
from requests_app.rules.permissions import FIRST_ROLES

PASSWORD = "lamplighter-demo"  # noqa: S105  (the demo says it to everybody)
DOMAIN = "rivermark.example"


class OnlyInTheDemo(Exception):
    """Somebody tried to make people with a known password outside the demo."""


@dataclass(frozen=True)
class DemoPerson:
    """places: the codes of departments; "" is the whole city."""

    name: str
    role: str
    places: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


# The same cast as everywhere: Tom triages for Streets, Pia supervises Parks, Cal takes calls, Ada administers.
PEOPLE = [
    DemoPerson("Tom Reyes", "triage", ("PW",)),
    DemoPerson("Pia Lindqvist", "supervisor", ("PK",)),
    DemoPerson("Cal Okafor", "call_taker", ("",)),
    DemoPerson("Ada Whitfield", "administrator", ("",)),
    DemoPerson("Cruz Delgado", "crew", ("PW",)),
    DemoPerson("Gus Marino", "contractor", ("PK",)),
    DemoPerson("Rosa Banks", "records_officer", ("",)),
    # Reads "I don't know" for everybody: the 311 Center's own queue and the city's triage.
    DemoPerson("Uma Castillo", "triage", ("CA", "")),
]
# Whom the demo bar's buttons sign in.
SEEN_AS = {
    "call_taker": "Cal Okafor",
    "triage": "Tom Reyes",
    "supervisor": "Pia Lindqvist",
    "administrator": "Ada Whitfield",
}


@transaction.atomic
def load_staff(jurisdiction: Jurisdiction) -> list[User]:
    """One person for each role. A second call changes nothing; a city without our departments lends its first ones."""
    if not settings.DEMO or settings.PRODUCTION:
        raise OnlyInTheDemo
    roles = {code: role for code in FIRST_ROLES if (role := people.role_named(jurisdiction, code))}
    departments = {one.code: one for one in Department.objects.filter(jurisdiction=jurisdiction).order_by("id")}
    users = []
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User.objects.create_user(person.email, PASSWORD, name=person.name)
        for code in person.places:
            people.join_staff(user, roles[person.role], _department(departments, code) if code else None)
        users.append(user)
    return users


def _department(departments: dict[str, Department], code: str) -> Department | None:
    """The department of this code, else one of this city's own: the same one for the same code."""
    if code in departments or not departments:
        return departments.get(code)
    own = list(departments.values())
    return own[["PW", "PK", "CA"].index(code) % len(own)]


def demo_user(jurisdiction: Jurisdiction, role: str) -> User | None:
    """Whom the demo bar signs in as this role."""
    person = next((one for one in PEOPLE if one.name == SEEN_AS.get(role)), None)
    if person is None:
        return None
    members = User.objects.filter(memberships__jurisdiction=jurisdiction, email=person.email, is_active=True)
    return members.distinct().first()
