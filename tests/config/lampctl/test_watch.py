"""`lampctl watch`: when the operator gets email and texts, by a real mail server and gateway, on a shifted clock."""

import fcntl
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pytest_django.fixtures import Settings

from config.lampctl import __main__ as lampctl
from config.lampctl import alerts, doctor, notes, settings_files, watch
from config.lampctl.place import Place
from tests import mail_server
from tests.live import ROOT
from tests.mail_server import Mailbox

MINUTE, DAY = 60.0, 86400.0
# A time of day in 2026.
START = 1_790_000_000.0


class Site:
    """The operator's gateway and healthchecks server in one: what came to each address."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.beats = 0
        self.refuses_texts = False
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.beats += 1
                self.send_response(200)
                self.end_headers()

            def do_POST(self) -> None:
                fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if not site.refuses_texts:
                    site.texts += fields["Body"]
                self.send_response(503 if site.refuses_texts else 201)
                self.end_headers()

            def log_message(self, *arguments: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def box(settings: Settings) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


@pytest.fixture
def place(tmp_path: Path, site: Site, box: Mailbox, settings: Settings) -> Place:
    place = Place(tmp_path)
    place.settings.mkdir(parents=True)
    place.data.mkdir(parents=True)
    shared = {
        "SITE_URL": "https://311.example.gov",
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
        "DEFAULT_FROM_EMAIL": "Rivermark 311 <311@example.gov>",
        "SMS_URL": f"{site.url}/texts",
        "OPERATOR_EMAIL": "una@example.gov",
        "OPERATOR_PHONE": "+15550100199",
        "HEARTBEAT_URL": f"{site.url}/beat",
    }
    settings_files.write(place.settings / "shared.env", shared)
    return place


def finding(code: str, color: str) -> dict[str, Any]:
    return {"code": code, "color": color, "text": f"The {code} failed.", "advice": "Mend it.", "measures": {}}


@pytest.fixture
def colors(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the doctor says, by code, as the test has it."""
    colors = {"disk": "green", "worker": "green", "time": "yellow"}

    def examine(place: Place) -> dict[str, Any]:
        rows = [finding(code, color) for code, color in colors.items()]
        rows[0]["measures"] = {"/var": 1e9}
        return {"at": "2026-09-21T00:00:00+00:00", "color": "red", "findings": rows}

    monkeypatch.setattr(doctor, "examine", examine)
    return colors


def run(place: Place, start: float, end: float) -> None:
    """Each minute of this time, the last one included; in seconds after START."""
    at = start
    while at <= end:
        watch.once(place, START + at)
        at += MINUTE


def test_red_for_ten_minutes_is_sent_once_then_daily_then_all_clear(
    place: Place, site: Site, box: Mailbox, colors: dict[str, str]
) -> None:
    colors["worker"] = "red"
    run(place, 0, 9 * MINUTE)
    assert (box.mails, site.texts) == ([], [])
    run(place, 10 * MINUTE, 30 * MINUTE)
    (mail,) = box.to("una@example.gov")
    assert mail["Subject"] == "311.example.gov: worker red"
    assert mail["From"] == "Rivermark 311 <311@example.gov>"
    text = mail_server.plain(mail)
    assert "RED since 2026-09-21 14:13 UTC: The worker failed." in text
    assert "Mend it." in text
    assert site.texts == ["311.example.gov: worker red. The worker failed."]
    # A second one, ten minutes after it began, and the first again after a day.
    colors["disk"] = "red"
    run(place, 31 * MINUTE, 45 * MINUTE)
    assert [mail["Subject"] for mail in box.mails[1:]] == ["311.example.gov: disk red"]
    run(place, DAY, DAY + 11 * MINUTE)
    assert [mail["Subject"] for mail in box.mails[2:]] == ["311.example.gov: worker red"]
    colors["worker"] = "yellow"
    run(place, DAY + 12 * MINUTE, DAY + 13 * MINUTE)
    assert box.mails[3]["Subject"] == "311.example.gov: all clear (worker)"
    assert "Over: The worker failed." in mail_server.plain(box.mails[3])
    assert "Nothing is red" not in mail_server.plain(box.mails[3])
    colors["disk"] = "green"
    run(place, DAY + 14 * MINUTE, DAY + 40 * MINUTE)
    assert (len(box.mails), len(site.texts)) == (5, 5)
    assert site.texts[-1] == "311.example.gov: all clear (disk)."
    assert "Nothing is red anymore." in mail_server.plain(box.mails[4])


def test_what_is_red_now_and_then_calls_nobody(place: Place, box: Mailbox, colors: dict[str, str]) -> None:
    for minute in range(40):
        colors["worker"] = "green" if minute % 10 == 9 else "red"
        watch.once(place, START + minute * MINUTE)
    assert box.mails == []


