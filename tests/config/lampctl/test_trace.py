"""`lampctl trace` and `lampctl logs`: one report from the page to the mail server, without anything private."""

import json
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from config.lampctl import __main__ as lampctl
from config.lampctl import settings_files, trace
from config.lampctl.place import Place
from requests_app import links, outbox
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.core import logs
from requests_app.management.commands.trace import meaning
from requests_app.models import ContactPoint, OutboxRow, Person, ServiceRequest
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.live import ROOT, Site
from tests.mail_server import deliver

LANE = {"where": "lane"}
CANA = Reporter(email="canary@example.org", name="Canary Lopez")
PRIVATE = ("canary", "lopez", "example.org", "elm st")


def traced(what: str) -> str:
    output = StringIO()
    call_command("trace", what, stdout=output)
    return output.getvalue()


@pytest.fixture
def refused(town: Rivermark, settings: Settings) -> ServiceRequest:
    """Its first email was refused for good, its second one will wait, and the third is paused."""
    with mail_server.serving(settings) as box:
        box.rcpt_answer = "550 no such user: CANARY"
        made = factories.report(town.pothole, "CANARY text", answers=LANE, reporter=CANA)
        deliver()
        ContactPoint.objects.update(bounced_at=None)
        box.rcpt_answer = "250 OK"
        box.answer = "451 CANARY"
        conversation.comment(made.pk, text="CANARY comment", actor=town.tom)
        deliver()
        conversation.comment(made.pk, text="CANARY comment 2", actor=town.tom)
        factories.run_worker()
        outbox.pause(OutboxRow.objects.filter(kind="email_commented", attempts=0))
        ContactPoint.objects.filter(value=CANA.email).update(bounced_at=app_now())
    return made


@pytest.mark.django_db
def test_each_row_says_how_it_stands_and_what_the_mail_server_meant(town: Rivermark, refused: ServiceRequest) -> None:
    other = factories.report(town.tree, reporter=factories.ANA)
    # As one edit of many requests would.
    OutboxRow.objects.filter(kind="route").update(trace_id="one-edit-of-both")
    text = traced(refused.display_reference.lower())
    assert re.search(r"event +submitted \(event \d+\)", text)
    assert re.search(r"row +\d+ route: done \S+, 1 attempt\n", text)
    assert re.search(r"email_received, to address \d+: given up \S+ after 1 attempt \(550\)\. .*doesn't exist", text)
    assert re.search(
        r"email_commented, to address \d+: not done after 1 attempt, next \S+ \(\S+ 451\)\. .*later|again", text
    )
    assert re.search(r"email_commented, to address \d+: paused .* sends or discards it", text)
    assert re.search(r"address +\d+ was refused for good", text)
    assert traced(other.reference) != text
    assert not set(re.findall(r"row +(\d+)", text)) & set(re.findall(r"row +(\d+)", traced(other.reference)))
    assert not [word for word in PRIVATE if word in text.lower()]
    assert "/l/" not in text


@pytest.mark.django_db
def test_a_trace_id_shows_what_one_http_request_caused(client: Client, town: Rivermark) -> None:
    mine, others = "trace-of-mine-1", "trace-of-others-2"
    for trace_id, version in ((mine, town.pothole), (others, town.tree)):
        logs.structlog.contextvars.bind_contextvars(trace_id=trace_id)
        factories.report(version, answers=LANE if version is town.pothole else None)
    logs.structlog.contextvars.clear_contextvars()
    rows = set(OutboxRow.objects.filter(trace_id=mine).values_list("pk", flat=True))
    assert rows
    assert set(map(int, re.findall(r"row +(\d+)", traced(mine)))) == rows
    for unknown in ("no-row-has-this-one", "7K3M9QWT"):
        with pytest.raises(CommandError, match="No report"):
            traced(unknown)
    with pytest.raises(CommandError, match="neither"):
        traced("a b")


