"""The database: reached, with its own roles and rights, migrated, and told the time by the same clock."""

import time

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_noop

from requests_app.core import database_roles
from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import Jurisdiction
from requests_app.rules.shared import installation

# Between the clocks of this machine and of the database.
CLOCKS_APART_S = 5
CLOCKS_FAR_APART_S = 60

_migrated = False


def is_migrated() -> bool:
    """Migrations don't disappear under a running process, so once they were all there, they are."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def reached(city: Jurisdiction | None) -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'"
        )
        version, is_read_only = cursor.fetchone() or ("", False)
    if is_read_only:
        return red(
            gettext_noop("The database is read-only, so no reports are taken."),
            gettext_noop("Point DATABASE_URL at the primary server, or end its read-only mode."),
        )
    return green(gettext_noop("PostgreSQL %(version)s answers."), version=str(version).split()[0])


def migrations(city: Jurisdiction | None) -> Finding:
    if is_migrated():
        return green(gettext_noop("The tables match this release."))
    return red(
        gettext_noop("Migrations are missing: the tables are from an earlier release."),
        gettext_noop("Run: lampctl manage migrate"),
    )


def copy(city: Jurisdiction | None) -> Finding:
    """Whether this database is this installation's own; nothing leaves a copy of another's."""
    if installation.is_copy():
        return red(
            gettext_noop("This is a copy of another installation, so it sends no email, text message or webhook."),
            gettext_noop("To take over the city: lampctl restore. To try things out: lampctl restore --as-copy"),
        )
    return green(gettext_noop("The database is this installation’s own."))


def role(city: Jurisdiction | None) -> Finding:
    """Of this process: the pages' and the worker's must not own the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_has_role(current_user, relowner, 'USAGE') FROM pg_class "
            "WHERE oid = to_regclass('public.requests_app_event')"
        )
        user, owns = cursor.fetchone() or ("", False)
    urls = settings.DATABASE_ROLE_URLS
    is_owner = settings.DATABASE_ROLE == "owner"
    # On your own machine, one role for everything is enough.
    if settings.PRODUCTION and ((owns and not is_owner) or urls["web"] == urls["owner"] != urls["worker"]):
        return red(
            gettext_noop("Pages connect as %(user)s, which owns the tables: a break-in could rewrite history."),
            gettext_noop("Run: lampctl manage create_roles --passwords, and set DATABASE_URL to the web role’s."),
            user=user,
        )
    return green(gettext_noop("This process connects as %(user)s."), user=user)


def rights(city: Jurisdiction | None) -> Finding:
    """As the system check W005 compares them."""
    differences = list(database_roles.differences())
    if not differences:
        return green(gettext_noop("Each role may do only what it should: no page can change an event."))
    to_do = gettext_noop("Run: lampctl manage create_roles")
    for table, who, extra, _missing in differences:
        if extra:
            return red(
                gettext_noop("%(role)s may %(rights)s %(table)s, which it shouldn’t. Differences in all: %(count)s."),
                to_do,
                role=who,
                rights=", ".join(extra),
                table=table,
                count=len(differences),
            )
    table, who, _extra, missing = differences[0]
    return red(
        gettext_noop("%(role)s can’t %(rights)s %(table)s, which it should. Differences in all: %(count)s."),
        to_do,
        role=who,
        rights=", ".join(missing),
        table=table,
        count=len(differences),
    )


def clock(city: Jurisdiction | None) -> Finding:
    """Of this machine against the database's."""
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        row = cursor.fetchone()
        after = time.time()
    theirs = row[0] if row else before
    apart = max(before - theirs, theirs - after, 0.0)
    measures = {"seconds": round(apart, 3)}
    if apart >= CLOCKS_APART_S:
        report = red if apart >= CLOCKS_FAR_APART_S else yellow
        return report(
            gettext_noop("This server’s clock and the database’s are %(seconds)s s apart."),
            gettext_noop("Set both by a time server: timedatectl set-ntp true"),
            measures=measures,
            seconds=round(apart),
        )
    return green(gettext_noop("This server’s clock and the database’s agree."), measures=measures)
