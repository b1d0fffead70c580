"""bin/demo: start and stop the whole stack, installing and loading what is missing."""

import argparse
import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from config.stack import postgres, processes, redis, words
from config.stack.folders import ROOT, Folders, StackError, stack_folders
from config.stack.options import parse

READY_S = 120
STOP_S = 60


def demo(arguments: list[str]) -> int:
    """Runs bin/demo and returns its exit code."""
    options = parse(arguments)
    private = is_private()
    folders = stack_folders(var_folder())
    with open(folders.run / "stack.lock", "a") as lock:
        if options.stop:
            return stop(folders, lock.fileno())
        while not is_locked(lock.fileno()):
            state = read_state(folders)
            if state.get("ready"):
                print(f"Lamplighter is already running at {state['url']}  (bin/demo --stop stops it)")
                return 0
            if is_alive(int(state.get("starter", 0))):
                raise StackError(
                    "another bin/demo is starting this stack. Wait until it prints READY, or run bin/demo --stop."
                )
            # The starting process was killed and left the supervisor running.
            end_supervisor(folders, lock.fileno())
        return Start(folders, options, private=private, lock=lock.fileno()).run()


def var_folder() -> Path:
    return Path(os.environ.get("LAMPLIGHTER_VAR") or ROOT / "var").resolve()


def is_private() -> bool:
    """Whether the stack runs its own PostgreSQL and Redis."""
    given = [name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)]
    if len(given) == 1:
        raise StackError(f"only {given[0]} is set. Set both DATABASE_URL and REDIS_URL, or neither.")
    return not given


def environment(folders: Folders) -> dict[str, str]:
    """The environment of every process and management command of this stack."""
    variables = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "LAMPLIGHTER_ENV": "development",
        "LAMPLIGHTER_DEMO": "true",
        "LAMPLIGHTER_VAR": str(folders.var),
        "PROMETHEUS_MULTIPROC_DIR": str(folders.run / "metrics"),
        **keys(folders),
    }
    if is_private():
        variables["DATABASE_URL"] = folders.database_url("lamplighter_web")
        for role in ("owner", "worker", "export", "read"):
            variables[f"DATABASE_URL_{role.upper()}"] = folders.database_url(f"lamplighter_{role}")
        variables["REDIS_URL"] = folders.redis_url()
    if url := read_state(folders).get("url"):
        variables["SITE_URL"] = url.rstrip("/")
    return variables


def keys(folders: Folders) -> dict[str, str]:
    """Secrets of this stack, stored so that sessions and private links survive a restart."""
    path = folders.servers / "keys.json"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps({name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "LINK_KEYS")}))
    stored: dict[str, str] = json.loads(path.read_text())
    return stored


# --- One running stack per checkout -----------------------------------------------------------------------------------


