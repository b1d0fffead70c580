"""The processes of a running stack, managed by supervisord: what starts, in what order, and how each stops."""

import os
import shlex
import shutil
import subprocess
import sys
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.stack import postgres, redis
from config.stack.folders import ROOT, Folders


@dataclass(frozen=True)
class Program:
    """One process under the supervisor. Servers run as the folders' owner, start first and stop last."""

    name: str
    command: Sequence[str]
    priority: int = 10  # lower starts earlier and stops later
    role: str = ""  # the database role
    stop_signal: str = "TERM"
    as_owner: bool = False


def server_programs(folders: Folders) -> list[Program]:
    return [
        # INT, since TERM would wait for clients to disconnect.
        Program("postgres", postgres.command(folders), priority=1, stop_signal="INT", as_owner=True),
        Program("redis", redis.command(folders), priority=2, as_owner=True),
    ]


def address(host: str, port: int) -> str:
    """As gunicorn's --bind takes it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def app_programs(bind: str, bin_folder: Path = Path(sys.executable).parent) -> list[Program]:
    """The processes of the application: of the demo, and of an installed city, whose units have the same lines."""
    gunicorn = [
        str(bin_folder / "gunicorn"),
        "config.wsgi:application",
        "--config=config/gunicorn.py",
        f"--bind={bind}",
        "--worker-class=gthread",
    ]
    celery = [str(bin_folder / "celery"), "--app=config.celery:app"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    worker = [*celery, "worker", "--loglevel=WARNING", *alone]
    return [
        # Two processes with four threads suit two cores. No control socket: the supervisor manages gunicorn.
        Program(
            "web",
            [*gunicorn, "--workers=2", "--threads=4", "--timeout=60", "--graceful-timeout=5", "--no-control-socket"],
            role="web",
        ),
        Program("worker", [*worker, "--queues=database,clock", "--concurrency=3"], role="worker"),
        # Email and other calls to the outside: a server that keeps them waiting takes up threads here, and none of the above.
        Program("mailer", [*worker, "--queues=alarm,outside,webhook", "--concurrency=8"], role="worker"),
        Program("beat", [*celery, "beat", "--loglevel=WARNING"], role="worker"),
    ]


def tied_to_parent(command: Sequence[str], folders: Folders, *, stop_signal: str, as_owner: bool) -> list[str]:
    """Wraps the command to run as the right user, and to be stopped when its parent dies for any reason."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:  # macOS: a child survives only a kill -9 of its parent
        return list(command)
    user = folders.owner.setpriv if as_owner else []
    return [setpriv, *user, f"--pdeathsig={stop_signal}", "--", *command]


def supervisor_config(folders: Folders, programs: Sequence[Program]) -> str:
    """supervisord's configuration: restart each process that exits, waiting a second longer after each failure."""
    lines = supervisor_head(folders.log, folders.run, folders.servers / "supervisor.sock")
    for program in programs:
        command = tied_to_parent(program.command, folders, stop_signal=program.stop_signal, as_owner=program.as_owner)
        role = ["env", f"LAMPLIGHTER_DATABASE_ROLE={program.role}"] if program.role else []
        child = ["/bin/sh", str(ROOT / "config/stack/child.sh"), str(folders.run / f"{program.name}.pid")]
        lines += program_section(
            program,
            [*child, *role, *command],
            folder=folders.servers if program.as_owner else ROOT,
            log=folders.log,
            autostart=program.as_owner,
        )
    # A group, so that they stop together, before the servers they use.
    apps = [program.name for program in programs if not program.as_owner]
    lines += ["[group:app]", f"programs={','.join(apps)}", "priority=10"]
    return "\n".join(lines) + "\n"


def supervisor_head(log: Path, run: Path, socket: Path) -> list[str]:
    return [
        "[supervisord]",
        "nodaemon=true",
        "silent=true",
        f"logfile={log}/supervisor.log",
        "logfile_maxbytes=10MB",
        "logfile_backups=1",
        f"pidfile={run}/supervisor.pid",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[unix_http_server]",
        f"file={socket}",
        "chmod=0700",
        "[supervisorctl]",
        f"serverurl=unix://{socket}",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]


def program_section(program: Program, command: Sequence[str], *, folder: Path, log: Path, autostart: bool) -> list[str]:
    """command: the program's own, with what starts it as the right user."""
    return [
        f"[program:{program.name}]",
        f"command={shlex.join(command)}".replace("%", "%%"),
        f"directory={folder}",
        f"priority={program.priority}",
        f"autostart={'true' if autostart else 'false'}",
        "autorestart=true",
        "startsecs=1",
        "startretries=1000000",
        f"stopsignal={program.stop_signal}",
        "stopwaitsecs=15",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={log}/{program.name}.log",
        "stdout_logfile_maxbytes=10MB",
        "stdout_logfile_backups=1",
    ]


def start_supervisor(
    folders: Folders, programs: Sequence[Program], *, environment: dict[str, str], lock: int, detach: bool
) -> subprocess.Popen[bytes]:
    """Starts supervisord. It inherits the lock and holds it until it exits, even if this process dies."""
    config = folders.run / "supervisor.conf"
    config.write_text(supervisor_config(folders, programs))
    supervisord = [sys.executable, "-m", "supervisor.supervisord", "-c", str(config)]
    command = supervisord if detach else tied_to_parent(supervisord, folders, stop_signal="TERM", as_owner=False)
    with (folders.log / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[lock],
            start_new_session=True,  # Ctrl-C is handled by this process, which passes it on
        )


def supervisor(folders: Folders) -> Any:
    """The XML-RPC interface of the running supervisor."""
    # Only here: the programs are also read where nothing is installed yet.
    from supervisor.xmlrpc import SupervisorTransport

    transport = SupervisorTransport(None, None, f"unix://{folders.servers}/supervisor.sock")
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor
