"""For `lampctl drill`, on a restored scratch copy: whether the backup is whole. Prints what is wrong as JSON.

Standard input: the names of the files that the backup has, one a line. The database may go on for some minutes after them.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from typing import Any

from django.core.checks import WARNING, Tags, run_checks
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from requests_app.actions.shared import counters
from requests_app.core import database_roles
from requests_app.models import CallBack, Installation, LetterPage, Photo, ServiceRequest

MARKED_WITHIN = dt.timedelta(days=1)
# Said of so many files at most.
NAMED_MAX = 3


def _names(until: dt.datetime) -> dict[str, Iterator[tuple[str, ...]]]:
    """By kind, the names of the files that belong to each row."""
    photos = Photo.objects.filter(created_at__lte=until).values_list("name", flat=True)
    pages = LetterPage.objects.filter(added_at__lte=until).values_list("name", flat=True)
    voicemails = CallBack.objects.filter(created_at__lte=until).exclude(audio_name="")
    return {
        "photos": map(_pictures, photos.iterator()),
        "pages of letters": map(_pictures, pages.iterator()),
        "voicemails": ((f"{row.audio_name}.{row.audio_type}",) for row in voicemails.iterator()),
    }


def _pictures(name: str) -> tuple[str, ...]:
    return f"{name}.jpg", f"{name}-small.jpg"


class Command(BaseCommand):
    help = "Checks a restored copy of the database: roles and rights, counters, files of rows, yesterday's marker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files-at", required=True, metavar="TIME", help="when the files were backed up")

    def handle(self, *args: Any, files_at: str, **options: Any) -> None:
        stored = {line.strip() for line in sys.stdin}
        problems = [
            *self.roles(),
            *self.counters(),
            *self.files(stored, dt.datetime.fromisoformat(files_at)),
            *self.marker(),
        ]
        rows = {"requests": ServiceRequest.objects.count(), "photos": Photo.objects.count()}
        self.stdout.write(json.dumps({"problems": problems, **rows}))

    def roles(self) -> list[str]:
        messages = run_checks(tags=[Tags.database], databases=["default"])
        warnings = [message.msg for message in messages if message.level >= WARNING]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            existing = {name for (name,) in cursor.fetchall()}
        return warnings + [
            f"The role {role.name} is missing." for role in database_roles.ROLES if role.name not in existing
        ]

    def counters(self) -> list[str]:
        wrong = counters.recount()
        return [f"{wrong} counters differ from a recount."] if wrong else []

    def files(self, stored: set[str], until: dt.datetime) -> list[str]:
        """Of photos, of pages of letters and of voicemail. stored: the names that the backup has, of rows until then."""
        problems = []
        for kind, rows in _names(until).items():
            missing = [names[0] for names in rows if not stored.issuperset(names)]
            if missing:
                named = ", ".join(name.partition(".")[0] for name in missing[:NAMED_MAX])
                problems.append(f"{len(missing)} {kind} have no file in the backup, such as {named}.")
        return problems

    def marker(self) -> list[str]:
        row = Installation.objects.first()
        if row is None:
            return ["The database has no marker. Set INSTALLATION_ID."]
        age = dt.datetime.now(dt.UTC) - row.marked_at
        return (
            [f"Its newest marker is of {row.marked_at:%Y-%m-%d %H:%M} UTC: later rows are missing."]
            if age > MARKED_WITHIN
            else []
        )
