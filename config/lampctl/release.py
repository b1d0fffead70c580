"""A release in a folder of its own, with its own Python packages, next to those that were there before."""

import hashlib
import os
import re
import shutil
from pathlib import Path

from config.lampctl import shell
from config.lampctl.place import Place

# What a running city doesn't need.
LEFT_OUT = {
    ".git",
    ".venv",
    "var",
    "tests",
    "node_modules",
    "__pycache__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
}
COMPLETE = ".complete"
PYTHON = "/usr/bin/python3"


def version(folder: Path) -> str:
    """As pyproject.toml says."""
    return re.search(r'^version = "([^"]+)"', (folder / "pyproject.toml").read_text(), re.MULTILINE)[1]  # type: ignore[index]


def folder_for(place: Place, source: Path) -> Path:
    """releases/0.2.0, or releases/0.2.0-1a2b3c4d if a folder of this version has other files."""
    plain = place.releases / version(source)
    mark = fingerprint(source)
    if not (plain / COMPLETE).exists() or (plain / COMPLETE).read_text() == mark:
        return plain
    return place.releases / f"{version(source)}-{mark[:8]}"


def make(place: Place, source: Path) -> tuple[Path, bool]:
    """The release's complete folder, and whether it was made now. What an interrupted run left is completed."""
    if source.resolve().parent == place.releases.resolve():
        return source.resolve(), False
    folder = folder_for(place, source)
    if (folder / COMPLETE).exists():
        return folder, False
    _copy(source, folder)
    shell.run([PYTHON, "-c", _in_folder("machine.install_requirements('demo')")], folder=folder)
    shell.run([PYTHON, "-c", _in_folder("words.compile_changed(machine.ROOT / 'locale')")], folder=folder)
    # Root alone can write here, so nothing is compiled later.
    shell.run(
        [folder / ".venv/bin/python", "-m", "compileall", "-q", "config", "requests_app", "staff_app"], folder=folder
    )
    (folder / COMPLETE).write_text(fingerprint(source))
    return folder, True


def use(place: Place, folder: Path) -> bool:
    """Lets `current` lead to this release. Returns whether it led elsewhere."""
    if place.current.is_symlink() and place.current.resolve() == folder.resolve():
        return False
    fresh = place.current.with_name(".current.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder)
    fresh.replace(place.current)
    return True


def fingerprint(source: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(source):
        digest.update(f"{path.relative_to(source)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(source: Path) -> list[Path]:
    files = []
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        # Compiled translations are made in the release.
        files += [Path(folder, name) for name in names if not name.endswith((".mo", ".pyc")) and name != COMPLETE]
    return sorted(path for path in files if path.is_file())


def _copy(source: Path, folder: Path) -> None:
    for path in _files(source):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        os.chown(target, 0, 0)
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink() and ".venv" not in path.parts:
            path.chmod(0o755 if path.is_dir() or (os.access(path, os.X_OK) and path.stat().st_mode & 0o100) else 0o644)


def _in_folder(statement: str) -> str:
    """A program for Debian's Python that doesn't import config/__init__.py, which needs the packages."""
    return (
        "import sys, types; package = types.ModuleType('config'); package.__path__ = ['config'];"
        " sys.modules['config'] = package; from config.stack import machine, words; " + statement
    )
