"""receive_voicemail: takes one email with a voicemail from standard input, as mail servers pass it to a program."""

import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError

from requests_app.actions.contacts import voicemail
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Put who left the voicemail of an email (standard input) on the desk's list (docs/operating.md)."
    # A check of the whole project for each email would only cost time.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fails with the codes that mail servers know: 75, so that they try again later, and 65, so that they don't."""
        content = sys.stdin.buffer.read(voicemail.MESSAGE_MAX_BYTES + 1)
        try:
            row = voicemail.receive(find_jurisdiction(options["jurisdiction"]), content)
        except voicemail.Refused:
            raise CommandError("The email is larger than 25 MB.", returncode=os.EX_DATAERR) from None
        except voicemail.TooMany:
            raise CommandError("Too many in this hour; send it again later.", returncode=os.EX_TEMPFAIL) from None
        except (DatabaseError, InterfaceError, OSError) as error:
            message = f"Not stored ({type(error).__name__}); send it again later."
            raise CommandError(message, returncode=os.EX_TEMPFAIL) from None
        self.stdout.write(f"Voicemail {row.pk}")
