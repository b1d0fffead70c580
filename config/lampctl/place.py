"""Where an installed Lamplighter keeps what, and which Unix user and database role each of its processes has."""

import os
from dataclasses import dataclass
from pathlib import Path

# Users without a shell, by the role of their processes. `owner` migrates, and runs management commands.
USERS = {"web": "lamplighter-web", "worker": "lamplighter-worker", "owner": "lamplighter-owner"}


@dataclass(frozen=True)
class Place:
    """root: / on a server; a folder in tests."""

    root: Path = Path("/")

    @property
    def settings(self) -> Path:
        """`shared.env` for every process, one file more for each role, `install.env` with what was asked, `backup.env`."""
        return self.root / "etc/lamplighter"

    @property
    def releases(self) -> Path:
        """A folder for each version, with its own .venv."""
        return self.root / "opt/lamplighter/releases"

    @property
    def current(self) -> Path:
        """A link to the release that runs."""
        return self.root / "opt/lamplighter/current"

    @property
    def data(self) -> Path:
        return self.root / "var/lib/lamplighter"

    @property
    def media(self) -> Path:
        return self.data / "media"

    @property
    def suggestions(self) -> Path:
        return self.data / "suggestions"

    @property
    def health(self) -> Path:
        """What `lampctl doctor` said last, as JSON, for the page of health and for metrics."""
        return self.data / "health.json"

    @property
    def run(self) -> Path:
        """Sockets and locks; empty after a restart of the machine."""
        return self.root / "run/lamplighter"

    @property
    def log(self) -> Path:
        return self.root / "var/log/lamplighter"


def here() -> Place:
    return Place(Path(os.environ.get("LAMPCTL_ROOT", "/")))
