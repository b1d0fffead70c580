"""What one sends along when asking for help: versions, which settings are set (no values) and how large each table is."""

import platform
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from requests_app.doctor.processes import parts

VARIABLE = re.compile(r"^#? ?([A-Z][A-Z0-9_]*)=")
# Of tables: how many rows the planner thinks there are, since counting a million takes too long, and the columns' types.
TABLES = """
SELECT t.relname, greatest(t.reltuples, 0)::bigint, pg_total_relation_size(t.oid) / 1024,
       (SELECT json_object_agg(a.attname, format_type(a.atttypid, NULL) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped)
FROM pg_class t
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
ORDER BY t.relname
"""


def version() -> str:
    return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])


def details() -> dict[str, Any]:
    """Names, numbers and types alone: nothing that anybody typed, and no value of a setting."""
    versions = {
        "lamplighter": version(),
        "python": platform.python_version(),
        "django": django.get_version(),
        "system": _system(),
        "kernel": platform.release(),
    }
    answer: dict[str, Any] = {"versions": versions, "settings": _settings()}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), postgis_lib_version()")
            versions["postgresql"], versions["postgis"] = cursor.fetchone() or ("", "")
            cursor.execute("SELECT name FROM django_migrations WHERE app = 'requests_app' ORDER BY id DESC LIMIT 1")
            versions["migration"] = (cursor.fetchone() or ("none",))[0]
            cursor.execute(TABLES)
            answer["tables"] = {
                name: {"rows": rows, "kilobytes": kilobytes, "columns": columns}
                for name, rows, kilobytes, columns in cursor.fetchall()
            }
        answer["clock"] = {
            state.name: {"color": state.color, "seconds": state.seconds, "error": state.error} for state in parts(None)
        }
    except (DatabaseError, InterfaceError) as error:
        answer["database"] = type(error).__name__
    return answer


def _settings() -> dict[str, str]:
    """ "set" or "default" for each variable of .env.example, as this process has it."""
    # Only settings.py reads the environment; it tells which names it was given.
    names = [match[1] for line in _example().splitlines() if (match := VARIABLE.match(line))]
    return {name: "set" if name in settings.SETTINGS_GIVEN else "default" for name in names}


def _example() -> str:
    return Path(settings.BASE_DIR, ".env.example").read_text()


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", sys.platform)
    except OSError:
        return sys.platform
