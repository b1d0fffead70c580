"""How long an operator waits, as docs/running.md says: python -m tests.benchmarks.operations [ROW …], as root.

Each row is tried on a bare Debian 13 in a folder of its own (tests/bare_machine.py). Downloads don't count: they are made before.
"""

import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bare_machine import ROOT, BareMachine, bare_machine
from tests.benchmarks import lost_minutes

ANSWERS = {
    "HOST": "311.example.test",
    "ADMIN_EMAIL": "una@example.test",
    "EMAIL_URL": "none",
    "TLS": "self-signed",
    "BACKUP_TO": "none",
    "ACCEPT": "dns,clock,network",
    "SYSTEMD": "no",
}


def answer(machine: BareMachine, **answers: str) -> None:
    """Puts an answers file at /root/answers."""
    lines = [f"{name}={value}\n" for name, value in {**ANSWERS, **answers}.items()]
    (machine.folder / "root/answers").write_text("".join(lines))


def download(machine: BareMachine) -> None:
    """Into the folders that bare machines share: Debian's packages and Python's."""
    run = "python3 config/lampctl/bootstrap.py"
    machine.run("apt-get -qq update")
    names = machine.run(f"{run} packages {ANSWERS['TLS']}").split()
    machine.run(f"apt-get -qq -y --no-install-recommends --download-only install {' '.join(names)}")


def cpu_s() -> float:
    """What commands have used that have ended, on any core."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def install() -> str:
    with bare_machine() as machine:
        answer(machine)
        download(machine)
        began, used = time.monotonic(), cpu_s()
        output = machine.run("bin/install --answers /root/answers")
        seconds, used = time.monotonic() - began, cpu_s() - used
        assert "READY https://311.example.test: make your city: https://311.example.test/staff/first-run/" in output
        began = time.monotonic()
        assert "Nothing had to be changed." in machine.run("bin/install")
        again_s = time.monotonic() - began
        return f"{seconds:.0f} s, {used:.0f} s of a core besides PostgreSQL; again, with nothing to change, {again_s:.0f} s"


def migrations() -> str:
    """What tests/test_releases.py prints of each earlier release."""
    test = [str(ROOT / "bin/test"), "tests/test_releases.py", "-m", "slow", "-k", "goes_on", "-s", "-q", "-n0"]
    printed = subprocess.run(test, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return "; ".join(line for line in printed.splitlines() if "longest wait" in line)


# What is printed, and how it is measured. Others are in modules of their own.
ROWS: dict[str, tuple[str, Callable[[], str]]] = {
    "rpo": ("5 rows a second, then PostgreSQL killed and its folder lost", lost_minutes.rpo),
    "install": ("Bare Debian 13 to READY, downloads aside", install),
    "migrations": (
        "From each earlier release to now at 100,000 requests, while its code takes 5 reports a second",
        migrations,
    ),
}


def main(names: list[str]) -> int:
    unknown = set(names) - set(ROWS)
    if unknown or os.geteuid() != 0:
        print(f"As root, with none or some of: {', '.join(ROWS)}", file=sys.stderr)
        return 2
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 10**9
    print(f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.platform()}")
    for name in names or ROWS:
        text, measure = ROWS[name]
        result = measure()
        print(f"| {text} | {result} | load {Path('/proc/loadavg').read_text().split()[0]} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
