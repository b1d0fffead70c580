"""The database roles of Lamplighter's processes, and what each may do with each table: read by create_roles and by the check."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Role:
    """The login of one kind of process. Timeouts are set on the role, so that they apply behind any connection pooler."""

    name: str
    writes: bool
    statement_timeout: str
    lock_timeout: str
    idle_in_transaction_session_timeout: str
    max_parallel_workers_per_gather: int = 2

    def rights(self, table: str) -> frozenset[str]:
        """Its privileges on the table. Nobody but the owner has TRUNCATE."""
        if not self.writes:
            return frozenset({"SELECT"})
        return frozenset({"SELECT", "INSERT"} if table in APPEND_ONLY else {"SELECT", "INSERT", "UPDATE", "DELETE"})


ROLES = [
    # Nobody waits for a page longer than this, so it must not keep its locks.
    # Starting parallel workers takes longer than a page's statements, and one visitor would occupy three processors.
    Role("lamplighter_web", True, "5s", "3s", "15s", max_parallel_workers_per_gather=0),
    Role("lamplighter_worker", True, "5min", "10s", "60s"),
    Role("lamplighter_export", False, "30min", "10s", "60s"),
    Role("lamplighter_read", False, "30s", "3s", "15s"),
]
# What happened, what was changed, and what was published: written once, even by a compromised web or worker process. Triggers
# refuse as well, but those of pgtrigger obey a variable that every session may set. The trigger refuse_truncate refuses to empty
# them.
APPEND_ONLY = frozenset(
    {
        "requests_app_event",
        "requests_app_setupchange",
        "requests_app_serviceversion",
        "requests_app_questionversion",
        "requests_app_routingversion",
    }
)
PRIVILEGES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")

# A right on one column of a table counts as one too many, and as none of those that are meant.
GRANTED = """
SELECT role.rolname, t.relname, p.name, has_table_privilege(role.oid, t.oid, p.name),
       CASE WHEN p.name IN ('DELETE', 'TRUNCATE') THEN false ELSE has_any_column_privilege(role.oid, t.oid, p.name) END
FROM pg_roles role, unnest(%s::text[]) AS p(name), pg_class t
WHERE role.rolname = ANY(%s) AND t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
  AND t.relowner = (SELECT relowner FROM pg_class WHERE oid = to_regclass('public.requests_app_event'))
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
ORDER BY t.relname, role.rolname, p.name
"""


def differences() -> list[tuple[str, str, list[str], list[str]]]:
    """(table, role, what it may do but shouldn't, what it should be able to do) for each grant that isn't what is meant.

    Of the tables of our owner and of the roles that exist; empty before the first migration.
    """
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(GRANTED, [list(PRIVILEGES), [role.name for role in ROLES]])
        by_name = {role.name: role for role in ROLES}
        for role, table, privilege, has, has_on_a_column in cursor.fetchall():
            is_meant = privilege in by_name[role].rights(table)
            if has != is_meant or (has_on_a_column and not is_meant):
                found.setdefault((table, role), ([], []))[is_meant].append(privilege)
    return [(table, role, extra, missing) for (table, role), (extra, missing) in found.items()]


def by_rights(role: Role, tables: Iterable[str]) -> dict[frozenset[str], list[str]]:
    """The tables on which the role has the same privileges."""
    grouped: dict[frozenset[str], list[str]] = {}
    for table in tables:
        grouped.setdefault(role.rights(table), []).append(table)
    return grouped
