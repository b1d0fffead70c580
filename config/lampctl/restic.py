"""restic: photos, suggestions, settings and the list of erasures, encrypted, in the place for backups."""

import datetime as dt
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.lampctl import shell
from config.lampctl.backup_place import DAYS_KEPT, BackupPlace
from config.lampctl.place import Place
from config.lampctl.shell import Refusal

# Every snapshot of two days, then one an hour.
ALL_KEPT_DAYS = 2
FILES, DATABASE = "files", "database"
# What restic says of a place without a repository.
MISSING = ("does not exist", "unable to open config file")


@dataclass(frozen=True)
class Snapshot:
    id: str
    at: dt.datetime


@dataclass(frozen=True)
class Restic:
    place: Place
    backup_place: BackupPlace

    def run(self, *words: str | Path, folder: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        environment, options = self.backup_place.restic()
        cache = self.place.root / "var/cache/lamplighter/restic"
        cache.mkdir(parents=True, exist_ok=True)
        command = ["restic", *options, "--quiet", f"--cache-dir={cache}", "--retry-lock=2m", *words]
        try:
            return shell.run(command, env={**environment, **(env or {})}, folder=folder or Path("/"))
        except Refusal as refusal:
            if "wrong password" not in str(refusal):
                raise
            raise Refusal(
                "BACKUP_PASSPHRASE isn't the passphrase of these backups. It's on the page in the safe."
            ) from refusal

    def back_up(self, tag: str, paths: Sequence[Path]) -> None:
        """Stores the files and folders if anything in them has changed. paths: below the place's root.

        Makes the repository if there is none. Raises Refusal if it was made with another passphrase.
        """
        below = [path.relative_to(self.place.root) for path in paths if path.exists()]
        words: list[str | Path] = ["backup", f"--tag={tag}", "--host=lamplighter", "--skip-if-unchanged", *below]
        self._made(lambda: self.run(*words, folder=self.place.root))

    def back_up_output(self, tag: str, command: Sequence[str], name: str, env: Mapping[str, str]) -> None:
        """Stores what a command prints as a file of this name. Nothing is stored if it fails."""
        words = ["backup", f"--tag={tag}", "--host=lamplighter", f"--stdin-filename={name}", "--stdin-from-command"]
        self._made(lambda: self.run(*words, "--", *command, env=env))

    def _made(self, act: Callable[[], object]) -> None:
        """Makes the repository first if there is none."""
        try:
            act()
        except Refusal as refusal:
            if not any(text in str(refusal) for text in MISSING):
                raise
            self.run("init")
            act()

    def snapshots(self) -> dict[str, list[Snapshot]]:
        """By tag, oldest first."""
        rows = json.loads(self.run("snapshots", "--json"))
        by_tag: dict[str, list[Snapshot]] = {}
        for row in sorted(rows, key=lambda row: dt.datetime.fromisoformat(row["time"])):
            at = dt.datetime.fromisoformat(row["time"]).astimezone(dt.UTC)
            for tag in row.get("tags") or []:
                by_tag.setdefault(tag, []).append(Snapshot(row["id"], at))
        return by_tag

    def files(self, snapshot: Snapshot) -> list[str]:
        """The paths of its files, below the place's root."""
        rows = map(json.loads, self.run("ls", "--json", snapshot.id).splitlines())
        return [row["path"].lstrip("/") for row in rows if row.get("type") == "file"]

    def read(self, snapshot: Snapshot, paths: Sequence[Path]) -> dict[Path, str]:
        """The texts of these files, as far as they are in the snapshot."""
        with tempfile.TemporaryDirectory(prefix="lamplighter-restic-") as folder:
            included = [f"--include=/{path.relative_to(self.place.root)}" for path in paths]
            self.run("restore", snapshot.id, f"--target={folder}", *included)
            written = {path: Path(folder, path.relative_to(self.place.root)) for path in paths}
            return {path: copy.read_text() for path, copy in written.items() if copy.exists()}

    def restore(self, snapshot: Snapshot, folder: Path, names: Sequence[str]) -> None:
        """Writes the folders of these names back into a folder. What is there besides stays."""
        included = [f"--include=/{name}" for name in names]
        source = f"{snapshot.id}:/{folder.relative_to(self.place.root)}"
        self.run("restore", source, f"--target={folder}", "--overwrite=if-changed", *included)

    def forget(self) -> None:
        """Deletes what is older than 35 days, for good."""
        kept = [f"--keep-within={ALL_KEPT_DAYS}d", f"--keep-within-hourly={DAYS_KEPT}d"]
        self.run("forget", "--group-by=tags", *kept, "--prune")
