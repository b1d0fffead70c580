"""The doctor's checks: each is red or yellow by its real cause, and green again once that is gone."""

import ast
import datetime as dt
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext
from pytest_django.fixtures import Settings

from requests_app import outbox
from requests_app.actions.people.reporters import Reporter
from requests_app.checks import check_production_settings
from requests_app.clock import AppNow, app_now
from requests_app.core import dns_text
from requests_app.doctor import database, health_file, machine, queues, table
from requests_app.doctor.findings import Finding
from requests_app.models import (
    Alarm,
    AlarmCall,
    CallBack,
    Installation,
    Jurisdiction,
    OnCall,
    OutboxRow,
    ServiceApproval,
    TelephoneLink,
)
from requests_app.rules.answers.suggestion_model import folder_of
from requests_app.worker import clock, heartbeats, polling, tasks
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
DAY_S = 86400


def look(code: str, city: Jurisdiction | None = None) -> Finding:
    findings = table.run([table.BY_CODE[code]], city)
    assert [finding.code for finding in findings] == [code]
    return findings[0]


def color(code: str, city: Jurisdiction | None = None) -> str:
    return look(code, city).color


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    heartbeats._noted.clear()


def later(**time: float) -> None:
    set_time(app_now() + dt.timedelta(**time))


# --- The database -----------------------------------------------------------------------------------------------------


def test_a_web_role_that_may_delete_an_event_is_red_and_named() -> None:
    assert color("rights") == "green"
    with connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON requests_app_event TO lamplighter_web")
    finding = look("rights")
    assert (finding.color, finding.shown()) == (
        "red",
        "lamplighter_web may DELETE requests_app_event, which it shouldn’t. Differences in all: 1.",
    )
    with connection.cursor() as cursor:
        cursor.execute("REVOKE DELETE ON requests_app_event FROM lamplighter_web")
        cursor.execute("REVOKE INSERT ON requests_app_event FROM lamplighter_web")
    assert "can’t INSERT" in look("rights").shown()


def test_pages_that_own_the_tables_are_red_in_production(settings: Settings) -> None:
    assert color("role") == "green"
    settings.PRODUCTION = True
    # Tests connect as the owner.
    assert look("role").values["user"] == "lamplighter_owner"
    assert color("role") == "red"
    settings.DATABASE_ROLE = "owner"
    assert color("role") == "green"


def test_missing_migrations_are_red() -> None:
    database._migrated = False
    try:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE app = 'requests_app'")
        assert color("migrations") == "red"
    finally:
        database._migrated = False


def test_a_database_that_takes_no_changes_is_red() -> None:
    assert color("database") == "green"
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    assert color("database") == "red"


def test_clocks_that_are_apart_are_yellow_and_then_red(monkeypatch: pytest.MonkeyPatch) -> None:
    assert color("clocks") == "green"
    now = database.time.time
    monkeypatch.setattr("requests_app.doctor.database.time.time", lambda: now() - 20)
    assert look("clocks").shown() == "This server’s clock and the database’s are 20 s apart."
    monkeypatch.setattr("requests_app.doctor.database.time.time", lambda: now() + 600)
    assert color("clocks") == "red"


def test_a_check_that_fails_is_red_and_keeps_none_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_reaches_database", lambda: True)
    broken = table.Check("ports", "Ports", lambda city: 1 / 0)  # type: ignore[arg-type, return-value]
    findings = table.run([broken, table.BY_CODE["operator"]])
    assert [(finding.code, finding.color) for finding in findings] == [("ports", "red"), ("operator", "yellow")]
    assert "ZeroDivisionError" in findings[0].shown()


# --- Processes --------------------------------------------------------------------------------------------------------


def test_who_is_silent_is_red_until_it_is_at_work_again() -> None:
    assert [color(code) for code in ("worker", "mailer", "beat")] == ["red", "red", "red"]
    for _ in range(2):
        heartbeats._noted.clear()
        for lane in polling.LANES:
            heartbeats.note(lane)
        tasks.enqueue_due_parts()
        assert [color(code) for code in ("worker", "mailer", "beat")] == ["green", "green", "green"]
        later(seconds=121)
        assert [color(code) for code in ("worker", "mailer", "beat")] == ["red", "red", "green"]
        later(seconds=180)
        assert color("beat") == "red"
    assert "since" in look("worker").shown()


