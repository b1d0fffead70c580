"""Install the system packages and .venv. Uses only the standard library, since it runs first."""

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
# Chromium without windows. Debian 13 has it; where a package is not offered, another does.
HEADLESS = "chromium-headless-shell"
INSTEAD = {HEADLESS: "chromium"}

# Fixed folders, since a machine may have several versions: Debian and Ubuntu, Red Hat, Homebrew.
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
Lamplighter can't install what is missing: {reason}. Do one of the following, then run the same command again.

  Debian 13, as root:
    apt-get update && apt-get install -y --no-install-recommends {packages}
  Debian 12 and Ubuntu, as root, to get PostgreSQL 17 from the PostgreSQL project's archive:
    apt-get update && apt-get install -y postgresql-common && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
  macOS, with Homebrew:
    brew install python@3.13 postgresql@17 postgis redis gdal gettext
  Docker:
    docker run --rm -it -p 8311:8311 -v "$PWD:/srv/lamplighter" -w /srv/lamplighter debian:13 \\
      bash -c 'apt-get update && apt-get install -y python3 && bin/demo --host 0.0.0.0'
"""


@dataclass(frozen=True)
class Need:
    """A system requirement: the packages that provide it, and what it is for."""

    packages: tuple[str, ...]
    reason: str
    is_there: Callable[[], bool]


def postgres_folder() -> Path | None:
    """The program folder of a PostgreSQL 16 or newer with PostGIS, if there is one."""
    for folder in map(Path, POSTGRES_FOLDERS):
        if (folder / "postgres").exists() and has_postgis(folder):
            return folder
    return None


def has_postgis(folder: Path) -> bool:
    # Debian has a share folder per version; elsewhere, ask pg_config.
    share = Path("/usr/share/postgresql", folder.parent.name)
    if not share.is_dir() and (folder / "pg_config").exists():
        output = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=True)
        share = Path(output.stdout.strip())
    return (share / "extension" / "postgis.control").exists()


def redis_server() -> str | None:
    # A minimal PATH may lack Homebrew's folders.
    return shutil.which("redis-server", path="/usr/bin:/usr/local/bin:/opt/homebrew/bin")


def chromium() -> str | None:
    """Without a window if possible, which takes half the processor time for the same pages."""
    path = "/usr/bin:/opt/homebrew/bin:/usr/local/bin"
    return shutil.which(HEADLESS, path=path) or shutil.which("chromium", path=path)


def on_sbin(program: str) -> str | None:
    """Where a server's program is; a user's PATH may lack Debian's folder for them."""
    return shutil.which(program, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")


def needs(purpose: str) -> list[Need]:
    """What "demo", "test" or "lint" needs, in order of installation."""
    mine = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    can_make_venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    rows = [
        Need((mine,), "keeps Lamplighter's Python packages separate from the system's", lambda: can_make_venv),
    ]
    private = purpose == "test" or (purpose != "lint" and not os.environ.get("DATABASE_URL"))
    if private:
        packages = ("postgresql-17", "postgresql-17-postgis-3")
        rows.append(Need(packages, "the private database", lambda: bool(postgres_folder())))
    if not (private and postgres_folder() is None):  # PostGIS includes the library, without the tools in gdal-bin
        library = Need(("gdal-bin",), "reads map data", lambda: bool(ctypes.util.find_library("gdal")))
        rows.append(library)
    if purpose == "lint":
        return rows
    rows.append(Need(("gettext",), "compiles the Spanish translation", lambda: bool(shutil.which("msgfmt"))))
    if purpose == "test" or not os.environ.get("REDIS_URL"):
        rows.append(Need(("redis-server",), "the worker's queue and the cache", lambda: bool(redis_server())))
    if purpose == "test":
        ogr = Need(("gdal-bin",), "writes Shapefiles for the tests", lambda: bool(shutil.which("ogr2ogr")))
        rows.append(ogr)
        rows.append(Need(("curl",), "runs the commands of the API's documents", lambda: bool(shutil.which("curl"))))
        backs_up = all(map(shutil.which, ("pgbackrest", "restic")))
        rows.append(Need(("pgbackrest", "restic"), "backups of an installed city", lambda: backs_up))
        rows.append(Need((HEADLESS,), "the browser for the tests", lambda: bool(chromium())))
        brotli = Path("/usr/share/nginx/modules-available/mod-http-brotli-filter.conf")
        nginx = ("nginx", "libnginx-mod-http-brotli-filter")
        rows.append(
            Need(nginx, "the server in front, for its tests", lambda: bool(brotli.exists() and on_sbin("nginx")))
        )
        rows.append(Need(("systemd",), "checks the units", lambda: bool(shutil.which("systemd-analyze"))))
    return rows


def say(message: str) -> None:
    print(message, flush=True)


def install_packages(purpose: str) -> None:
    """Installs missing packages with apt. If that is impossible, exits with instructions."""
    missing = [need for need in needs(purpose) if not need.is_there()]
    left_behind = "lamplighter" in read(Path(POLICY))  # by a run that was killed while installing
    if not missing and not left_behind:
        return
    as_root = how_to_be_root()
    if left_behind and as_root is not None:
        subprocess.run([*as_root, "sh", "-c", ALLOW])
    if not missing:
        return
    packages = [package for need in missing for package in need.packages]
    if shutil.which("apt-get") is None:
        sys.exit(HELP.format(reason="apt is not available", packages=" ".join(packages)))
    if as_root is None:
        sys.exit(HELP.format(reason="you are not root and sudo is not available", packages=" ".join(packages)))
    say("Installing system packages:")
    for need in missing:
        say(f"  {' and '.join(need.packages)}: {need.reason}")
    with no_service_starts(as_root):
        # An earlier run may have been interrupted.
        run([*as_root, "dpkg", "--configure", "-a"])
        run([*as_root, "apt-get", "-qq", "update"])
        packages = [
            INSTEAD[package] if package in INSTEAD and not is_offered(package) else package for package in packages
        ]
        for package in packages:
            if not is_offered(package):
                sys.exit(HELP.format(reason=f"apt does not offer {package}", packages=" ".join(packages)))
        options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"]
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"]
        run([*as_root, *quiet, "apt-get", "install", *options, *packages])
        if "redis-server" in packages:
            # The package enables a service that would start at boot.
            subprocess.run([*as_root, "update-rc.d", "redis-server", "disable"], capture_output=True)


def is_offered(package: str) -> bool:
    return subprocess.run(["apt-cache", "show", package], capture_output=True).returncode == 0


def how_to_be_root() -> list[str] | None:
    """The prefix for commands that need root; None if root is not available."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    # Without a terminal, nobody can type a password.
    without_password = [sudo, "-n"]
    if subprocess.run([*without_password, "true"], capture_output=True).returncode == 0:
        return without_password
    return [sudo] if sys.stdin.isatty() else None


POLICY = "/usr/sbin/policy-rc.d"
NO_CLUSTER = "/etc/postgresql-common/createcluster.d/lamplighter.conf"
# Never overwrites an existing policy.
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
    """Prevents Debian from starting services on installation; our stack runs its own."""
    run([*as_root, "sh", "-c", FORBID])
    try:
        yield
    finally:
        subprocess.run([*as_root, "sh", "-c", ALLOW])


def run(command: list[str]) -> None:
    """Runs a command, and shows its output only if it fails."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(
            f"{done.stdout}\n`{' '.join(command)}` failed. Fix the problem above, then run the same command again."
        )


