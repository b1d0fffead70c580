"""/metrics: what pages, the outbox, email, limits, photos and the clock count, never by what a visitor names."""

import io
import json
import random
import re
import smtplib
from collections import Counter
from pathlib import Path

import pytest
import redis
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django.fixtures import Settings

from requests_app import photos
from requests_app.core import cache, limits, metrics, photo_slots
from requests_app.messages import email
from requests_app.models import OutboxRow
from requests_app.web.site.metrics import GAUGES
from requests_app.worker import tasks
from tests import factories, mail_server
from tests.factories import ANA, Rivermark
from tests.live import ROOT
from tests.mail_server import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.shows("9.1")]
LANE = {"where": "lane"}


def counted(client: Client, *names: str) -> Counter[tuple[str, ...]]:
    """The samples of these names, by name and labels, in the order of the labels' names."""
    text = client.get("/metrics", REMOTE_ADDR="").content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return Counter(
        {
            (sample.name, *(value for _label, value in sorted(sample.labels.items()))): sample.value
            for sample in samples
            if sample.name in names
        }
    )


def increase(client: Client, before: Counter[tuple[str, ...]], *names: str) -> dict[tuple[str, ...], float]:
    now = counted(client, *names)
    return {key: value - before[key] for key, value in now.items() if value != before[key]}


def test_answers_are_counted_by_the_name_of_their_address(client: Client, town: Rivermark) -> None:
    names = (
        "lamplighter_request_seconds_count",
        "lamplighter_request_statements_sum",
        "lamplighter_request_database_seconds_sum",
    )
    before = counted(client, *names)
    for _ in range(2):
        client.get("/healthz")
        assert client.get("/report/").status_code == 200
    assert client.get("/r/FTK5WDNY/").status_code == 404
    assert client.get("/staff/").status_code == 302
    after = increase(client, before, *names)
    assert {key: value for key, value in after.items() if key[0].endswith("_count")} == {
        (names[0], "2xx", "requests_app:report"): 2,
        (names[0], "4xx", "requests_app:track"): 1,
        (names[0], "3xx", "staff_app:queue"): 1,
    }
    assert after[names[1], "2xx", "requests_app:report"] >= 1
    assert after[names[2], "2xx", "requests_app:report"] > 0


@pytest.mark.parametrize("times", [120, pytest.param(1_000, marks=pytest.mark.slow)])
def test_odd_addresses_make_no_new_series(client: Client, town: Rivermark, times: int) -> None:
    """Also those that an address in urls.py takes, with whatever a visitor puts there."""
    odd = random.Random(1)
    name = "lamplighter_request_seconds_count"
    shapes = ("/{}/", "/api/v1/{}/", "/open311/v2/requests/{}.json", "/api/v1/requests/{}", "/static/{}", "/es/{}")

    def ask(shape: str) -> None:
        word = "".join(odd.choice('aZ0%-_.é"{}=') for _ in range(12))
        client.get(shape.format(word), headers={"host": odd.choice(["testserver", f"{odd.random()}.example"])})

    client.get("/", headers={"host": "nobody.example"})
    for shape in shapes:
        for _ in range(10):
            ask(shape)
    series = set(counted(client, name))
    for number in range(times):
        ask(shapes[number % 6])
    assert set(counted(client, name)) == series
    assert (name, "4xx", "other") in series


def test_attempts_at_rows_are_counted_by_kind_and_result(
    client: Client, town: Rivermark, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("lamplighter_outbox_attempts_total", "lamplighter_email_answers_total")
    before = counted(client, *names)
    with mail_server.serving(settings) as box:
        factories.report(town.pothole, answers=LANE, reporter=ANA)
        deliver()
        box.answer = "451 later"
        factories.report(town.pothole, answers=LANE, reporter=ANA)
        deliver()
        box.rcpt_answer = "550 nobody"
        factories.report(town.tree, reporter=ANA)
        deliver()
    # Nobody listens there anymore.
    factories.report(town.tree, reporter=factories.Reporter(email="other@example.org"))
    deliver()
    after = increase(client, before, *names)
    attempts, answers = names
    assert {key: value for key, value in after.items() if key[1].startswith("email_") or key[0] == answers} == {
        (attempts, "email_received", "done"): 1,
        (attempts, "email_received", "failed"): 2,
        (attempts, "email_received", "dead"): 1,
        (answers, "2xx"): 1,
        (answers, "4xx"): 1,
        (answers, "5xx"): 1,
        (answers, "no_answer"): 1,
    }
    assert after[attempts, "route", "done"] == 4


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "sign_in"),
        (smtplib.SMTPSenderRefused(530, b"no", "a@example.org"), "sign_in"),
        (smtplib.SMTPDataError(554, b"spam"), "5xx"),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"")}), "4xx"),
        (TimeoutError(), "no_answer"),
    ],
)
def test_each_answer_of_a_mail_server_has_a_class(error: Exception, answer: str) -> None:
    assert email._answer(error)[1] == answer
    assert answer in metrics.EMAIL_ANSWER_CLASSES


