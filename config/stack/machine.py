"""What the machine must hold: system packages and .venv. Runs on a plain Python, before anything is installed."""

import contextlib
import ctypes.util
import fcntl
import hashlib
import importlib.util
import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"

# By their own folders, since a machine may hold several versions: Debian and Ubuntu, Red Hat, Homebrew.
POSTGRES_FOLDERS = [
    pattern.format(version)
    for version in (17, 18, 16)
    for pattern in (
        "/usr/lib/postgresql/{}/bin",
        "/usr/pgsql-{}/bin",
        "/opt/homebrew/opt/postgresql@{}/bin",
        "/usr/local/opt/postgresql@{}/bin",
    )
]
HELP = """\
Lamplighter cannot install what is missing here ({reason}). Use one of these, then run the same command again.

  Debian 13, as root:
    apt-get update && apt-get install -y --no-install-recommends {packages}
  Debian 12 and Ubuntu, as root, where PostgreSQL 17 comes from the PostgreSQL project's own archive:
    apt-get update && apt-get install -y postgresql-common && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
  macOS, with Homebrew:
    brew install python@3.13 postgresql@17 postgis redis gdal gettext
  Docker:
    docker run --rm -it -p 8311:8311 -v "$PWD:/srv/lamplighter" -w /srv/lamplighter debian:13 \\
      bash -c 'apt-get update && apt-get install -y python3 && bin/demo --host 0.0.0.0'
"""


@dataclass(frozen=True)
class Need:
    """A piece of the system, the packages that bring it, and what it is for."""

    packages: tuple[str, ...]
    reason: str
    is_there: Callable[[], bool]


def postgres_folder() -> Path | None:
    """The programs of a PostgreSQL >= 16 that has PostGIS, if the machine holds one."""
    for folder in map(Path, POSTGRES_FOLDERS):
        if (folder / "postgres").exists() and has_postgis(folder):
            return folder
    return None


def has_postgis(folder: Path) -> bool:
    # Debian keeps what the programs share in a folder by version; elsewhere pg_config knows.
    share = Path("/usr/share/postgresql", folder.parent.name)
    if not share.is_dir() and (folder / "pg_config").exists():
        asked = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=True)
        share = Path(asked.stdout.strip())
    return (share / "extension" / "postgis.control").exists()


