"""Making people of the staff what they are: the roles that a city begins with, and who has which."""

from django.db import transaction

from requests_app.models import Department, Jurisdiction, Membership, Role, User
from requests_app.rules.permissions import FIRST_ROLES


@transaction.atomic
def role_named(jurisdiction: Jurisdiction, code: str) -> Role | None:
    """The city's role of this code; one that every city begins with is made on the way."""
    role = Role.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if role is None and code in FIRST_ROLES:
        role = Role.objects.create(jurisdiction=jurisdiction, code=code, **FIRST_ROLES[code])
    return role


@transaction.atomic
def join_staff(user: User, role: Role, department: Department | None) -> Membership:
    """In one department, or (none) in the whole city. Twice is once."""
    return Membership.objects.get_or_create(
        user=user, jurisdiction=role.jurisdiction, department=department, role=role
    )[0]
