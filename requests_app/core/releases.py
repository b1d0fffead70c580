"""Which release this is, and the migrations it knows."""

import tomllib
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

APP = "requests_app"


def current() -> str:
    """Such as "0.2.0"."""
    project = tomllib.loads(Path(settings.BASE_DIR, "pyproject.toml").read_text())
    return str(project["project"]["version"])


def migrations() -> list[str]:
    """The names of the migrations of this release, in order."""
    loader = MigrationLoader(None)
    return sorted(name for app, name in loader.disk_migrations if app == APP)


def unknown() -> list[str]:
    """The names of migrations that the database has and this release doesn't: a newer one made them."""
    loader = MigrationLoader(connection)
    applied = loader.applied_migrations or {}
    known = {name for app, name in loader.disk_migrations if app == APP}
    replaced = {name for one in loader.disk_migrations.values() for app, name in one.replaces if app == APP}
    return sorted(name for app, name in applied if app == APP and name not in known | replaced)
