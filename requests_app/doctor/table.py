"""The table of checks, in the order in which they are shown, and running them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, gettext_noop

from requests_app.doctor import backups, city, database, machine, network, processes, queues, sending, settings_checks
from requests_app.doctor.findings import Finding, red
from requests_app.models import Jurisdiction

log = structlog.get_logger(__name__)

# Of one city, or with None of all. None: the check doesn't apply here.
Examine = Callable[[Jurisdiction | None], Finding | None]


@dataclass(frozen=True)
class Check:
    """of_machine: it looks at this machine or asks others, so pages read what `lampctl watch` saw."""

    code: str
    name: str | Promise
    examine: Examine
    of_machine: bool = False
    needs_database: bool = True


CHECKS: Sequence[Check] = (
    Check("database", gettext_lazy("Database"), database.reached),
    Check("migrations", gettext_lazy("Tables"), database.migrations),
    Check("copy", gettext_lazy("Whose database"), database.copy),
    Check("settings", gettext_lazy("Settings"), settings_checks.system_checks, needs_database=False),
    Check("role", gettext_lazy("Database role"), database.role),
    Check("rights", gettext_lazy("Rights in the database"), database.rights),
    Check("worker", gettext_lazy("Worker"), processes.worker),
    Check("mailer", gettext_lazy("Mailer"), processes.mailer),
    Check("beat", gettext_lazy("Beat"), processes.beat),
    Check("redis", gettext_lazy("Redis"), processes.redis, needs_database=False),
    Check("clock", gettext_lazy("Hourly and nightly work"), processes.clock),
    Check("queues", gettext_lazy("Queues"), queues.queues),
    Check("failed", gettext_lazy("Failed tasks"), city.failed),
    Check("email", gettext_lazy("Email"), sending.email),
    Check("bounces", gettext_lazy("Refused email"), sending.bounces),
    Check("sender", gettext_lazy("Sender’s domain"), network.sender, of_machine=True, needs_database=False),
    Check("texts", gettext_lazy("Text messages"), sending.texts),
    Check("calls", gettext_lazy("Telephone system"), sending.calls),
    Check("mailboxes", gettext_lazy("Voicemail"), sending.mailboxes),
    Check("backup", gettext_lazy("Backup"), backups.backup, needs_database=False),
    Check("drill", gettext_lazy("Restore drill"), backups.drill, needs_database=False),
    Check("certificate", gettext_lazy("Certificate"), network.certificate, of_machine=True, needs_database=False),
    Check("ports", gettext_lazy("Open ports"), machine.ports, of_machine=True, needs_database=False),
    Check("disk", gettext_lazy("Disk"), machine.disk, of_machine=True, needs_database=False),
    Check("memory", gettext_lazy("Memory"), machine.memory, of_machine=True, needs_database=False),
    Check("time", gettext_lazy("Time"), machine.time_server, of_machine=True, needs_database=False),
    Check("clocks", gettext_lazy("Clocks"), database.clock, of_machine=True),
    Check("operator", gettext_lazy("Who is alerted"), settings_checks.operator, needs_database=False),
    Check("on_call", gettext_lazy("On call"), city.on_call),
    Check("approvals", gettext_lazy("Approvals"), city.approvals),
    Check("suggestions", gettext_lazy("Suggestions"), city.suggestions),
)
BY_CODE = {check.code: check for check in CHECKS}
# Of the finding whether `lampctl watch` runs, which only pages can say.
WATCH = gettext_lazy("Watching this server")


def run(checks: Sequence[Check] = CHECKS, of_city: Jurisdiction | None = None) -> list[Finding]:
    """What each check says. Without the database, only that it's away and what needs none."""
    findings = []
    is_away = any(check.needs_database for check in checks) and not _reaches_database()
    if is_away:
        findings.append(_away())
    for check in checks:
        if is_away and check.needs_database:
            continue
        try:
            finding = check.examine(of_city)
        except Exception as error:
            log.warning("check_failed", check=check.code, error=type(error).__name__)
            finding = red(
                gettext_noop("This check failed itself: %(error)s."),
                gettext_noop("Run lampctl doctor --support FILE, and send the file to the people who help you."),
                error=type(error).__name__,
            )
        if finding is not None:
            findings.append(replace(finding, code=check.code))
    return findings


def _reaches_database() -> bool:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError, DatabaseError):
        return False
    return True


def _away() -> Finding:
    finding = red(
        gettext_noop("The database can’t be reached, so no reports are taken and most checks can’t run."),
        gettext_noop("Check: systemctl status postgresql, its log in /var/log/postgresql, and the disk below."),
    )
    return replace(finding, code="database")
