"""`create_api_key NAME`: creates an API key, prints it once and stores its hash."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app import api_keys
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Create an API key. It is printed only once, so store it safely."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who uses the key, for your colleagues")
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="required if there are several")
        parser.add_argument(
            "--test", action="store_true", help="mark everything sent with it as a test, never shown to the public"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 1 <= len(name) <= 100:
            raise CommandError("The name must have 1 to 100 characters.")
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        try:
            _, plain = api_keys.create(jurisdiction, name, is_test=options["test"])
        except api_keys.NameTaken:
            raise CommandError(f"A key named {name} already exists. Revoke it or choose another name.") from None
        self.stdout.write(plain)