def install_requirements(purpose: str) -> None:
    """Creates .venv with exactly the locked packages, checked by hash, unless it is up to date."""
    # The demo also trains suggestions; requirements-dev.txt includes what that needs.
    demo = ["requirements.txt", "requirements-train.txt"]
    names = ["requirements-dev.txt"] if purpose in ("test", "lint") else demo
    marks = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in names}
    python = VENV / "bin" / "python"
    # An installation that was cut off leaves packages without some of their files, which pip and uv take for whole.
    begun = VENV / "being-installed"
    is_complete = (
        python.exists()
        and not begun.exists()
        and subprocess.run([python, "-c", "import pip"], capture_output=True).returncode == 0
    )
    if is_complete and all(read(VENV / f"installed-{name}") == mark for name, mark in marks.items()):
        return
    say("Installing Python packages into .venv, checked by hash.")
    if not is_complete:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    begun.touch()
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes"]
    files = [word for name in names for word in ("-r", str(ROOT / name))]
    # uv is ten times as fast as pip; where it does not run, use pip.
    subprocess.run([*pip, "-r", str(ROOT / "requirements-uv.txt")], capture_output=True)
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python), "--require-hashes"]
    if not Path(uv[0]).exists() or subprocess.run([*uv, *files], stdin=subprocess.DEVNULL).returncode:
        run([*pip, *files])
    for name, mark in marks.items():
        (VENV / f"installed-{name}").write_text(mark)
    begun.unlink()


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def main(purpose: str, arguments: list[str]) -> None:
    """Installs what the purpose needs, then replaces this process with the stack's command line."""
    signal.signal(signal.SIGTERM, exit_on_signal)
    python = VENV / "bin" / "python"
    if purpose == "demo":
        # Handle --help, invalid options and a needless --stop before installing anything.
        options = runpy.run_path(str(ROOT / "config/stack/options.py"))["parse"](arguments)
        if options.stop and not python.exists():
            sys.exit(print("Nothing is running here."))
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "setup.lock").open("w") as lock:
        # Two commands must not fill .venv at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        install_packages(purpose)
        install_requirements(purpose)
    sys.stdout.flush()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    os.execve(python, [str(python), "-m", "config.stack", purpose, *arguments], environment)


def exit_on_signal(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
