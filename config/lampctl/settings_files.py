"""Files of NAME=value lines as systemd's EnvironmentFile reads them. Values may hold anything but a line break."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

NAME = re.compile(r"[A-Z][A-Z0-9_]*\Z")


def read(path: Path) -> dict[str, str]:
    """Raises ValueError with the number of the first line that isn't NAME=value."""
    values = {}
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not NAME.match(name.strip()):
            raise ValueError(f"{path}: line {number} isn't NAME=value")
        values[name.strip()] = _unquoted(value.strip())
    return values


def write(path: Path, values: Mapping[str, str], *, group: str | None = None) -> bool:
    """Replaces the file as a whole: root may read it, and the group if there is one. Returns whether it has changed."""
    text = "".join(f"{name}={_quoted(value)}\n" for name, value in values.items())
    if path.exists() and path.read_text() == text:
        return False
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if group:
        shutil.chown(fresh, group=group)
        fresh.chmod(0o640)
    fresh.replace(path)
    return True


def _quoted(value: str) -> str:
    if "\n" in value:
        raise ValueError("a value can't have a line break")
    if re.fullmatch(r"[\w.,:/@%+=-]*", value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1]
    return value
