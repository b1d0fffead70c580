"""bin/demo, from the outside: one stack through its life, then what ends it and what disturbs it."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.stack import postgres
from config.stack.folders import ROOT, stack_folders
from tests.live import wait_for
from tests.stack.conftest import Demo, answers, url_in

PROCESSES = ("web", "worker", "mailer", "beat", "postgres", "redis")
# Away from the demo that the developer may have running, and below the ports that systems hand out.
PORT = 28311


@pytest.fixture(scope="module")
def demo(make_demo: Callable[..., Demo], tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A stack that has been started once. Only its owner may enter its folder, whose path is too long for a socket."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    demo = make_demo(closed / ("long-" * 20) / "var")
    started = demo("--detach", "--no-demo-data", "--port", str(PORT))
    assert started.returncode == 0, started.stdout + started.stderr
    assert f"The database is in {demo.servers}" in started.stdout
    assert "READY http://127.0.0.1:" in started.stdout
    return demo


def running(demo: Demo) -> str:
    """The address of the stack, started again if an earlier test has stopped it."""
    if demo.runs():
        return url_in((demo.var / "run/stack.json").read_text())
    return url_in(demo("--detach", "--port", str(PORT)).stdout)


@pytest.fixture
def small_city(tmp_path: Path) -> str:
    """A folder with a city that is loaded in no time."""
    (tmp_path / "city.yaml").write_text("name: Stonecliff\njurisdiction_id: stonecliff.example\n")
    return str(tmp_path)


@pytest.fixture
def stopped(demo: Demo) -> Demo:
    demo("--stop")
    return demo


@pytest.mark.shows("1.1")
def test_it_answers_where_it_said_it_would(demo: Demo) -> None:
    assert answers(running(demo))


@pytest.mark.shows("1.1", "9.8")
def test_every_process_is_noted_and_has_a_log(demo: Demo) -> None:
    running(demo)

    alive = demo.process_ids()
    assert {name for name in PROCESSES if demo.noted(name) not in alive} == set()
    assert {name for name in PROCESSES if not (demo.var / "log" / f"{name}.log").exists()} == set()


@pytest.mark.shows("1.3")
def test_a_second_start_says_that_it_runs_and_where(demo: Demo) -> None:
    url = running(demo)
    before = demo.noted("postgres")

    again = demo("--port", "28399")

    assert (again.returncode, again.stdout) == (
        0,
        f"Lamplighter is already running at {url}  (bin/demo --stop stops it)\n",
    )
    assert demo.noted("postgres") == before


@pytest.mark.shows("1.3")
def test_only_the_web_port_is_open(demo: Demo) -> None:
    port = urlsplit(running(demo)).port
    listening = subprocess.run(["/bin/cat", "/proc/net/tcp", "/proc/net/tcp6"], capture_output=True, text=True).stdout
    open_sockets = {
        re.sub(r"\D", "", os.readlink(handle))
        for number in demo.process_ids()
        for handle in Path(f"/proc/{number}/fd").iterdir()
        if os.path.lexists(handle) and "socket" in os.readlink(handle)
    }
    ports = {
        int(fields[1].rpartition(":")[2], 16)
        for fields in map(str.split, listening.splitlines())
        if fields[3:4] == ["0A"] and fields[9] in open_sockets  # 0A is LISTEN
    }
    assert ports == {port}


@pytest.mark.sampled(6)
@pytest.mark.shows("1.4")
@pytest.mark.parametrize("name", PROCESSES)
def test_what_dies_is_started_again(demo: Demo, name: str) -> None:
    url = running(demo)
    before = demo.noted(name)

    os.kill(before, signal.SIGKILL)

    wait_for(lambda: demo.noted(name) != before and demo.noted(name) in demo.process_ids(), seconds=30)
    wait_for(lambda: answers(url), seconds=30)


@pytest.mark.shows("1.4", "1.10")
@pytest.mark.slow
def test_stop_leaves_no_process_another_city_is_refused_and_a_second_start_keeps_the_data(
    demo: Demo, tmp_path: Path
) -> None:
    running(demo)
    folders = stack_folders(demo.var)
    postgres.run_sql(folders, "CREATE TABLE kept ()", database="lamplighter")

    stopped = demo("--stop")

    assert (stopped.returncode, demo.process_ids()) == (0, set())
    assert list((demo.var / "run").glob("*.pid")) == []
    assert demo("--stop").stdout == "Nothing is running here.\n"

    (tmp_path / "city.yaml").write_text("name: Elsewhere")
    refused = demo("--city", str(tmp_path))
    assert refused.returncode == 1
    assert "this database contains nothing. Add --fresh to delete it" in refused.stderr
    assert demo.process_ids() == set()

    again = demo("--detach", "--port", str(PORT))
    # Nothing is done twice, which is what makes a second start a matter of seconds.
    assert again.stdout.splitlines()[1].startswith("READY"), again.stdout
    assert postgres.run_sql(folders, "SELECT to_regclass('kept')", database="lamplighter") == "kept"


@pytest.mark.slow
@pytest.mark.shows("1.4")
@pytest.mark.parametrize(
    # One handler for both.
    "number",
    [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)],
    ids=lambda number: number.name,
)
def test_a_signal_stops_everything(stopped: Demo, number: signal.Signals) -> None:
    with stopped.in_foreground("--port", str(PORT)) as process:
        assert answers(running(stopped))
        process.send_signal(number)
        assert process.wait(30) == 128 + number
        assert stopped.process_ids() == set()


@pytest.mark.slow
@pytest.mark.shows("1.3")
def test_a_taken_port_gives_way_to_the_next_and_a_kill_leaves_nothing_running(stopped: Demo) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with stopped.in_foreground("--port", str(taken)) as process:
            url = running(stopped)
            port = urlsplit(url).port
            assert port is not None
            assert port > taken
            assert f"Port {taken} is taken: using {port}." in "".join(stopped.said)
            assert answers(url)
            process.kill()
            stopped.wait_until_gone()


@pytest.mark.slow
def test_a_killed_supervisor_takes_its_processes_along(stopped: Demo) -> None:
    running(stopped)

    os.kill(stopped.noted("supervisor"), signal.SIGKILL)

    stopped.wait_until_gone()
    assert answers(running(stopped))


@pytest.mark.slow
@pytest.mark.shows("1.7")
def test_a_start_that_was_cut_off_while_loading_begins_the_load_again(stopped: Demo) -> None:
    (stopped.servers / "mark-data").write_text("loading: nothing")

    started = stopped("--detach", "--no-demo-data", "--port", str(PORT))

    assert "An earlier start was cut off while loading the city" in started.stdout
    assert answers(url_in(started.stdout))


@pytest.mark.slow
def test_a_start_that_is_killed_halfway_does_not_stand_in_the_way(make_demo: Callable[..., Demo]) -> None:
    demo = make_demo()
    for moment in ("Preparing the database", "Preparing the database"):
        with demo.in_foreground("--no-demo-data", "--port", str(PORT + 50), until=moment) as process:
            process.kill()

    started = demo("--no-demo-data", "--detach", "--port", str(PORT + 50))

    assert started.returncode == 0, started.stderr
    assert answers(url_in(started.stdout))


@pytest.mark.slow
@pytest.mark.shows("1.4")
def test_fresh_forgets_the_data(stopped: Demo, small_city: str) -> None:
    keys = (stopped.servers / "keys.json").read_text()
    (stopped.var / "mail").mkdir(exist_ok=True)
    (stopped.var / "mail" / "old.log").write_text("a mail of the city that was")

    started = stopped("--fresh", "--detach", "--city", small_city, "--port", str(PORT))

    assert answers(url_in(started.stdout))
    cities = "from requests_app.models import Jurisdiction; print(*Jurisdiction.objects.values_list('name', flat=True))"
    assert stopped.manage("shell", "-v0", "-c", cities).strip() == "Stonecliff"
    assert (stopped.servers / "keys.json").read_text() != keys
    assert not (stopped.var / "mail" / "old.log").exists()


@pytest.mark.slow
@pytest.mark.shows("1.6")
def test_given_services_are_used_and_nothing_private_starts(make_demo: Callable[..., Demo], small_city: str) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    demo = make_demo(**given)

    started = demo("--detach", "--city", small_city, "--port", str(PORT + 60))

    assert answers(url_in(started.stdout)), started.stderr
    assert {path.stem for path in (demo.var / "run").glob("*.pid")} == {"web", "worker", "mailer", "beat", "supervisor"}
    assert demo("--stop").returncode == 0


def test_one_given_service_alone_is_refused(make_demo: Callable[..., Demo]) -> None:
    refused = make_demo(REDIS_URL="redis://127.0.0.1:1/0")("--detach")

    assert refused.returncode == 1
    assert refused.stderr == "lamplighter: only REDIS_URL is set. Set both DATABASE_URL and REDIS_URL, or neither.\n"


@pytest.mark.shows("1.10")
def test_help_tells_every_flag() -> None:
    told = subprocess.run([ROOT / "bin/demo", "--help"], capture_output=True, text=True, check=True).stdout

    for flag in ("--fresh", "--detach", "--stop", "--port", "--host", "--no-demo-data", "--city", "--help"):
        assert flag in told
