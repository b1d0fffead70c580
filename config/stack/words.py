"""Compile translations. The .mo files are not in git."""

import os
import shutil
import subprocess
from pathlib import Path

from config.stack.folders import StackError


def compile_changed(locale: Path) -> None:
    """Compiles each .po file that is newer than its .mo file."""
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        msgfmt = shutil.which("msgfmt")
        if msgfmt is None:
            raise StackError("gettext is not installed. Run bin/demo once to install it.")
        # Write to another name first, so that no process reads a partial file.
        partial = source.with_suffix(f".{os.getpid()}.mo")
        done = subprocess.run([msgfmt, "--check-format", "-o", partial, source], capture_output=True, text=True)
        if done.returncode:
            partial.unlink(missing_ok=True)
            raise StackError(f"{source.name} does not compile: {done.stderr.strip()}")
        partial.replace(compiled)