def test_a_heartbeat_is_written_twice_a_minute_at_most() -> None:
    heartbeats.note("alarm")
    later(seconds=10)
    heartbeats.note("alarm")
    assert look("mailer").measures == {"silent_s": 10}


def test_redis_that_is_away_is_red(settings: Settings, stopped_redis: str) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": stopped_redis}}
    assert color("redis") == "red"


def test_a_part_that_fails_is_yellow_and_red_once_it_is_given_up_in_its_city_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = factories.jurisdiction(), factories.jurisdiction("Eastport", hosts=["eastport.example"])
    fails = True

    def work(city: Jurisdiction) -> None:
        if fails and city == there:
            raise ValueError

    monkeypatch.setattr(clock, "PARTS", {"end_holds": clock.Part(work, clock.HOUR, by_city=True)})
    monkeypatch.setattr("requests_app.doctor.processes.PARTS", clock.PARTS)
    assert color("clock") == "yellow"
    colors = []
    for _ in range(outbox.CLOCK_ERRORS_ALLOWED):
        clock.enqueue_due()
        OutboxRow.objects.filter(done_at=None, dead_at=None).update(due_at=AppNow())
        tasks.drain("clock")
        colors.append((color("clock", here), color("clock", there), color("clock")))
    assert colors == [("green", "yellow", "yellow")] * 3 + [("green", "red", "red")]
    assert "end_holds failed last time (ValueError)" in look("clock").shown()
    fails = False
    later(hours=1)
    clock.enqueue_due()
    tasks.drain("clock")
    assert color("clock") == "green"
    later(hours=2, minutes=1)
    assert look("clock").shown() == "end_holds is late or takes long. Scheduled tasks with problems: 1."
    assert color("clock") == "red"


# --- The outbox, email, texts and calls -------------------------------------------------------------------------------


def test_work_that_waits_is_red_by_lane() -> None:
    with transaction.atomic():
        outbox.enqueue("alarm_email", lane="alarm", dedupe_key="a")
        outbox.enqueue("match_webhooks", lane="webhook", dedupe_key="w")
    later(seconds=60)
    assert color("queues") == "green"
    later(seconds=1)
    assert look("queues").shown() == "The queue “alarm” is behind: 1 tasks, the oldest by 1 min."
    OutboxRow.objects.filter(lane="alarm").update(done_at=AppNow())
    later(hours=1)
    assert color("queues") == "yellow"


def test_email_is_behind_while_the_mail_server_refuses_and_not_for_one_address(
    town: Rivermark, settings: Settings
) -> None:
    with mail_server.serving(settings) as server:
        server.answer = "451 try later"
        for email in ("ana@example.org", "ben@example.org"):
            factories.report(town.pothole, answers={"where": "lane"}, reporter=Reporter(email=email))
        later(minutes=2)
        mail_server.deliver()
        assert color("email") == "green"
        later(minutes=11)
        assert color("email") == "yellow"
        later(minutes=20)
        finding = look("email")
        assert finding.color == "red"
        assert finding.values["error"] == "SMTPDataError 451"
        assert finding.measures["accepted"] == 0
        assert queues.email().behind_s > 1800
        server.answer = "250 OK"
        waiting = OutboxRow.objects.filter(lane="outside", done_at=None)
        waiting.exclude(pk=waiting.earliest("pk").pk).update(due_at=app_now() + dt.timedelta(hours=1))
        tasks.drain("outside")
        # One was accepted since; the other is its own server's matter.
        assert look("email").measures["accepted"] == 1
        assert color("email") == "green"


