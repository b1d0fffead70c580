"""The demo's staff: one user per role, with a published password. Production must never have them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from requests_app.actions.people import memberships
from requests_app.models import Department, Jurisdiction, User
from requests_app.rules.people.permissions import DEFAULT_ROLES

PASSWORD = "lamplighter-demo"  # noqa: S105  (published on purpose)
DOMAIN = "rivermark.example"


class OnlyInTheDemo(Exception):
    """Raised instead of creating users with a known password outside the demo."""


@dataclass(frozen=True)
class DemoPerson:
    """departments: their codes; "" is the whole city."""

    name: str
    role: str
    departments: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


# The same cast as in tests: Tom triages for Streets, Pia supervises Parks, Cal takes calls, Ada administers.
PEOPLE = [
    DemoPerson("Tom Reyes", "triage", ("PW",)),
    DemoPerson("Pia Lindqvist", "supervisor", ("PK",)),
    DemoPerson("Cal Okafor", "call_taker", ("",)),
    DemoPerson("Ada Whitfield", "administrator", ("",)),
    DemoPerson("Cruz Delgado", "crew", ("PW",)),
    # New in her crew: her day is planned by crews.py, and she worked on nothing before.
    DemoPerson("Nia Brooks", "crew", ("PW",)),
    DemoPerson("Gus Marino", "contractor", ("PK",)),
    DemoPerson("Rosa Banks", "records_officer", ("",)),
    # Handles "I don't know" reports: the 311 Center's queue and citywide triage.
    DemoPerson("Uma Castillo", "triage", ("CA", "")),
]
# The users that the buttons of the demo bar sign in as.
DEMO_BAR = {
    "call_taker": "Cal Okafor",
    "triage": "Tom Reyes",
    "crew": "Nia Brooks",
    "supervisor": "Pia Lindqvist",
    "administrator": "Ada Whitfield",
}


@transaction.atomic
def load_staff(jurisdiction: Jurisdiction) -> list[User]:
    """Creates the users; a second call changes nothing. In other cities, their own departments are used."""
    if not settings.DEMO or settings.PRODUCTION:
        raise OnlyInTheDemo
    roles = {code: role for code in DEFAULT_ROLES if (role := memberships.get_role(jurisdiction, code))}
    departments = {row.code: row for row in Department.objects.filter(jurisdiction=jurisdiction).order_by("id")}
    users = []
    for person in PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User.objects.create_user(person.email, PASSWORD, name=person.name)
        for code in person.departments:
            memberships.add_membership(user, roles[person.role], _department(departments, code) if code else None)
        users.append(user)
    return users


def _department(departments: dict[str, Department], code: str) -> Department | None:
    """The department with this code, else a fixed one of the city's own."""
    if code in departments or not departments:
        return departments.get(code)
    own = list(departments.values())
    return own[["PW", "PK", "CA"].index(code) % len(own)]


def demo_user(jurisdiction: Jurisdiction, role: str) -> User | None:
    """The user that the demo bar signs in for this role, if it exists."""
    person = next((person for person in PEOPLE if person.name == DEMO_BAR.get(role)), None)
    if person is None:
        return None
    members = User.objects.filter(memberships__jurisdiction=jurisdiction, email=person.email, is_active=True)
    return members.distinct().first()