def test_where_email_fails_the_text_tells_and_email_follows_when_it_is_back(
    place: Place, site: Site, box: Mailbox, colors: dict[str, str]
) -> None:
    box.answer = "451 later"
    colors["worker"] = "red"
    run(place, 0, 12 * MINUTE)
    assert (box.mails, len(site.texts)) == ([], 1)
    colors["worker"] = "green"
    run(place, 13 * MINUTE, 14 * MINUTE)
    # What email never said was red needs no all clear there.
    assert site.texts[1:] == ["311.example.gov: all clear (worker)."]
    site.refuses_texts, box.answer = True, "250 OK"
    colors["worker"] = "red"
    run(place, 20 * MINUTE, 31 * MINUTE)
    assert (len(box.mails), len(site.texts)) == (1, 2)
    site.refuses_texts = False
    run(place, 32 * MINUTE, 33 * MINUTE)
    assert (len(box.mails), len(site.texts)) == (1, 3)


def test_the_heartbeat_is_sent_every_five_minutes_while_nothing_is_red(
    place: Place, site: Site, colors: dict[str, str]
) -> None:
    run(place, 0, 10 * MINUTE)
    assert site.beats == 3
    colors["disk"] = "red"
    run(place, 11 * MINUTE, 20 * MINUTE)
    assert site.beats == 3
    colors["disk"] = "green"
    watch.once(place, START + 21 * MINUTE)
    assert site.beats == 4


def test_planned_work_alerts_nobody_until_it_is_over(
    place: Place, box: Mailbox, colors: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.data / watch.PLANNED).write_text(json.dumps({"from": START, "until": START + 30 * MINUTE}))
    colors["worker"] = "red"
    run(place, 0, 29 * MINUTE)
    assert box.mails == []
    run(place, 30 * MINUTE, 40 * MINUTE)
    assert len(box.mails) == 1
    monkeypatch.setenv("LAMPCTL_ROOT", str(place.root))
    assert lampctl.main(["planned", "tomorrow"]) == 1
    assert lampctl.main(["planned", "2020-01-01 10:00"]) == 1
    assert lampctl.main(["planned", "now", "--minutes", "90"]) == 0
    kept = json.loads((place.data / watch.PLANNED).read_text())
    assert round(kept["until"] - kept["from"]) == 5400
    assert watch.is_planned(place, kept["from"] + 1)
    assert lampctl.main(["planned", "--none"]) == 0
    assert not watch.is_planned(place, kept["from"] + 1)


def test_its_files_say_what_was_seen_and_survive_being_cut_off(place: Place, colors: dict[str, str]) -> None:
    for hour in range(14):
        watch.once(place, START + hour * 3600)
    kept = json.loads((place.data / watch.DISK).read_text())
    assert [at - START for at, _free in kept["/var"]] == [0, 6 * 3600, 12 * 3600]
    assert json.loads(place.health.read_text())["findings"][0]["code"] == "disk"
    assert place.health.stat().st_mode & 0o777 == 0o644
    well_at = json.loads((place.data / watch.STATUS).read_text())
    assert well_at == {"well_at": START + 13 * 3600, "away": False}
    colors["database"] = "red"
    run(place, 13 * 3600 + MINUTE, 13 * 3600 + 5 * MINUTE)
    assert json.loads((place.data / watch.STATUS).read_text()) == {"well_at": START + 13 * 3600, "away": True}
    (place.run / watch.STATE).write_text('{"red": ')
    watch.once(place, START + 14 * 3600)
    assert "database" in json.loads((place.run / watch.STATE).read_text())["red"]


def test_a_full_disk_keeps_nobody_from_being_alerted(
    place: Place, box: Mailbox, colors: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = notes.write

    def full(path: Path, noted: dict[str, Any]) -> None:
        if path.is_relative_to(place.data):
            raise OSError(28, "No space left on device")
        write(path, noted)

    monkeypatch.setattr(notes, "write", full)
    colors["disk"] = "red"
    run(place, 0, 10 * MINUTE)
    assert [mail["Subject"] for mail in box.mails] == ["311.example.gov: disk red"]


def test_a_broken_installation_is_red_too(place: Place, box: Mailbox) -> None:
    """Without a release, the doctor can't be asked."""
    run(place, 0, 10 * MINUTE)
    (mail,) = box.mails
    assert mail["Subject"] == "311.example.gov: lamplighter red"


def test_two_at_once_are_one(place: Place, colors: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMPCTL_ROOT", str(place.root))
    place.run.mkdir(parents=True, exist_ok=True)
    with (place.run / watch.LOCK).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert lampctl.main(["watch"]) == 0
        assert not place.health.exists()
    assert lampctl.main(["watch"]) == 0
    assert place.health.exists()


@pytest.mark.slow
def test_an_email_service_is_asked_by_django(place: Place) -> None:
    place.current.parent.mkdir(parents=True)
    place.current.symlink_to(ROOT)
    shared = {**settings_files.read(place.settings / "shared.env"), "SECRET_KEY": "s" * 50, "ANYMAIL_SERVICE": "test"}
    settings_files.write(place.settings / "worker.env", {})
    settings_files.write(place.settings / "shared.env", shared)
    alerts.senders(shared, place)["email"]("311.example.gov: disk red", "The disk failed.")
    settings_files.write(place.settings / "shared.env", {**shared, "ANYMAIL_SERVICE": "carrier_pigeon"})
    with pytest.raises(OSError, match="refused"):
        alerts.senders(shared, place)["email"]("311.example.gov: disk red", "The disk failed.")