def is_locked(lock: int) -> bool:
    """Takes the lock held by a running stack. Returns whether it was free."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_state(folders: Folders) -> dict[str, Any]:
    """The stack's URL, whether it is ready, and the process that starts it."""
    try:
        state: dict[str, Any] = json.loads((folders.run / "stack.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def write_state(folders: Folders, **state: Any) -> None:
    new = folders.run / "stack.json.new"
    new.write_text(json.dumps(state))
    new.replace(folders.run / "stack.json")


def is_alive(process_id: int) -> bool:
    if process_id <= 0:
        return False
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def pid_in(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def stop(folders: Folders, lock: int) -> int:
    """bin/demo --stop."""
    if is_locked(lock):
        print("Nothing is running here.")
        return 0
    starter = int(read_state(folders).get("starter", 0))
    if is_alive(starter):
        # It runs in a terminal or is still starting, and will stop what it started.
        os.kill(starter, signal.SIGTERM)
    end_supervisor(folders, lock)
    print("Lamplighter has stopped. Its data is kept for the next start.")
    return 0


def end_supervisor(folders: Folders, lock: int) -> None:
    """Stops the supervisor and waits until it and its processes have exited. Takes the lock."""
    deadline = time.monotonic() + STOP_S
    supervisor = pid_in(folders.run / "supervisor.pid")
    if is_alive(supervisor):
        os.kill(supervisor, signal.SIGTERM)
    while not is_locked(lock):
        if time.monotonic() > deadline:
            raise StackError(f"the stack did not stop within {STOP_S} s. See {folders.log}/supervisor.log.")
        time.sleep(0.1)
    tidy(folders)


def tidy(folders: Folders) -> None:
    """Waits for processes left by a killed supervisor, then removes the pid files."""
    pid_files = list(folders.run.glob("*.pid"))
    deadline = time.monotonic() + 15
    while any(is_alive(pid_in(path)) for path in pid_files) and time.monotonic() < deadline:
        time.sleep(0.1)
    for path in pid_files:
        path.unlink(missing_ok=True)


# --- Starting ---------------------------------------------------------------------------------------------------------


class Start:
    """One start of the stack. However it ends, it leaves no process running."""

    def __init__(self, folders: Folders, options: argparse.Namespace, *, private: bool, lock: int) -> None:
        self.folders = folders
        self.options = options
        self.private = private
        self.lock = lock
        self.supervisor: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        # SIGINT too, since a shell starts background jobs with it ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, exit_on_signal)
        write_state(self.folders, starter=os.getpid(), ready=False)
        tidy(self.folders)
        try:
            self.bring_up()
            if self.options.detach:
                return 0
            return self.stay()
        except BaseException:
            self.take_down()
            raise

    def bring_up(self) -> None:
        if self.folders.servers != self.folders.var / "servers":
            print(f"The database is in {self.folders.servers}, since its user cannot use {self.folders.var}.")
        if self.options.fresh:
            self.forget()
        self.refuse_another_city()
        held = held_port(self.options.host, self.options.port)
        port = held.getsockname()[1]
        shown = "127.0.0.1" if self.options.host in ("0.0.0.0", "::") else self.options.host
        url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"
        write_state(self.folders, starter=os.getpid(), ready=False, url=url)
        programs = processes.app_programs(processes.address(self.options.host, port))
        if self.private:
            postgres.initialise(self.folders)
            programs = processes.server_programs(self.folders) + programs
        self.supervisor = processes.start_supervisor(
            self.folders,
            programs,
            environment=environment(self.folders),
            lock=self.lock,
            detach=self.options.detach,
        )
        if self.private:
            redis.wait_until_ready(self.folders)
            postgres.wait_until_ready(self.folders)
            self.prepare_database()
        self.migrate()
        words.compile_changed(ROOT / "locale")
        self.when_changed("static", static_files(), "Gathering static files", ["collectstatic", "--noinput"])
        self.load()
        held.close()
        processes.supervisor(self.folders).startProcessGroup("app", False)
        self.wait_until_ready(shown, port)
        write_state(self.folders, starter=0 if self.options.detach else os.getpid(), ready=True, url=url)
        print(f"READY {url}", flush=True)
        self.manage("demo_sign_ins")

    def forget(self) -> None:
        """--fresh: deletes the database, emails, photos and trained suggestions."""
        if not self.private:
            raise StackError("--fresh only deletes a private database. Empty the one in DATABASE_URL yourself.")
        for name in ("mail", "media", "suggestions"):
            shutil.rmtree(self.folders.var / name, ignore_errors=True)
        for entry in self.folders.servers.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def prepare_database(self) -> None:
        postgres.create_owner(self.folders)
        if self.mark("data").startswith("loading"):
            print("An earlier start was cut off while loading the city. Loading it again from the beginning.")
            postgres.run_sql(self.folders, "DROP DATABASE IF EXISTS lamplighter WITH (FORCE)")
            self.set_mark("data", "")
            self.set_mark("migrated", "")
        postgres.create_database(self.folders, "lamplighter")

    def migrate(self) -> None:
        create_roles = ROOT / "requests_app/management/commands/create_roles.py"
        rights = ROOT / "requests_app/core/database_roles.py"
        files = [*sorted(ROOT.glob("*_app/migrations/*.py")), create_roles, rights, ROOT / "requirements.txt"]
        sources = fingerprint(file.read_bytes() for file in files)
        if self.mark("migrated") == sources:
            return
        print("Preparing the database")
        self.manage("migrate", "--verbosity=0")
        if self.private:
            self.manage("create_roles", "--verbosity=0")
        self.set_mark("migrated", sources)

    def load(self) -> None:
        """Loads the city on the first start; later starts keep the data."""
        if self.mark("data").startswith("loaded"):
            return
        city = self.city_name()
        self.set_mark("data", f"loading: {city}")
        if city != "nothing":
            print(f"Loading {city}")
        if self.options.city:
            self.manage("load_city", str(self.options.city))
        elif not self.options.no_demo_data:
            self.manage("load_demo")
        self.set_mark("data", f"loaded: {city}")

    def city_name(self) -> str:
        return "nothing" if self.options.no_demo_data else str(self.options.city or "the demo city")

    def refuse_another_city(self) -> None:
        state, _, loaded = self.mark("data").partition(": ")
        chosen = self.options.no_demo_data or self.options.city
        if state == "loaded" and chosen and self.city_name() != loaded:
            raise StackError(f"this database contains {loaded}. Add --fresh to delete it and load {self.city_name()}.")

    def wait_until_ready(self, host: str, port: int) -> None:
        deadline = time.monotonic() + READY_S
        answer = "nothing"
        while time.monotonic() < deadline:
            if self.supervisor is not None and self.supervisor.poll() is not None:
                raise StackError(f"the supervisor exited. See {self.folders.log}/supervisor.log.")
            connection = http.client.HTTPConnection(host, port, timeout=10)
            with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
                connection.request("GET", "/readyz")
                answer = str(connection.getresponse().status)
                if answer == "200":
                    return
            time.sleep(0.1)
        raise StackError(f"/readyz answered {answer} for {READY_S} s. See web.log in {self.folders.log}.")

    # Marks are stored next to the database they describe, and deleted with it.

    def mark(self, name: str) -> str:
        path = self.mark_path(name)
        return path.read_text() if path.exists() else ""

    def set_mark(self, name: str, value: str) -> None:
        self.mark_path(name).write_text(value)

    def mark_path(self, name: str) -> Path:
        if self.private:
            return self.folders.servers / f"mark-{name}"
        database = hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest()[:10]
        return self.folders.run / f"mark-{name}-{database}"

    def when_changed(self, name: str, sources: str, title: str, command: list[str]) -> None:
        """Runs a management command unless it last ran on the same sources."""
        path = self.folders.run / f"mark-{name}"
        if path.exists() and path.read_text() == sources:
            return
        print(title)
        self.manage(*command, "--verbosity=0")
        path.write_text(sources)

    def environment(self, role: str) -> dict[str, str]:
        return environment(self.folders) | {"LAMPLIGHTER_DATABASE_ROLE": role}

    def manage_command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def manage(self, *arguments: str) -> None:
        sys.stdout.flush()
        # Django's checks, which import every view, are for developers: they are half of such a command's time.
        # A killed start takes it along: the next one must not meet a migration that still runs.
        command = processes.tied_to_parent(
            self.manage_command(*arguments, "--skip-checks"), self.folders, stop_signal="KILL", as_owner=False
        )
        done = subprocess.run(command, cwd=ROOT, env=self.environment("owner"), stdin=subprocess.DEVNULL)
        if done.returncode:
            raise StackError(f"manage.py {arguments[0]} failed. See its output above.")

    # --- Stopping -----------------------------------------------------------------------------------------------------

    def stay(self) -> int:
        """Waits for Ctrl-C, SIGTERM or the supervisor's exit."""
        code = self.supervisor.wait() if self.supervisor else 1
        tidy(self.folders)
        return code

    def take_down(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.supervisor.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.supervisor.wait(STOP_S)
        tidy(self.folders)


def exit_on_signal(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def held_port(host: str, preferred: int) -> socket.socket:
    """Binds the wanted port, or the next free one, so that no other process takes it before the web process does."""
    for port in range(preferred, min(preferred + 200, 65536)):
        holder = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        # SO_REUSEADDR like gunicorn, so that a port in TIME_WAIT is free. Listen, since two bound sockets may share a port.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((host, port))
            holder.listen()
        except OSError:
            holder.close()
            continue
        if port != preferred:
            print(f"Port {preferred} is taken: using {port}.")
        return holder
    raise StackError(f"no free port on {host} from {preferred} on. Choose another with --port.")


def fingerprint(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def static_files() -> str:
    """A fingerprint of what collectstatic would gather: our files by name, size and time, libraries by lock file."""
    folders = [ROOT / "static", *ROOT.glob("*_app/static")]
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.is_file())
    listed = (f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}\n".encode() for file in files)
    return fingerprint([(ROOT / "requirements.txt").read_bytes(), *listed])
