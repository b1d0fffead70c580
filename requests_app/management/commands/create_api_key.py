"""`create_api_key NAME`: a key for a client of the API, said once and kept as a hash."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app import api_keys
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Make an API key. It is printed once: store it where the client finds it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who uses it, as your colleagues will read it")
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="needed only where there are several")
        parser.add_argument(
            "--test", action="store_true", help="what is sent with it is marked as a test and never shown"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 1 <= len(name) <= 100:
            raise CommandError("A name has 1 to 100 letters.")
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        try:
            _, plain = api_keys.create(jurisdiction, name, is_test=options["test"])
        except api_keys.NameTaken:
            raise CommandError(f"There is a key named {name} already. Revoke it, or choose another name.") from None
        self.stdout.write(plain)
