"""Runs a program under the system call filter of a unit, as systemd does: python filtered.py UNIT COMMAND…

What the filter doesn't allow fails with EPERM, as SystemCallErrorNumber says. Needs libseccomp, which Debian's systemd brings.
"""

import ctypes
import os
import re
import subprocess
import sys
from pathlib import Path

ALLOW, ERRNO_EPERM = 0x7FFF0000, 0x00050000 | 1
UNKNOWN = -1


def groups() -> dict[str, list[str]]:
    """Of `systemd-analyze syscall-filter`: the calls and groups in each group."""
    listed = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter"], capture_output=True, text=True, check=True
    )
    every: dict[str, list[str]] = {}
    for line in listed.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            every[word] = calls = []
        elif line.startswith(" ") and word and not word.startswith("#"):
            calls.append(word)
    return every


def expanded(name: str, every: dict[str, list[str]]) -> set[str]:
    if not name.startswith("@"):
        return {name}
    return {call for part in every[name] for call in expanded(part, every)}


def allowed(unit: Path) -> set[str]:
    every, calls = groups(), set[str]()
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit.read_text(), re.MULTILINE):
        named = {call for name in line.lstrip("~").split() for call in expanded(name, every)}
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def main(unit: str, *command: str) -> None:
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(ERRNO_EPERM)))
    # systemd lets a program start and ask for the time, whatever the filter says.
    for call in allowed(Path(unit)) | {"execve", "exit", "exit_group", "rt_sigreturn"}:
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number != UNKNOWN:
            library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), ctypes.c_int(number), ctypes.c_uint(0))
    if library.seccomp_load(context):
        sys.exit("the filter can't be loaded")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
