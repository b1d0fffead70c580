"""restic: photos, suggestions, settings and the list of erasures, encrypted, in the place for backups."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.lampctl import shell
from config.lampctl.backup_place import DAYS_KEPT, BackupPlace
from config.lampctl.place import Place
from config.lampctl.shell import Refusal

# Every snapshot of two days, then one an hour.
ALL_KEPT_DAYS = 2
FILES, ERASURES, DATABASE = "files", "erasures", "database"


@dataclass(frozen=True)
class Snapshot:
    id: str
    at: dt.datetime


@dataclass(frozen=True)
class Restic:
    place: Place
    backup_place: BackupPlace

    def run(self, *words: str | Path, folder: Path | None = None) -> str:
        environment, options = self.backup_place.restic()
        cache = self.place.root / "var/cache/lamplighter/restic"
        cache.mkdir(parents=True, exist_ok=True)
        return shell.run(
            ["restic", *options, "--quiet", f"--cache-dir={cache}", "--retry-lock=2m", *words],
            env=environment,
            folder=folder or Path("/"),
        )

    def prepare(self) -> None:
        """Makes the repository if there is none. Raises Refusal if the passphrase is another one."""
        try:
            self.run("cat", "config")
        except Refusal as refusal:
            if "wrong password" in str(refusal):
                raise Refusal(
                    "The place for backups was made with another passphrase. Correct BACKUP_PASSPHRASE."
                ) from refusal
            if "does not exist" not in str(refusal) and "unable to open config file" not in str(refusal):
                raise
            self.run("init")

    def back_up(self, tag: str, paths: Sequence[Path]) -> None:
        """Stores the files and folders if anything in them has changed. paths: below the place's root."""
        below = [path.relative_to(self.place.root) for path in paths if path.exists()]
        self.run("backup", f"--tag={tag}", "--host=lamplighter", "--skip-if-unchanged", *below, folder=self.place.root)

    def snapshots(self, tag: str) -> list[Snapshot]:
        """Oldest first."""
        rows = json.loads(self.run("snapshots", "--json", f"--tag={tag}"))
        return sorted(
            (Snapshot(row["id"], dt.datetime.fromisoformat(row["time"]).astimezone(dt.UTC)) for row in rows),
            key=lambda one: one.at,
        )

    def files(self, snapshot: Snapshot) -> list[str]:
        """The paths of its files, below the place's root."""
        rows = map(json.loads, self.run("ls", "--json", snapshot.id).splitlines())
        return [row["path"].lstrip("/") for row in rows if row.get("type") == "file"]

    def read(self, snapshot: Snapshot, path: Path) -> str:
        """The text of a file; "" if it isn't in the snapshot."""
        try:
            return self.run("dump", snapshot.id, f"/{path.relative_to(self.place.root)}")
        except Refusal as refusal:
            if "cannot dump file" in str(refusal) or "not found" in str(refusal):
                return ""
            raise

    def restore(self, snapshot: Snapshot, path: Path, into: Path) -> None:
        """Writes the files of a folder of the snapshot into another. What is there besides stays."""
        into.mkdir(parents=True, exist_ok=True)
        self.run(
            "restore",
            f"{snapshot.id}:/{path.relative_to(self.place.root)}",
            f"--target={into}",
            "--overwrite=if-changed",
        )

    def forget(self) -> None:
        """Deletes what is older than 35 days, for good."""
        kept = [f"--keep-within={ALL_KEPT_DAYS}d", f"--keep-within-hourly={DAYS_KEPT}d"]
        self.run("forget", "--group-by=tags", *kept, "--prune")