def test_email_into_files_is_red_in_production(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert color("email") == "green"
    settings.PRODUCTION = True
    assert color("email") == "red"


def dead(count: int, error: str, **columns: object) -> None:
    names = {"kind": "email_received", "lane": "outside", **columns}
    OutboxRow.objects.bulk_create(
        OutboxRow(dedupe_key=f"{error}-{number}", last_error=error, dead_at=app_now(), **names)
        for number in range(count)
    )


def test_many_refused_emails_are_yellow_for_a_week() -> None:
    dead(19, "550")
    dead(5, "SMTPServerDisconnected")
    assert color("bounces") == "green"
    dead(1, "5541")
    assert look("bounces").values["refused"] == 20
    assert color("bounces") == "yellow"
    later(days=7, seconds=1)
    assert color("bounces") == "green"


def test_failed_tasks_are_yellow_and_those_of_danger_red_in_their_city() -> None:
    here, there = factories.jurisdiction(), factories.jurisdiction("Eastport", hosts=["eastport.example"])
    assert color("failed") == "green"
    dead(1, "ValueError", kind="layer_check", lane="database", jurisdiction=there)
    assert (color("failed"), color("failed", here), color("failed", there)) == ("yellow", "green", "yellow")
    dead(1, "550", lane="alarm", jurisdiction=there)
    assert (color("failed"), color("failed", here), color("failed", there)) == ("red", "green", "red")


def test_the_last_text_message_that_failed_is_red(town: Rivermark, settings: Settings) -> None:
    settings.SMS_BACKEND = ""
    assert "people on call get email" in look("texts").shown()
    settings.SMS_BACKEND = "requests_app.messages.sms.send_by_http"
    request = factories.routed(town.pothole, answers={"where": "lane"})
    alarm = Alarm.objects.create(
        jurisdiction=town.city, service_request=request, reason="staff", started_at=app_now(), state="ended"
    )
    call = {"alarm": alarm, "round": 0, "level": "desk", "callee_key": "x", "name": "Bo", "channel": "sms"}
    AlarmCall.objects.create(step=1, state="failed", **call)
    assert color("texts") == "red"
    assert color("texts", factories.jurisdiction("Eastport", hosts=["eastport.example"])) == "green"
    later(minutes=1)
    AlarmCall.objects.create(step=2, state="sent", created_at=app_now(), **call)
    assert look("texts").shown() == "Text messages about danger this week: 1 sent, 1 failed."
    assert color("texts") == "green"


def test_a_telephone_system_and_a_mailbox_that_fall_silent_are_yellow() -> None:
    city = factories.jurisdiction()
    assert table.run([table.BY_CODE["calls"], table.BY_CODE["mailboxes"]]) == []
    TelephoneLink.objects.create(jurisdiction=city, token_hash="x", last_used_at=app_now())
    CallBack.objects.bulk_create(
        CallBack(jurisdiction=city, kind="voicemail", due_at=app_now(), message_hash=str(number))
        for number in range(10)
    )
    assert (color("calls"), color("mailboxes")) == ("green", "green")
    later(days=4, seconds=1)
    assert (color("calls"), color("mailboxes")) == ("yellow", "yellow")
    assert table.run([table.BY_CODE["calls"]], factories.jurisdiction("Eastport", hosts=["eastport.example"])) == []


@contextmanager
def name_server(texts: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Answers questions for TXT records of these names."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                question, who = server.recvfrom(512)
            except OSError:
                return
            if not question:
                return
            end = question.index(b"\0", 12) + 1
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1 : at + 1 + question[at]].decode())
                at += question[at] + 1
            text = texts.get(".".join(labels), "").encode()
            record = b"\xc0\x0c\0\x10\0\1\0\0\0\x3c" + (len(text) + 1).to_bytes(2, "big") + bytes([len(text)]) + text
            head = question[:2] + b"\x81\x80\0\1" + (b"\0\1" if text else b"\0\0") + b"\0\0\0\0"
            server.sendto(head + question[12 : end + 4] + (record if text else b""), who)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield server.getsockname()
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", server.getsockname())
    thread.join(2)
    server.close()


