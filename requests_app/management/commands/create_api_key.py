"""`create_api_key NAME`: creates an API key, prints it once and stores its hash."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from requests_app import api_keys
from requests_app.clock import app_now
from requests_app.management.commands.import_layers import find_jurisdiction
from requests_app.models import Jurisdiction, Membership, User
from requests_app.models.api_key import CALLS_A_MINUTE, Scope
from requests_app.rules.programs import api_keys as rules


class Command(BaseCommand):
    help = "Create an API key. It is printed only once, so store it safely."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who uses the key, for your colleagues")
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="required if there are several")
        parser.add_argument(
            "--scope",
            action="append",
            metavar="SCOPE",
            help=f"scopes, can be repeated: {', '.join(Scope.values)} (read and report, if none is given)",
        )
        parser.add_argument(
            "--as",
            dest="acts_as",
            metavar="EMAIL",
            help="for the scope staff: email of the person whose permissions apply",
        )
        parser.add_argument(
            "--contact", default="", metavar="EMAIL", help="email of the person who maintains the program"
        )
        parser.add_argument("--calls-a-minute", type=int, default=CALLS_A_MINUTE, metavar="N")
        parser.add_argument("--reports-a-day", type=int, metavar="N")
        parser.add_argument("--expires", metavar="YYYY-MM-DD", help="the last day on which it is valid")
        parser.add_argument(
            "--network",
            action="append",
            metavar="CIDR",
            help="networks that may use it, can be repeated: 192.0.2.0/24",
        )
        parser.add_argument(
            "--test", action="store_true", help="mark everything sent with it as a test, never shown to the public"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 1 <= len(name) <= 100:
            raise CommandError("The name must have 1 to 100 characters.")
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        scopes = self.scopes(options["scope"])
        try:
            _, plain = api_keys.create(
                jurisdiction,
                name,
                is_test=options["test"],
                scopes=scopes,
                acts_as=self.acts_as(jurisdiction, options["acts_as"], scopes),
                contact=self.contact(options["contact"]),
                calls_a_minute=self.at_least_one("--calls-a-minute", options["calls_a_minute"]),
                reports_a_day=self.at_least_one("--reports-a-day", options["reports_a_day"]),
                expires_at=self.expires_at(jurisdiction, options["expires"]),
                networks=self.networks(options["network"]),
            )
        except api_keys.NameTaken:
            raise CommandError(f"A key named {name} already exists. Revoke it or choose another name.") from None
        self.stdout.write(plain)

    def scopes(self, names: list[str] | None) -> list[str]:
        if not names:
            return list(api_keys.USUAL_SCOPES)
        try:
            return rules.read_scopes(names)
        except rules.UnknownScope as error:
            raise CommandError(f"There is no scope {error}. Scopes are: {', '.join(Scope.values)}.") from None

    def acts_as(self, jurisdiction: Jurisdiction, email: str | None, scopes: list[str]) -> User | None:
        if (Scope.STAFF in scopes) != bool(email):
            raise CommandError("--scope staff and --as EMAIL belong together: it acts with that person's permissions.")
        if not email:
            return None
        member = Membership.objects.select_related("user").filter(jurisdiction=jurisdiction, user__email__iexact=email)
        found = member.filter(user__is_active=True).first()
        if found is None:
            raise CommandError(f"Nobody with the address {email} works for {jurisdiction}.")
        return found.user

    def contact(self, email: str) -> str:
        try:
            if email:
                validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        return email

    def at_least_one(self, name: str, number: int | None) -> Any:
        if number is not None and not 1 <= number <= rules.LIMIT_MOST:
            raise CommandError(f"{name} must be 1 to {rules.LIMIT_MOST}.")
        return number

    def expires_at(self, jurisdiction: Jurisdiction, day: str | None) -> dt.datetime | None:
        if not day:
            return None
        try:
            ends = rules.end_of(dt.date.fromisoformat(day), jurisdiction)
        except (ValueError, OverflowError):
            raise CommandError(f"{day} is not a day. Write it like 2027-12-31.") from None
        if ends <= app_now():
            raise CommandError(f"{day} has passed.")
        return ends

    def networks(self, values: list[str] | None) -> list[str]:
        try:
            return rules.read_networks(" ".join(values or []))
        except rules.BadNetwork as error:
            raise CommandError(f"{error} is not a network. Write it like 192.0.2.0/24 or 2001:db8::/32.") from None
