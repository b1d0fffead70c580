"""Database roles with least privileges, a second line of defense behind the application's permissions."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from psycopg import sql

from requests_app.actions.setup import restores
from requests_app.core.database_roles import ROLES, by_rights


class Command(BaseCommand):
    """Not a migration: roles belong to the cluster, so parallel test databases would race to create them."""

    help = "Create the database roles web, worker, export and read with the privileges they need. Run it after migrate."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--passwords",
            action="store_true",
            help="set new random passwords and print the settings to use",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                self.make_roles()
                self.grant()
                restores.begin_installation()
                urls = self.new_passwords() if options["passwords"] else []
        except ProgrammingError as error:
            raise CommandError(
                f"{str(error).strip().splitlines()[0]}. Run this as the role that owns the tables and can create roles: "
                "ALTER ROLE lamplighter_owner CREATEROLE, and set DATABASE_URL_OWNER to it."
            ) from error
        for url in urls:
            self.stdout.write(url)
        if options["verbosity"]:
            self.stdout.write(f"{len(ROLES)} roles are ready: {', '.join(role.name for role in ROLES)}.")

    def make_roles(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolname FROM pg_roles")
            existing = {name for (name,) in cursor.fetchall()}
            for role in ROLES:
                name = sql.Identifier(role.name)
                if role.name not in existing:
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
                for setting in (
                    "statement_timeout",
                    "lock_timeout",
                    "idle_in_transaction_session_timeout",
                    "max_parallel_workers_per_gather",
                ):
                    cursor.execute(
                        sql.SQL("ALTER ROLE {} SET {} = {}").format(
                            name, sql.Identifier(setting), sql.Literal(getattr(role, setting))
                        )
                    )
                cursor.execute(
                    sql.SQL("ALTER ROLE {} SET default_transaction_read_only = {}").format(
                        name, sql.Literal("off" if role.writes else "on")
                    )
                )

    def grant(self) -> None:
        """Grants privileges on our own tables by name, since PostGIS keeps a table in the same schema."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
            tables = [name for (name,) in cursor.fetchall()]
            if not tables:
                raise CommandError("This role owns no tables here. Run migrate first, with DATABASE_URL_OWNER.")
            cursor.execute(
                "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND sequenceowner = current_user"
            )
            every_sequence = _listed(name for (name,) in cursor.fetchall())
            writing = sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {} FROM PUBLIC")
            cursor.execute(writing.format(_listed(tables)))
            for role in ROLES:
                name = sql.Identifier(role.name)
                cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))
                # Also rights on single columns.
                cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(_listed(tables), name))
                for rights, alike in by_rights(role, tables).items():
                    privileges = sql.SQL(", ").join(map(sql.SQL, sorted(rights)))
                    cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(privileges, _listed(alike), name))
                if role.writes:
                    cursor.execute(sql.SQL("GRANT USAGE, SELECT ON SEQUENCE {} TO {}").format(every_sequence, name))

    def new_passwords(self) -> list[str]:
        database = settings.DATABASES["default"]
        address = (database.get("HOST") or "localhost") + (f":{database['PORT']}" if database.get("PORT") else "")
        lines = []
        with connection.cursor() as cursor:
            for role in ROLES:
                password = secrets.token_urlsafe(24)
                cursor.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role.name), sql.Literal(password))
                )
                kind = role.name.removeprefix("lamplighter_")
                setting = "DATABASE_URL" if kind == "web" else f"DATABASE_URL_{kind.upper()}"
                lines.append(f"{setting}=postgis://{role.name}:{password}@{address}/{database['NAME']}")
        return lines


def _listed(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