def test_a_sender_without_spf_or_dmarc_is_yellow_in_each_city(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Rivermark 311 <311@example.gov>"
    texts = {"example.gov": "v=spf1 mx -all"}
    with name_server(texts) as address:
        monkeypatch.setattr(dns_text, "_own_servers", lambda: [address])
        assert look("sender").shown() == "example.gov has no DMARC record, so email may be taken for spam."
        texts["_dmarc.example.gov"] = "v=DMARC1; p=reject"
        assert color("sender") == "green"
        factories.jurisdiction("Eastport", sender_address="311@eastport.example")
        assert look("sender").values == {"domain": "eastport.example", "record": "SPF"}
    monkeypatch.setattr(dns_text, "_own_servers", list)
    assert "name server" in look("sender").shown()


# --- Backups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["backup", "drill"])
def test_a_demo_needs_no_backup_and_a_city_does(code: str, settings: Settings) -> None:
    assert look(code).color == "red"
    settings.DEMO = True
    assert look(code).color == "green"


@pytest.mark.parametrize(("code", "most"), [("backup", dt.timedelta(hours=26)), ("drill", dt.timedelta(days=8))])
def test_a_backup_counts_for_a_day_and_a_drill_for_a_week(code: str, most: dt.timedelta, settings: Settings) -> None:
    file = Path(settings.VAR) / f"{code}.json"
    now = dt.datetime.now(dt.UTC)

    def wrote(at: dt.datetime, ok: bool = True) -> str:
        file.write_text(json.dumps({"at": at.isoformat(), "ok": ok, "sentence": "", "seconds": 90, "files": 3}))
        return color(code)

    assert color(code) == "red"
    assert wrote(now) == "green"
    assert look(code).measures["seconds"] == 90
    assert wrote(now - most + dt.timedelta(minutes=1)) == "green"
    assert wrote(now - most - dt.timedelta(minutes=1)) == "red"
    assert wrote(now, ok=False) == "red"
    file.write_text("{")
    assert color(code) == "red"


def test_a_stopped_archive_and_an_old_database_are_red(settings: Settings) -> None:
    file = Path(settings.VAR) / "backup.json"
    now = dt.datetime.now(dt.UTC)
    # As PostgreSQL writes times.
    early, late = "2026-12-01 02:10:00.123+00", "2026-12-01 02:11:00.5+00"

    def wrote(**more: object) -> Finding:
        file.write_text(json.dumps({"at": now.isoformat(), "ok": True, "database_at": now.isoformat(), **more}))
        return look("backup")

    assert wrote(archive={"archived_at": late, "failed_at": early}).color == "green"
    assert wrote(archive={"archived_at": early, "failed_at": late}).color == "red"
    assert wrote(archive={"archived_at": "", "failed_at": late}).color == "red"
    assert wrote(archive={"archived_at": late, "failed_at": ""}).color == "green"
    assert wrote(database_at=(now - dt.timedelta(hours=27)).isoformat()).color == "red"
    assert "Up to an hour may be lost" in wrote(loses="an hour").shown()


def test_a_copy_of_another_installation_is_red_and_names_the_ways_out(settings: Settings) -> None:
    Installation.objects.all().delete()
    Installation.objects.create(installation_id="here")
    assert color("copy") == "green"
    settings.INSTALLATION_ID = "here"
    assert color("copy") == "green"
    settings.INSTALLATION_ID = "there"
    assert color("copy") == "red"
    assert "lampctl restore --as-copy" in look("copy").advice()


# --- This machine -----------------------------------------------------------------------------------------------------


def test_a_server_that_listens_on_more_than_loopback_is_red(settings: Settings) -> None:
    with socket.socket() as inside, socket.socket() as outside:
        inside.bind(("127.0.0.1", 0))
        inside.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{inside.getsockname()[1]}/0"
        assert color("ports") == "green"
        outside.bind(("0.0.0.0", 0))
        outside.listen()
        port = outside.getsockname()[1]
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        assert look("ports").shown() == (f"Redis can be reached from outside: it listens on 0.0.0.0, port {port}.")
        assert color("ports") == "red"
    with socket.socket(socket.AF_INET6) as outside:
        outside.bind(("::", 0))
        outside.listen()
        settings.REDIS_URL = f"redis://localhost:{outside.getsockname()[1]}/0"
        assert color("ports") == "red"


def test_days_until_full_come_from_two_weeks_trend(settings: Settings) -> None:
    assert color("disk") == "green"
    folder = str(settings.VAR)
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize
    now = dt.datetime.now().timestamp()

    def trend(days: float, *, length: int = 14) -> str:
        """What the disk was like if it's full in so many days at this rate."""
        samples = [[now - age * DAY_S, free * (1 + age / days)] for age in range(length, 0, -1)]
        # Longer ago it was another disk.
        samples.insert(0, [now - 40 * DAY_S, 0])
        (Path(settings.VAR) / machine.SAMPLES).write_text(json.dumps({folder: samples}))
        return color("disk")

    assert [trend(60), trend(29), trend(6)] == ["green", "yellow", "red"]
    assert "full in 6 d" in look("disk").shown()
    assert trend(6, length=1) == "green"
    (Path(settings.VAR) / machine.SAMPLES).write_text("{")
    assert color("disk") == "green"


def test_memory_and_time_are_read_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    measures = look("memory").measures
    assert 0 < measures["available"] < measures["total"]
    monkeypatch.setattr(machine, "_clock_status", lambda: machine.STA_UNSYNC)
    assert color("time") == "yellow"
    monkeypatch.setattr(machine, "_clock_status", lambda: None)
    assert table.run([table.BY_CODE["time"]]) == []


def certificate(folder: Path, host: str, ends: dt.timedelta) -> ssl.SSLContext:
    """A server's context with a certificate that nobody signed but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(days=90))
    builder = builder.not_valid_after(now + ends).add_extension(
        x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
    )
    made = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "site.pem").write_bytes(made + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "site.pem")
    return context


@contextmanager
def https(context: ssl.SSLContext) -> Iterator[int]:
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _who = server.accept()
            except OSError:
                return
            try:
                context.wrap_socket(plain, server_side=True).close()
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(2)


def test_a_certificate_that_ends_or_is_for_another_name(settings: Settings, tmp_path: Path) -> None:
    assert table.run([table.BY_CODE["certificate"]]) == []

    def served(host: str, *, trusted: bool = True, **ends: float) -> str:
        context = certificate(tmp_path, host, dt.timedelta(**ends))
        with https(context) as port, pytest.MonkeyPatch.context() as patch:
            settings.SITE_URL = f"https://localhost:{port}"
            if trusted:
                patch.setenv("SSL_CERT_FILE", str(tmp_path / "site.pem"))
            return color("certificate")

    assert served("localhost", days=60) == "green"
    assert served("localhost", days=20) == "yellow"
    assert served("localhost", days=6) == "red"
    assert served("localhost", hours=-1) == "red"
    assert served("other.example", days=60) == "red"
    assert served("localhost", days=60, trusted=False) == "yellow"
    # The port of the last one, where nothing listens anymore.
    assert look("certificate").shown().startswith("Nothing answers at localhost")


def test_what_watch_saw_is_stale_after_ten_minutes(settings: Settings) -> None:
    assert health_file.watched(health_file.read()).color == "yellow"
    file = Path(settings.VAR) / health_file.NAME
    now = dt.datetime.now(dt.UTC)
    rows = [finding.as_json() for finding in table.run([table.BY_CODE["disk"], table.BY_CODE["operator"]])]
    for age, expected in ((500, "green"), (700, "red")):
        file.write_text(json.dumps({"at": (now - dt.timedelta(seconds=age)).isoformat(), "findings": rows}))
        health = health_file.read()
        assert health is not None
        assert [finding.code for finding in health.findings] == ["disk", "operator"]
        assert health_file.watched(health).color == expected
    assert health is not None
    with translation.override("es"):
        assert health.findings[1].shown() == "No se avisa a nadie cuando falla una comprobación."
    for content in (
        "",
        "[]",
        '{"at": 1}',
        '{"at": "x", "findings": []}',
        '{"at": "2026-12-01", "findings": [{"sentence": 1}]}',
    ):
        file.write_text(content)
        assert health_file.read() is None


# --- The city ---------------------------------------------------------------------------------------------------------


def test_a_night_without_anybody_on_call_is_yellow_and_names_the_city(town: Rivermark) -> None:
    OnCall.objects.all().delete()
    set_time(dt.datetime(2026, 12, 2, 15, 0, tzinfo=town.city.zone))
    assert look("on_call").values["city"] == "Rivermark"
    line = OnCall.objects.create(
        jurisdiction=town.city, name="Bo", email="bo@example.org", starts_at=dt.time(8), ends_at=dt.time(22)
    )
    finding = look("on_call")
    assert finding.color == "yellow"
    assert str(finding.values["at"]).startswith("2026-12-02 22:00")
    OnCall.objects.create(
        jurisdiction=town.city, name="Cy", email="cy@example.org", starts_at=dt.time(22), ends_at=dt.time(8)
    )
    assert color("on_call") == "green"
    OnCall.objects.filter(pk=line.pk).update(weekdays=[0, 1, 2])
    # From Thursday 8 a.m. on, which isn't tonight.
    set_time(dt.datetime(2026, 12, 2, 17, 0, tzinfo=town.city.zone))
    assert color("on_call") == "green"
    set_time(dt.datetime(2026, 12, 2, 19, 0, tzinfo=town.city.zone))
    assert color("on_call") == "yellow"
    there = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    assert (look("on_call", there).values["city"], color("on_call", town.city)) == ("Eastport", "yellow")


def test_an_approval_that_ended_is_yellow(town: Rivermark) -> None:
    today = app_now().astimezone(town.city.zone).date()
    approval = ServiceApproval.objects.create(service=town.pothole.service, kind="emergency", review_by=today)
    assert color("approvals") == "green"
    approval.review_by = today - dt.timedelta(days=1)
    approval.save()
    assert look("approvals").shown() == "Rivermark: emergency checks whose approval has ended: 1."
    assert color("approvals", factories.jurisdiction("Eastport", hosts=["eastport.example"])) == "green"


def test_suggestions_that_were_trained_long_ago_are_yellow(settings: Settings, tmp_path: Path) -> None:
    settings.SUGGESTIONS_ROOT = str(tmp_path)
    cities = [factories.jurisdiction(), factories.jurisdiction("Eastport", hosts=["eastport.example"])]
    assert "never trained" in look("suggestions").shown()
    now = dt.datetime.now().timestamp()
    for city, age in zip(cities, (1, 16), strict=True):
        folder = folder_of(city)
        folder.mkdir()
        (folder / "current").write_text("ab")
        os.utime(folder / "current", (now - age * DAY_S, now - age * DAY_S))
    assert [color("suggestions", city) for city in cities] == ["green", "yellow"]
    assert color("suggestions") == "yellow"


def test_unsafe_settings_are_red_and_nobody_to_call_is_yellow(settings: Settings) -> None:
    assert color("settings") == "green"
    settings.PRODUCTION, settings.RATE_LIMITS = True, False
    assert color("settings") == "red"
    assert color("operator") == "yellow"
    settings.OPERATOR_EMAIL = "una@example.gov"
    assert color("operator") == "green"


UNSAFE = {
    "DEMO": True, "DEBUG": True, "SECRET_KEY": "short", "LINK_KEYS": [], "ALLOWED_HOSTS": [], "SITE_URL": "http://311.example.gov",
    "RATE_LIMITS": False, "DATABASE_URL": "", "TRUSTED_PROXIES": ["*"], "REDIS_URL": "redis://10.0.0.1:6379/0",
    "EMAIL_HOST_PASSWORD": "word", "EMAIL_USE_TLS": False, "EMAIL_USE_SSL": False,
}  # fmt: skip


def test_what_is_unsafe_is_said_in_spanish_too(settings: Settings) -> None:
    settings.PRODUCTION = True
    for name, value in UNSAFE.items():
        setattr(settings, name, value)
    messages = check_production_settings(None)
    assert [message.id for message in messages] == [f"lamplighter.E{number:03}" for number in range(1, 12)]
    finding = look("settings")
    with translation.override("es"):
        assert (finding.shown(), finding.advice()) == (
            "El inicio de sesión de la demostración, con un solo clic, no puede usarse en producción.",
            "Quite LAMPLIGHTER_DEMO.",
        )
        for message in messages:
            assert gettext(message.msg) != message.msg
            assert gettext(message.hint) != message.hint


def test_each_sentence_of_the_doctor_is_marked_for_translation() -> None:
    """tests/test_translations.py says which of the marked ones has no Spanish."""
    plain = [
        f"{path.name}:{call.lineno}"
        for path in Path(table.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("green", "yellow", "red", "report")
        if any(isinstance(argument, ast.Constant) for argument in call.args)
    ]
    assert plain == []
