"""Roles and memberships of staff."""

from django.db import transaction

from requests_app.models import Department, Jurisdiction, Membership, Role, User
from requests_app.rules.permissions import DEFAULT_ROLES


@transaction.atomic
def get_role(jurisdiction: Jurisdiction, code: str) -> Role | None:
    """The city's role with this code. Creates it if it is one of DEFAULT_ROLES."""
    role = Role.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if role is None and code in DEFAULT_ROLES:
        role = Role.objects.create(jurisdiction=jurisdiction, code=code, **DEFAULT_ROLES[code])
    return role


@transaction.atomic
def add_membership(user: User, role: Role, department: Department | None) -> Membership:
    """Adds a membership in one department, or in the whole city without one. Does nothing if it exists."""
    return Membership.objects.get_or_create(
        user=user, jurisdiction=role.jurisdiction, department=department, role=role
    )[0]
