"""For `lampctl restore`, as the owner: brings a restored database to this release, with the rights of its roles."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from requests_app.core import releases


class Command(BaseCommand):
    help = "Migrates a restored database and grants its roles their rights. Refuses one of a newer release."

    def handle(self, *args: Any, **options: Any) -> None:
        newer = releases.unknown()
        if newer:
            raise CommandError(
                f"The backup was made by a newer release (it has the migration {newer[-1]}; this is {releases.current()}). "
                "Install that release or a newer one, and run this again."
            )
        call_command("migrate", verbosity=0, interactive=False)
        call_command("create_roles", verbosity=0)
