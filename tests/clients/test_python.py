"""The Python client and its command line, against the running site."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest
from lamplighter_client import (
    AsyncLamplighter,
    Lamplighter,
    PreconditionFailed,
    Problem,
    Retries,
    Unreachable,
    shapes,
)
from lamplighter_client.command import main
from lamplighter_client.staff import Staff

from requests_app import api_keys
from requests_app.actions.publication import public_changes
from requests_app.models import ApiKey, ServiceRequest, WebhookDelivery
from tests import factories
from tests.live import Site

Answer = TypeVar("Answer")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("15.8")]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cast(live_site: Site) -> factories.Rivermark:
    return factories.rivermark()


@pytest.fixture
def key(cast: factories.Rivermark) -> str:
    return api_keys.create(cast.city, "Fix It app")[1]


def test_it_reads_reports_adds_and_follows(
    live_site: Site, cast: factories.Rivermark, key: str, tmp_path: Path
) -> None:
    factories.area(cast.city)
    client, photo = Lamplighter(live_site.url, key), tmp_path / "Ana Silva.jpg"
    photo.write_bytes(factories.jpeg())
    assert client.city()["name"] == "Rivermark"
    assert {one["code"] for one in client.services()} >= {"pothole", "tree"}
    assert client.categories()[0]["name"]
    assert [one["code"] for one in client.service("pothole")["questions"]] == ["where", "damage"]
    assert client.suggestions("flat tire")["services"][0]["code"] == "pothole"
    assert [one["code"] for one in client.areas("ward")] == ["5"]
    assert client.area("ward", "5")["code"] == "5"
    factories.asset(cast.city, "L00417")
    assert [one["number"] for one in client.assets(near=(40.5, -69.0, 500.0))] == ["L00417"]
    assert [one["number"] for one in client.assets(kind="bench")] == []
    assert client.articles() == []
    assert client.statistics()["smallest_number"] > 1
    assert {one["name"] for one in Lamplighter(live_site.url, language="es").services()} >= {"Bache"}

    receipt = client.report(
        "pothole",
        "A hole as big as a plate.",
        place={"lat": 40.5, "long": -69.0},
        answers={"where": "lane"},
        contact={"email": "ana@example.org"},
        photos=[photo],
    )
    found = client.request(receipt["reference"])
    assert found["description"] == "A hole as big as a plate."
    assert found["timeline"]
    token = receipt["private_token"]
    assert token
    assert client.comment(receipt["reference"], "It is deeper now.", private_token=token)["text"] == "It is deeper now."
    assert client.add_photo(receipt["reference"], photo, private_token=token)["width"] == 400
    assert client.join(receipt["reference"], "ben@example.org")["reference"] == receipt["reference"]
    assert "email" in client.follow("ana@example.org", area="ward:5")["notice"]

    with pytest.raises(Problem) as refused:
        client.report("pothole", "A hole.", place={"lat": 40.5, "long": -69.0}, answers={"where": "moon"})
    assert (refused.value.status, refused.value.code) == (422, "invalid-body")
    assert [one.field for one in refused.value.errors] == ["answers.where"]
    with pytest.raises(Problem) as missing:
        client.request("../city")
    assert missing.value.code == "not-found"


def test_all_pages_come_as_one_and_a_second_try_makes_no_second_report(
    live_site: Site, cast: factories.Rivermark, key: str
) -> None:
    sent = [factories.report(cast.tree, f"Branch {number}").display_reference for number in range(7)]
    client = Lamplighter(live_site.url, key)
    assert [row["reference"] for row in client.requests(page_size=3)] == sent[::-1]
    assert [row["reference"] for row in islice(client.requests(page_size=3), 4)] == sent[:2:-1]
    assert [row["reference"] for row in client.requests(sort="oldest", status=["routed", "received"])] == sent
    assert len(list(client.requests(bbox=(-69.1, 40.4, -68.9, 40.6), submitted=("2020-01-01", "")))) == 7
    assert list(client.requests(submitted=("", "2020-01-01"), service=["tree", "pothole"])) == []
    public_changes.number_all()
    (start,) = client.changes(since="now")
    assert start["results"] == []
    assert len(list(client.requests(near=(40.5, -69.0, 500.0), service="tree", status="open"))) == 7
    twice = [client.report("tree", "A branch.", place={"lat": 40.5, "long": -69.0}, idempotency_key="1") for _ in "ab"]
    assert twice[0] == twice[1]
    public_changes.number_all()
    (page,) = client.changes(start["cursor"])
    assert [(change["kind"], change["reference"]) for change in page["results"]] == [("created", twice[0]["reference"])]
    assert ServiceRequest.objects.count() == 8
    place: shapes.NewPlace = {"lat": 40.5, "long": -69.0}
    batch: list[shapes.NewBatchReport] = [
        {"idempotency_key": "2", "report": {"service": "tree", "description": "A branch.", "place": place}},
        {"idempotency_key": "3", "report": {"service": "spaceship"}},
    ]
    assert [[one["status"] for one in client.report_batch(batch)] for _ in "ab"] == [[201, 422], [200, 422]]


def run(coroutine: Coroutine[Any, Any, Answer]) -> Answer:
    """In a thread of its own: where a test before it had a browser, this one has a running event loop."""
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


def test_coroutines_read_send_and_stop_where_their_reader_does(
    live_site: Site, cast: factories.Rivermark, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_SITE", live_site.url)
    monkeypatch.setenv("LAMPLIGHTER_KEY", key)
    sent = [factories.report(cast.tree, f"Branch {number}").display_reference for number in range(5)]

    async def read_and_send() -> None:
        client = AsyncLamplighter()
        city, services = await asyncio.gather(client.city(), client.services())
        assert (city["name"], len(services)) == ("Rivermark", 4)
        rows = client.requests(page_size=2)
        assert [(await anext(rows))["reference"] for _ in "abc"] == sent[:1:-1]
        await rows.aclose()
        assert [row["reference"] async for row in client.requests(page_size=2)] == sent[::-1]
        receipt = await client.report("tree", "A branch.", place={"lat": 40.5, "long": -69.0})
        number, token = receipt["reference"], str(receipt["private_token"])
        assert (await client.request(number))["description"] == "A branch."
        as_read = client.etag(number)
        assert (await client.edit(number, "A big branch.", private_token=token))["description"] == "A big branch."
        with pytest.raises(PreconditionFailed) as changed:
            await client.edit(number, "A small branch.", private_token=token, etag=as_read)
        assert len(changed.value.changes) == 1
        with pytest.raises(Problem) as refused:
            await client.request("7K3M-9QWT")
        assert refused.value.status == 404

    run(read_and_send())


def test_a_program_works_for_a_member_of_staff(live_site: Site, cast: factories.Rivermark) -> None:
    sent = factories.routed(cast.pothole, answers={"where": "lane"})
    key = api_keys.create(cast.city, "Crew app", scopes=["staff"], acts_as=cast.tom)[1]
    staff = Lamplighter(live_site.url, key).staff
    assert [row["reference"] for row in staff.requests(service="pothole", page_size=1)] == [sent.display_reference]
    assert "accept" in {one["action"] for one in staff.actions(sent.display_reference)}
    done = staff.act(sent.display_reference, "accept", idempotency_key="1")
    assert done == staff.act(sent.display_reference, "accept", idempotency_key="1")
    staff.note(sent.display_reference, "The cone is back.")
    seen = staff.request(sent.display_reference)
    assert (seen["status"], "The cone is back." in json.dumps(seen["timeline"])) == ("in_progress", True)
    assert [row["reference"] for row in staff.requests(service="tree")] == []
    with pytest.raises(Problem) as refused:
        list(staff.requests(status="lost"))
    assert refused.value.status == 400


def test_a_webhook_is_made_changed_and_removed(live_site: Site, cast: factories.Rivermark) -> None:
    key = api_keys.create(cast.city, "Mirror", scopes=["webhooks"])[1]
    client = Lamplighter(live_site.url, key)
    made = client.create_webhook({"url": f"{live_site.url}/hook", "events": ["request.submitted"]})
    assert made["secret"].startswith("whsec_")
    assert client.test_webhook(made["id"])["type"] == "webhook.test"
    assert [one["type"] for one in client.deliveries(made["id"])] == ["webhook.test"]
    assert client.change_webhook(made["id"], {"enabled": False})["enabled"] is False
    assert [one["id"] for one in client.webhooks()] == [made["id"]]
    assert client.webhook(made["id"])["enabled"] is False
    with pytest.raises(Problem) as off:
        client.try_webhook(made["id"])
    assert off.value.code == "conflict"
    client.change_webhook(made["id"], {"enabled": True})
    assert client.try_webhook(made["id"])["type"] == "webhook.test"
    # The city gave up.
    WebhookDelivery.objects.update(state=WebhookDelivery.State.DEAD)
    (sent, *_others) = client.deliveries(made["id"], state="dead")
    assert client.resend(made["id"], sent["id"])["webhook_id"] == sent["webhook_id"]
    assert client.rotate_secret(made["id"], overlap_hours=0)["secret"] != made["secret"]
    assert "webhook.test" in {one["type"] for one in client.webhook_events()}
    client.delete_webhook(made["id"])
    assert client.webhooks() == []


def test_a_test_key_lists_its_own(live_site: Site, cast: factories.Rivermark) -> None:
    client = Lamplighter(live_site.url, api_keys.create(cast.city, "Trying", is_test=True)[1])
    sent = [client.report("tree", text, place={"lat": 40.5, "long": -69.0})["reference"] for text in ("One.", "Two.")]
    assert [row["reference"] for row in client.test_requests(page_size=1)] == sent[::-1]


# --- What somebody else changed meanwhile ------------------------------------------------------------------------------


def test_an_edit_needs_the_text_as_it_was_read(live_site: Site, cast: factories.Rivermark, key: str) -> None:
    client, other = Lamplighter(live_site.url, key), Lamplighter(live_site.url)
    sent = client.report("tree", "A branch.", place={"lat": 40.5, "long": -69.0})
    number, token = sent["reference"], str(sent["private_token"])
    assert client.etag(number) == ""
    with pytest.raises(Problem) as unread:
        client.edit(number, "A big branch.", private_token=token)
    assert unread.value.code == "precondition-required"
    for reader in (client, other):
        reader.request(number.replace("-", "").lower())
    as_read = client.etag(number)
    assert client.edit(number, "A big branch.", private_token=token)["description"] == "A big branch."
    # The other one still has the first text, and overwrites nothing.
    for etag in ("", as_read):
        with pytest.raises(PreconditionFailed) as changed:
            other.edit(number, "A small branch.", private_token=token, etag=etag)
        assert (changed.value.code, len(changed.value.changes)) == ("precondition-failed", 1)
        assert changed.value.changes[0]["text"] in changed.value.detail
    assert client.etag(number) == ""
    assert other.request(number)["description"] == "A big branch."
    other.edit(number, "A small branch.", private_token=token)
    with pytest.raises(PreconditionFailed) as foreign:
        other.edit(number, "A branch.", private_token=token, etag='"of something else"')
    assert foreign.value.changes == []


def test_staff_change_only_what_they_have_read(live_site: Site, cast: factories.Rivermark) -> None:
    reference = factories.routed(cast.pothole, answers={"where": "lane"}).display_reference
    first, second = (
        Lamplighter(live_site.url, api_keys.create(cast.city, name, scopes=["staff"], acts_as=cast.tom)[1]).staff
        for name in ("Crew app", "Depot")
    )
    first.request(reference)
    second.request(reference)
    changed = first.change(reference, {"priority": 1}, idempotency_key="1")
    # The answer's ETag is remembered for the next; a note makes no new version.
    second.note(reference, "The cone is back.")
    assert first.change(reference, {"priority": 2})["request"] != changed["request"]
    stale = second.etag(reference)
    assert stale
    third = first.act(reference, "accept", etag=first.etag(reference))
    assert third["request"]
    for attempt in (lambda: second.change(reference, {"priority": 4}, etag=stale), lambda: act_with(second, stale)):
        with pytest.raises(PreconditionFailed) as refused:
            attempt()
        assert {change["by"] for change in refused.value.changes} == {"Tom, through Crew app"}
    # Without an ETag, an action compares nothing.
    assert second.act(reference, "comment", {"text": "We are on our way."})["request"]

    task = first.add_task(reference, {"department": cast.streets.code, "what": "Fill it."})["id"]
    assert first.task(task)["state"] == "open"
    as_read = first.task_etag(task)
    assert second.change_task(task, {"state": "done"})["state"] == "done"
    with pytest.raises(PreconditionFailed):
        first.change_task(task, {"state": "dropped"}, etag=as_read)
    assert [one["id"] for one in first.tasks(state="all")] == [task]


def act_with(staff: Staff, etag: str) -> shapes.StaffChange:
    (row,) = staff.requests()
    return staff.act(row["reference"], "hold", {}, etag=etag)


def test_a_wrong_key_and_no_network_are_said(live_site: Site, cast: factories.Rivermark) -> None:
    with pytest.raises(Problem) as wrong:
        Lamplighter(live_site.url, "lk_wrong").report("tree", "A branch.", place={"lat": 40.5, "long": -69.0})
    assert wrong.value.status in (401, 403)
    with pytest.raises(Unreachable, match="gave no answer"):
        Lamplighter("http://127.0.0.1:9", retries=Retries(times=0)).city()
    # Somebody who stops reading midway leaves the city to others.
    for _ in range(20):
        with socket.create_connection((urlsplit(live_site.url).hostname, live_site.port)) as midway:
            midway.sendall(b"GET /api/v1/services/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            midway.recv(10)
    assert Lamplighter(live_site.url).city()["name"] == "Rivermark"
    # The key in the environment is for the city there, and no other.
    with pytest.MonkeyPatch.context() as patch, server((200, {}, b"{}")) as (site, asked):
        patch.setenv("LAMPLIGHTER_KEY", "lk_1")
        Lamplighter(site).city()
        assert asked[0]["Authorization"] is None


def test_it_waits_as_long_as_the_city_says(live_site: Site, cast: factories.Rivermark, key: str) -> None:
    ApiKey.objects.update(calls_a_minute=0)
    waits: list[float] = []

    def a_minute_later(seconds: float) -> None:
        waits.append(seconds)
        ApiKey.objects.update(calls_a_minute=300)

    client = Lamplighter(live_site.url, key, retries=Retries(sleep=a_minute_later))
    assert client.city()["name"] == "Rivermark"
    assert len(waits) == 1
    assert 1 <= waits[0] <= 60
    ApiKey.objects.update(calls_a_minute=0)
    hasty = Lamplighter(live_site.url, key, retries=Retries(longest_s=0, sleep=a_minute_later))
    with pytest.raises(Problem) as refused:
        hasty.city()
    assert refused.value.code == "too-many-requests"
    assert refused.value.retry_after
    assert len(waits) == 1


# --- A city that is out of order --------------------------------------------------------------------------------------


@contextmanager
def server(*answers: tuple[int, dict[str, str], bytes] | None) -> Iterator[tuple[str, list[Any]]]:
    """Gives these answers in turn; None closes the connection. Yields its address and what was asked."""
    left, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = left.pop(0)
            if answer is None:
                self.close_connection = True
                return
            self.send_response(answer[0])
            for name, value in answer[1].items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer[2])

        do_GET = do_PATCH = do_POST  # noqa: N815 - the library looks for these names

        def log_message(self, *_arguments: Any) -> None:
            pass

    httpd = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}", asked
    finally:
        httpd.shutdown()
        httpd.server_close()


def test_an_outage_is_waited_for_and_the_same_report_sent_again() -> None:
    waits: list[float] = []
    done = json.dumps({"reference": "7K3M-9QWT"}).encode()
    with server((503, {"Retry-After": "7"}, b""), None, (201, {}, done)) as (site, asked):
        receipt = Lamplighter(site, "lk_1", retries=Retries(sleep=waits.append)).report("tree", "A branch.")
    assert receipt["reference"] == "7K3M-9QWT"
    assert waits == [7, 2]
    assert len({headers["Idempotency-Key"] for headers in asked}) == 1


def test_a_coroutine_waits_and_sends_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    done = json.dumps({"reference": "7K3M-9QWT"}).encode()
    with server((429, {"Retry-After": "7"}, b""), (502, {}, b"<html>"), None, (201, {}, done)) as (site, asked):
        receipt = run(AsyncLamplighter(site, "lk_1").report("tree", "A branch."))
    assert (receipt["reference"], waits) == ("7K3M-9QWT", [7, 2, 4])
    assert len({headers["Idempotency-Key"] for headers in asked}) == 1
    # What may have taken effect, and must not twice, is not sent again.
    with server((502, {}, b"<html>")) as (site, asked), pytest.raises(Problem):
        run(AsyncLamplighter(site).follow("ana@example.org", area="ward:5"))
    assert len(asked) == 1


def test_an_edit_is_sent_again_only_where_that_does_no_harm() -> None:
    retries, one = Retries(sleep=lambda _seconds: None), json.dumps({"reference": "7K3M-9QWT"}).encode()
    read, done = (200, {"ETag": '"1.a"'}, one), (200, {"ETag": '"2.b"'}, one)
    with server(read, None, done) as (site, asked):
        client = Lamplighter(site, "lk_1", retries=retries)
        client.request("7K3M-9QWT")
        # It may have taken effect, and then the ETag is an old one.
        with pytest.raises(Unreachable):
            client.edit("7K3M-9QWT", "A branch.", private_token="1-x")
        assert (asked[1]["If-Match"], asked[1]["Idempotency-Key"], len(asked)) == ('"1.a"', None, 2)
    with server(read, None, done, done) as (site, asked):
        staff = Lamplighter(site, "lk_1", retries=retries).staff
        staff.request("7K3M-9QWT")
        staff.change("7k3m9qwt", {"priority": 1})
        assert [headers["If-Match"] for headers in asked] == [None, '"1.a"', '"1.a"']
        assert asked[1]["Idempotency-Key"] == asked[2]["Idempotency-Key"]
        staff.act("7K3M-9QWT", "accept", etag=staff.etag("7K3M-9QWT"))
        assert asked[3]["If-Match"] == '"2.b"'


def test_it_forgets_the_etags_of_what_was_read_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lamplighter_client.transport.ETAGS_MOST", 2)
    with server(*[(200, {"ETag": f'"{number}"'}, b"{}") for number in range(4)]) as (site, _asked):
        client = Lamplighter(site)
        for reference in ("A", "B", "A", "C"):
            client.request(reference)
        assert [client.etag(reference) for reference in "ABC"] == ['"2"', "", '"3"']


def test_what_a_later_version_adds_does_no_harm(capsys: pytest.CaptureFixture[str]) -> None:
    row = {
        "reference": "7K3M-9QWT",
        "submitted_at": "2030-01-01T08:00:00Z",
        "service": {"code": "pothole", "name": "Pothole"},
    }
    row |= {"address": None, "status": "levitating", "status_text": "It floats.", "tide": {"height": 3}}
    page = json.dumps({"results": [row], "next": None, "previous": None, "weather": "fine"}).encode()
    with server((200, {"X-New": "1"}, page)) as (site, _asked):
        assert main(["list", "--site", site]) == 0
    assert "It floats." in capsys.readouterr().out
    with (
        server(
            (422, {}, b'{"type": "/problems/too-early/", "detail": "Not yet.", "errors": [{"field": "x"}], "moon": 1}')
        ) as (
            site,
            _asked,
        ),
        pytest.raises(Problem) as refused,
    ):
        Lamplighter(site, "lk_1").report("tree")
    assert (refused.value.code, refused.value.errors[0].field) == ("too-early", "x")


def test_it_gives_up_and_takes_its_key_to_no_other_address() -> None:
    waits: list[float] = []
    outage = (503, {"Retry-After": "1"}, b"")
    with server(outage, outage, outage) as (site, asked), pytest.raises(Problem):
        Lamplighter(site, retries=Retries(times=2, sleep=waits.append)).city()
    assert (len(asked), len(waits)) == (3, 2)
    # Following is not repeated: it would send a second email.
    with server(None) as (site, asked), pytest.raises(Unreachable):
        Lamplighter(site, retries=Retries(sleep=waits.append)).follow("ana@example.org", area="ward:5")
    assert len(asked) == 1
    with server() as (elsewhere, stolen), server((302, {"Location": elsewhere}, b"")) as (site, _asked):
        with pytest.raises(Problem) as moved:
            Lamplighter(site, "lk_1").city()
        assert (moved.value.status, stolen) == (302, [])
    with server((200, {}, b"<html>")) as (site, _asked), pytest.raises(Unreachable):
        Lamplighter(site).city()
    with pytest.raises(ValueError, match="looks like https"):
        Lamplighter("file:///etc/passwd")


# --- The command line -------------------------------------------------------------------------------------------------


def test_the_command_line_reads_reports_and_follows(
    live_site: Site, key: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAMPLIGHTER_SITE", live_site.url)
    monkeypatch.setenv("LAMPLIGHTER_KEY", key)

    def said(*arguments: str, code: int = 0) -> str:
        assert main(arguments) == code
        out, err = capsys.readouterr()
        return err if code else out

    assert "pothole  Pothole" in said("services", "flat tire")
    where = ("--at=40.5,-69.0", "--answer", "where=lane")
    sent = json.loads(said("report", "pothole", "A \x1b[31mred hole.", *where, "--email", "ana@example.org", "--json"))
    shown = said("show", sent["reference"])
    assert "red hole." in shown
    assert "\x1b" not in shown
    assert sent["reference"] in said("list", "--service", "pothole", "--near=40.5,-69.0,200")
    assert json.loads(said("list", "nowhere", "--json")) == []
    assert said("list", "nowhere") == "Nothing fits.\n"
    assert "private link" in said("report", "tree", "A branch.", "--at=40.5,-69.0")
    assert "email" in said("follow", "ana@example.org", "--service", "pothole")
    assert "answers.where" in said("report", "pothole", "A hole.", "--at=40.5,-69.0", code=1)
    assert "Request not found" in said("show", "7K3M-9QWT", code=1)
    with pytest.raises(SystemExit):
        main(["list", "--near", "here"])
    assert "--near" in capsys.readouterr().err


def test_every_line_has_types() -> None:
    package = ROOT / "docs/clients/python"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", package / "pyproject.toml", package / "src"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith("Success: no issues found"), done.stdout + done.stderr
    assert (package / "src/lamplighter_client/py.typed").exists()
