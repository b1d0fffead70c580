"""A bare Debian 13 in a folder, with this checkout on it: where `bin/install` is tried. Needs root and Debian's package index.

Its processes, mounts and files are its own and end with it; ports and the network are those of this machine.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Kept between runs, with what was downloaded.
KEPT = Path(os.environ.get("BARE_FOLDER", "/var/tmp/lamplighter-bare"))
PACKAGES = "ca-certificates,git,python3,procps,curl,iproute2"
# What leads to the package indexes of this machine, where that is through something of its own.
PASSED_ON = re.compile(r"(SSL_|PIP_|UV_|REQUESTS_CA|CURL_CA|https?_proxy|HTTPS?_PROXY|no_proxy|NO_PROXY)")
MOUNTS = """
set -e
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
mount -t tmpfs shm "$0/dev/shm"
mount -t sysfs sys "$0/sys" 2>/dev/null || true
mount --bind "$1" "$0/var/cache/apt/archives"
mkdir -p "$0/root/.cache"
mount --bind "$2" "$0/root/.cache"
echo ready
exec chroot "$0" python3 -c '
import os, time
while True:
    try:
        os.wait()
    except ChildProcessError:
        time.sleep(0.2)
'
"""


class BareMachine:
    def __init__(self, folder: Path, process: int) -> None:
        self.folder = folder
        self.process = process

    def start(self, command: str) -> subprocess.Popen[str]:
        """Starts a command of its shell, in the checkout's folder; standard error goes to standard output."""
        given = [f"{name}={value}" for name, value in os.environ.items() if PASSED_ON.match(name)]
        plain = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        words = ["nsenter", f"--target={self.process}", "--mount", "--pid", "chroot", str(self.folder), "env", "-i"]
        words += ["HOME=/root", "LANG=C.UTF-8", "TERM=dumb", plain, *given]
        return subprocess.Popen(
            [*words, "bash", "-c", f"cd /srv/lamplighter && {command}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, command: str, *, fails: bool = False) -> str:
        """What it printed; AssertionError with that if it fails, or if it doesn't and should."""
        process = self.start(command)
        output, _ = process.communicate()
        assert (process.returncode != 0) == fails, f"{command}: {process.returncode}\n{output}"
        return output

    def run_and_kill(self, command: str, line: str, *, after_s: float) -> bool:
        """Kills the command so many seconds after it has printed the line. Returns whether it was still running then."""
        process = self.start(command)
        assert process.stdout
        for printed in process.stdout:
            if printed.rstrip() == line:
                time.sleep(after_s)
                break
        running = process.poll() is None
        if running:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return running


def base() -> Path:
    folder = KEPT / "base"
    if not (folder / "usr/bin/git").exists():
        sources = Path("/etc/apt/sources.list.d/debian.sources")
        mirror = re.search(r"^URIs: *(\S+)", sources.read_text(), re.MULTILINE)[1]  # type: ignore[index]
        KEPT.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "trixie", str(folder), mirror], check=True
        )
        shutil.copy(sources, folder / "etc/apt/sources.list.d")
        (folder / "etc/apt/sources.list").write_text("")
        subprocess.run(["cp", "-a", "/etc/ssl/certs/.", str(folder / "etc/ssl/certs/")], check=True)
        for file in ("/etc/pip.conf", "/root/.config/pip/pip.conf", *map(str, Path("/etc/apt/apt.conf.d").iterdir())):
            # A container's rules would delete each package after its download.
            if Path(file).exists() and "docker-clean" not in file:
                (folder / file[1:]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, folder / file[1:])
    return folder


@contextmanager
def bare_machine(name: str = "run", source: Path = ROOT) -> Iterator[BareMachine]:
    """A copy of the base, with a clone of the checkout's last commit in /srv/lamplighter."""
    folder = KEPT / name
    archives, cache = KEPT / "archives", KEPT / "cache"
    for kept in (archives / "partial", cache):
        kept.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["cp", "-a", str(base()), str(folder)], check=True)
    (folder / "etc/apt/apt.conf.d/99keep").write_text('Binary::apt::APT::Keep-Downloaded-Packages "true";\n')
    for file in ("resolv.conf", "hosts"):
        shutil.copy(f"/etc/{file}", folder / "etc")
    subprocess.run(["git", "clone", "--quiet", str(source), str(folder / "srv/lamplighter")], check=True)
    spaces = ["unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child"]
    holder = subprocess.Popen(
        [*spaces, "sh", "-c", MOUNTS, str(folder), str(archives), str(cache)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout
        assert holder.stdout.readline() == "ready\n"
        (child,) = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
        yield BareMachine(folder, int(child))
    finally:
        holder.kill()
        holder.wait()
        shutil.rmtree(folder, ignore_errors=True)
