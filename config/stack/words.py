"""Translations: gettext reads compiled .mo files, which are not kept in git."""

import os
import shutil
import subprocess
from pathlib import Path

from config.stack.folders import StackError


def compile_changed(locale: Path) -> None:
    """Compile every .po file that is newer than its .mo."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        msgfmt = shutil.which("msgfmt")
        if msgfmt is None:
            raise StackError("gettext is not installed: run bin/demo once, which installs it.")
        # By way of another name: a process that reads meanwhile sees the old file or the new one, never half.
        half = source.with_suffix(f".{os.getpid()}.mo")
        done = subprocess.run([msgfmt, "--check-format", "-o", half, source], capture_output=True, text=True)
        if done.returncode:
            half.unlink(missing_ok=True)
            raise StackError(f"{source.name} does not compile: {done.stderr.strip()}")
        half.replace(compiled)