@pytest.mark.parametrize(
    ("error", "part"),
    [
        ("550", "doesn't exist"),
        ("559", "for good"),
        ("SMTPDataError 451", "tried again"),
        ("SMTPSenderRefused 499", "later"),
        ("SMTPAuthenticationError 535", "EMAIL_URL"),
        ("refused", "email service"),
        ("ConnectionRefusedError", "Nothing answered"),
        ("discarded", "restore"),
    ],
)
def test_what_a_mail_server_meant_is_said_in_a_sentence(error: str, part: str) -> None:
    assert part in meaning(error)
    assert meaning("KeyError") == meaning("") == ""


def _logged(place: Place, refused: ServiceRequest, town: Rivermark) -> tuple[str, str]:
    """Writes what the supervisor's files may hold about it. Returns the link that a page's address had, and the mailer's line."""
    OutboxRow.objects.filter(service_request=refused, kind="route").update(trace_id="trace-of-cana-1")
    row = OutboxRow.objects.get(kind="email_received", service_request=refused)
    person = Person.objects.get(contact_points__value=CANA.email)
    link = links.url(links.get_or_create_link(person, refused), town.city)
    for folder in (place.settings, place.log):
        folder.mkdir(parents=True)
    entry = {"level": "warning", "logger": "requests_app.worker.tasks", "timestamp": "2026-12-01T10:00:00.123456Z"}
    page = entry | {"trace_id": "trace-of-cana-1", "event": logs.mask(f"asked {link}"), "path": "CANARY"}
    failed = entry | {
        "outbox_id": row.pk,
        "event": "outbox_row_failed",
        "error": "550",
        "exception": "a.py:1 f\nValueError",
    }
    other = entry | {"outbox_id": row.pk + 10_000, "event": "of another", "path": "CANARY"}
    (place.log / "web.log.1").write_text(json.dumps(page) + "\n")
    lines = ["CANARY trace_id", json.dumps(other), json.dumps(failed), '{"trace_id"']
    (place.log / "mailer.log").write_text("\n".join(lines))
    return link, json.dumps(failed)


@pytest.mark.django_db
def test_the_logs_lines_about_it_show_codes_and_ids_alone(
    town: Rivermark, refused: ServiceRequest, tmp_path: Path
) -> None:
    link, failed = _logged(place := Place(tmp_path), refused, town)
    output = StringIO()
    call_command("trace", refused.reference, "--json", stdout=output)
    facts = json.loads(output.getvalue())
    rows = list(trace._logged(place, facts))
    number = json.loads(failed)["outbox_id"]
    assert (
        "2026-12-01T10:00:00Z",
        "log",
        f"warning outbox_row_failed: outbox_id={number} error=550 ValueError",
    ) in rows
    assert any(text.startswith("warning asked ") and "…" in text for _at, _what, text in rows)
    assert len(rows) == 2
    assert not [word for word in (*PRIVATE, link) if word in f"{rows}{output.getvalue()}".lower()]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_commands_of_an_installed_city(
    town: Rivermark,
    refused: ServiceRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    link, failed = _logged(place := Place(tmp_path), refused, town)
    place.current.parent.mkdir(parents=True)
    place.current.symlink_to(ROOT)
    settings_files.write(place.settings / "shared.env", {"LAMPLIGHTER_ENV": "development"})
    settings_files.write(place.settings / "owner.env", {"DATABASE_URL": Site(demo=False).environment["DATABASE_URL"]})
    monkeypatch.setenv("LAMPCTL_ROOT", str(tmp_path))
    assert lampctl.main(["trace", refused.reference]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == f"Report {refused.display_reference}"
    assert [line[:20] for line in lines] == sorted(line[:20] for line in lines)
    assert {"log", "row", "event", "address"} <= {line.split()[1] for line in lines}
    assert not [word for word in (*PRIVATE, link) if word in "".join(lines).lower()]
    assert lampctl.main(["logs", "nginx"]) == 1
    assert "There is no program 'nginx'" in capsys.readouterr().err
    command = [sys.executable, "-m", "config.lampctl", "logs", "mailer", "--lines=2"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    assert shown.stdout.splitlines()[0] == failed