def redis_server() -> str | None:
    # Homebrew's folders may be missing from a bare PATH.
    return shutil.which("redis-server", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")


def chromium() -> str | None:
    return shutil.which("chromium", path="/usr/bin:/opt/homebrew/bin:/usr/local/bin")


def needs(purpose: str) -> list[Need]:
    """What "demo", "test" or "lint" asks of the system, in the order of installation."""
    mine = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    can_make_venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    wanted = [
        Need((mine,), "keeps Lamplighter's Python packages apart from the system's", lambda: can_make_venv),
    ]
    private = purpose == "test" or (purpose != "lint" and not os.environ.get("DATABASE_URL"))
    if private:
        packages = ("postgresql-17", "postgresql-17-postgis-3")
        wanted.append(Need(packages, "the database, private to this folder", lambda: bool(postgres_folder())))
    if not (private and postgres_folder() is None):  # PostGIS brings the library without gdal-bin's many helpers
        library = Need(("gdal-bin",), "reads and checks places", lambda: bool(ctypes.util.find_library("gdal")))
        wanted.append(library)
    if purpose == "lint":
        return wanted
    wanted.append(Need(("gettext",), "prepares the Spanish words", lambda: bool(shutil.which("msgfmt"))))
    if purpose == "test" or not os.environ.get("REDIS_URL"):
        wanted.append(Need(("redis-server",), "the worker's queue and the cache", lambda: bool(redis_server())))
    if purpose == "test":
        ogr = Need(("gdal-bin",), "writes the Shapefiles that the tests read", lambda: bool(shutil.which("ogr2ogr")))
        wanted.append(ogr)
        wanted.append(Need(("chromium",), "the browser that the tests drive", lambda: bool(chromium())))
    return wanted


def say(words: str) -> None:
    print(words, flush=True)


def install_packages(purpose: str) -> None:
    """Install what is missing by apt, and only that. Exits with the exact lines where that cannot be done."""
    missing = [need for need in needs(purpose) if not need.is_there()]
    left_behind = "lamplighter" in read(Path(POLICY))  # by a run that was killed while it installed
    if not missing and not left_behind:
        return
    as_root = how_to_be_root()
    if left_behind and as_root is not None:
        subprocess.run([*as_root, "sh", "-c", ALLOW])
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    if shutil.which("apt-get") is None:
        sys.exit(HELP.format(reason="there is no apt", packages=" ".join(packages)))
    if as_root is None:
        sys.exit(HELP.format(reason="you are not root and sudo is not available", packages=" ".join(packages)))
    say("Installing system packages:")
    for need in missing:
        say(f"  {' and '.join(need.packages)}: {need.reason}")
    with no_service_starts(as_root):
        # An earlier run may have been cut off in the middle.
        run([*as_root, "dpkg", "--configure", "-a"])
        run([*as_root, "apt-get", "-qq", "update"])
        for package in packages:
            if subprocess.run(["apt-cache", "show", package], capture_output=True).returncode:
                sys.exit(HELP.format(reason=f"this system's apt has no {package}", packages=" ".join(packages)))
        options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"]
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"]
        run([*as_root, *quiet, "apt-get", "install", *options, *packages])
        if "redis-server" in packages:
            # The package enables a service of its own, which would start with the machine.
            subprocess.run([*as_root, "update-rc.d", "redis-server", "disable"], capture_output=True)


def how_to_be_root() -> list[str] | None:
    """The words before a command that root must run; None when one may not become root."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    # Without a terminal nobody could type a password.
    without_password = [sudo, "-n"]
    if subprocess.run([*without_password, "true"], capture_output=True).returncode == 0:
        return without_password
    return [sudo] if sys.stdin.isatty() else None


POLICY = "/usr/sbin/policy-rc.d"
NO_CLUSTER = "/etc/postgresql-common/createcluster.d/lamplighter.conf"
# Writes a file only where none stands: a policy that was there before us is not ours to remove.
FORBID = f"""
set -e
if ! [ -e {POLICY} ] || grep -q lamplighter {POLICY}; then
  printf '#!/bin/sh\\n# lamplighter: no service starts while its packages are installed\\nexit 101\\n' >{POLICY}
  chmod 755 {POLICY}
fi
mkdir -p {os.path.dirname(NO_CLUSTER)}
echo 'create_main_cluster = false' >{NO_CLUSTER}
"""
ALLOW = f"grep -qs lamplighter {POLICY} && rm -f {POLICY}; rm -f {NO_CLUSTER}"


@contextlib.contextmanager
def no_service_starts(as_root: list[str]) -> Iterator[None]:
    """Debian starts a service when it installs one; ours are private, so none may start."""
    run([*as_root, "sh", "-c", FORBID])
    try:
        yield
    finally:
        subprocess.run([*as_root, "sh", "-c", ALLOW])


def run(command: list[str]) -> None:
    """Run quietly; show what it said only if it fails."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(
            f"{done.stdout}\n`{' '.join(command)}` failed: put right what stands above and run the same command again."
        )


def install_requirements(purpose: str) -> None:
    """Make .venv and put in exactly what is locked, each file checked against its hash, unless it is there already."""
    # The demo trains its suggestions; the tests' list holds what that takes.
    demo = ["requirements.txt", "requirements-train.txt"]
    names = ["requirements-dev.txt"] if purpose in ("test", "lint") else demo
    marks = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}
    python = VENV / "bin" / "python"
    whole = (
        subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0 if python.exists() else False
    )
    if whole and all(read(VENV / f"installed-{name}") == mark for name, mark in marks.items()):
        return
    say("Installing the Python packages into .venv, each checked against its hash.")
    if not whole:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    files = [word for name in names for word in ("-r", str(ROOT / name))]
    # uv installs in a tenth of pip's time; where it does not run, pip does the same, slower.
    subprocess.run([*pip, "-r", str(ROOT / "requirements-uv.txt")], capture_output=True)
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python), "--require-hashes"]
    if not Path(uv[0]).exists() or subprocess.run([*uv, *files], stdin=subprocess.DEVNULL).returncode:
        run([*pip, *files])
    for name, mark in marks.items():
        (VENV / f"installed-{name}").write_text(mark)


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def main(purpose: str, arguments: list[str]) -> None:
    """Set up what the purpose needs, then become the stack's own command line, in this very process."""
    signal.signal(signal.SIGTERM, end_in_order)
    python = VENV / "bin" / "python"
    if purpose == "demo":
        # Told before anything is installed: --help, a mistyped flag, and that nothing can be running yet.
        options = runpy.run_path(str(ROOT / "config/stack/options.py"))["parse"](arguments)
        if options.stop and not python.exists():
            sys.exit(print("Nothing is running here."))
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        # Two commands started together must not both fill .venv.
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_packages(purpose)
        install_requirements(purpose)
    sys.stdout.flush()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    os.execve(python, [str(python), "-m", "config.stack", purpose, *arguments], environment)


def end_in_order(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
