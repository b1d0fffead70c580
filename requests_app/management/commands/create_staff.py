"""`create_staff EMAIL --department CODE --role ROLE --password-stdin`: creates a staff account."""

import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from requests_app.actions.people import memberships
from requests_app.management.commands.import_layers import find_jurisdiction
from requests_app.models import Department, Jurisdiction, Role, User
from requests_app.rules.people.permissions import DEFAULT_ROLES


class Command(BaseCommand):
    help = "Create a member of staff, or add a role to an existing one. Without --department, the role is citywide."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="full name (default: the part before the @)")
        parser.add_argument(
            "--department", default="", metavar="CODE", help="department code (default: the whole city)"
        )
        parser.add_argument(
            "--role", required=True, help=f"one of {', '.join(DEFAULT_ROLES)}, or one of the city's own roles"
        )
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="required if there are several")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        role = self.role(jurisdiction, options["role"])
        department = self.department(jurisdiction, options["department"])
        user = User.objects.filter(email=email).first() or User(email=email, name=email.partition("@")[0])
        user.name, user.is_active = options["name"] or user.name, True
        if options["password_stdin"]:
            user.set_password(self.password(user))
        elif not user.password:
            # They choose a password through "Forgot your password?".
            user.set_unusable_password()
        user.save()
        memberships.add_membership(user, role, department)
        where = department.code if department else "the whole city"
        self.stdout.write(f"{email} is {role.code} in {where} ({jurisdiction.name}).")

    def role(self, jurisdiction: Jurisdiction, code: str) -> Role:
        role = memberships.get_role(jurisdiction, code)
        if role is None:
            raise CommandError(f"There is no role {code}. Choose from: {', '.join(DEFAULT_ROLES)}.")
        return role

    def department(self, jurisdiction: Jurisdiction, code: str) -> Department | None:
        if not code:
            return None
        department = Department.objects.filter(jurisdiction=jurisdiction, code=code).first()
        if department is None:
            codes = ", ".join(Department.objects.filter(jurisdiction=jurisdiction).values_list("code", flat=True))
            raise CommandError(f"{jurisdiction.name} has no department {code}. Choose from: {codes or 'none yet'}.")
        return department

    def password(self, user: User) -> str:
        password = sys.stdin.readline().rstrip("\r\n")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        return password