def test_parts_of_the_clock_are_timed(client: Client, town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("lamplighter_part_seconds_count", "lamplighter_part_done_timestamp_seconds")
    before = counted(client, *names)
    factories.run_clock("sweep", "recount")
    after = increase(client, before, *names)
    assert (after[names[0], "sweep"], after[names[0], "recount"]) == (1, 1)
    assert after[names[1], "sweep"] > 0

    def fail(*arguments: object) -> None:
        raise ValueError

    before = counted(client, *names, "lamplighter_outbox_attempts_total")
    monkeypatch.setitem(tasks.clock.PARTS, "sweep", tasks.clock.Part(fail, tasks.clock.HOUR))
    OutboxRow.objects.filter(kind="sweep").delete()
    tasks.clock.enqueue_due()
    OutboxRow.objects.filter(lane="clock").exclude(kind="sweep").delete()
    tasks.drain("clock")
    after = increase(client, before, *names, "lamplighter_outbox_attempts_total")
    assert after == {(names[0], "sweep"): 1, ("lamplighter_outbox_attempts_total", "sweep", "failed"): 1}


def test_limits_are_counted_by_rule_and_never_by_whose_they_are(client: Client, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    name = "lamplighter_limit_refusals_total"
    before = counted(client, name)
    for _ in range(3):
        limits.allow_key("photo:somebody", most=2, per_s=3600)
        limits.allow_sign_in("sign-in:ana@example.org", most=1, per_s=3600)
        limits.allow_lasting("way-in:ana", most=2, per_s=3600)
        limits.allow_key("Ana-Lopez", most=2, per_s=3600)
        limits.count("calls", "api-calls:a-key", most=2, per_s=60)
    assert increase(client, before, name) == {
        (name, "photo"): 1,
        (name, "sign-in"): 2,
        (name, "way-in"): 1,
        (name, "other"): 1,
        (name, "api-calls"): 1,
    }


def test_photos_are_counted_by_why_they_were_refused(
    client: Client, town: Rivermark, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    name = "lamplighter_photo_refusals_total"
    before = counted(client, name)

    def upload(content: bytes) -> None:
        photos.store_upload(io.BytesIO(content), size=len(content), jurisdiction=town.city)

    with pytest.raises(photos.PhotoRefused):
        upload(b"no photo")
    settings.PHOTO_MAX_BYTES = 3
    with pytest.raises(photos.PhotoRefused):
        upload(b"no photo")
    settings.PHOTO_MAX_BYTES = 1000
    monkeypatch.setattr(photo_slots, "SLOTS", 0)
    monkeypatch.setattr(photo_slots, "WAIT_S", 0)
    with pytest.raises(photos.Busy):
        upload(b"no photo")
    # What the child process answers is as good as the file that it has read.
    photos.refused("a word of the file")
    assert increase(client, before, name) == {
        (name, "not_a_photo"): 1,
        (name, "too_big"): 1,
        (name, "busy"): 1,
        (name, "broken"): 1,
    }


def test_a_redis_that_is_away_is_counted_each_time_it_is_tried(client: Client) -> None:
    name = "lamplighter_redis_failures_total"
    before = counted(client, name)
    breaker = cache.Breaker()

    def fail() -> None:
        raise redis.TimeoutError

    for _ in range(3):
        breaker.call(fail, None)
    assert increase(client, before, name) == {(name, "TimeoutError"): 1}


def test_backups_drills_disks_and_checks_are_read_from_their_files(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR = tmp_path
    own = [name for name in GAUGES if re.search("_run_|_check|_disk_", name)]
    bare = counted(client, *own)
    assert {key[0] for key in bare} == {"lamplighter_disk_free_bytes", "lamplighter_disk_size_bytes"}
    assert bare["lamplighter_disk_size_bytes", "data"] >= bare["lamplighter_disk_free_bytes", "data"] > 0
    backup = {"at": "2026-12-01T02:10:00+00:00", "ok": True, "sentence": "", "seconds": 61.5, "files": 3}
    (tmp_path / "backup.json").write_text(json.dumps(backup))
    (tmp_path / "drill.json").write_text(json.dumps(backup | {"at": "2026-11-30T02:10:00+00:00", "ok": False}))
    (tmp_path / "health.json").write_text("{")
    bad = counted(client, *own)
    finding = {"code": "certificate", "color": "yellow", "measures": {"days_left": 12}}
    findings = [finding, finding | {"color": "red", "measures": {}}, {"code": "ports", "color": "green"}]
    (tmp_path / "health.json").write_text(json.dumps({"at": "2026-12-01T02:10:00+00:00", "findings": findings}))
    checks = {key: value for key, value in (counted(client, *own) - bad).items() if "_check" in key[0]}
    assert checks == {
        ("lamplighter_check_state", "certificate"): 2,
        ("lamplighter_check_measure", "certificate", "days_left"): 12,
        ("lamplighter_checked_timestamp_seconds",): 1796091000,
    }
    samples = {key: value for key, value in bad.items() if "disk" not in key[0]}
    assert samples == {
        ("lamplighter_run_ok", "backup"): 1,
        ("lamplighter_run_ok", "drill"): 0,
        ("lamplighter_run_seconds", "backup"): 61.5,
        ("lamplighter_run_seconds", "drill"): 61.5,
        ("lamplighter_run_timestamp_seconds", "backup"): 1796091000,
        ("lamplighter_run_timestamp_seconds", "drill"): 1796004600,
    }


def test_the_operators_page_has_a_row_for_each_metric() -> None:
    page = (ROOT / "docs/operating.md").read_text()
    section = page.partition("\n### Metrics\n")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(lamplighter_\w+)` \| ([^|]*) \|", section, re.MULTILINE))
    ours = {name: f"`{label.replace(', ', '`, `')}`" if label else "" for name, (_meaning, label) in GAUGES.items()}
    for collector in metrics.REGISTRY._collector_to_names:
        ending = "_total" if collector._type == "counter" else ""
        ours[f"{collector._name}{ending}"] = ", ".join(f"`{label}`" for label in collector._labelnames)
    assert rows == ours
