"""For `lampctl drill`, on a restored scratch copy: whether the backup is whole. Prints what is wrong as JSON.

Standard input: the names of the photo files that the backup has, one a line.
"""

import datetime as dt
import json
import sys
from typing import Any

from django.core.checks import WARNING, Tags, run_checks
from django.core.management.base import BaseCommand
from django.db import connection

from requests_app.actions.shared import counters
from requests_app.core import database_roles
from requests_app.models import Installation, Photo, ServiceRequest

MARKED_WITHIN = dt.timedelta(days=1)
# Said of so many files at most.
NAMED_MAX = 3


class Command(BaseCommand):
    help = "Checks a restored copy of the database: roles and rights, counters, photo files, yesterday's marker."

    def handle(self, *args: Any, **options: Any) -> None:
        files = {line.strip() for line in sys.stdin}
        problems = [*self.roles(), *self.counters(), *self.photos(files), *self.marker()]
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

    def photos(self, files: set[str]) -> list[str]:
        missing = [
            name
            for name in Photo.objects.values_list("name", flat=True)
            if not {f"{name}.jpg", f"{name}-small.jpg"} <= files
        ]
        if not missing:
            return []
        return [f"{len(missing)} photos have no file in the backup, such as {', '.join(missing[:NAMED_MAX])}."]

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
