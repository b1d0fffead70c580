"""Both APIs in one place: examples that run as they are copied, a page for each problem, and Swagger UI under our own policy."""

import html
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from django.test import Client

from requests_app import api_keys, photos
from requests_app.actions.programs import webhooks
from requests_app.actions.work import tasks
from requests_app.api.framework.problems import PROBLEMS
from requests_app.api.openapi import as_file, document
from requests_app.api.v1.examples import NEW_REPORT
from requests_app.api.v1.reporting_serializers import EditSerializer
from requests_app.messages import webhook_calls
from requests_app.models import ApiKey, Comment, Membership, Photo, ServiceRequest, Webhook, WebhookDelivery
from requests_app.models.api_key import Scope
from requests_app.web.developers import problem_words, reference, webhook_examples
from requests_app.web.developers.example_code import Call, in_each_language
from tests import factories
from tests.live import Site
from tests.packages import node_with

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.shows("15.4")
ROOT = Path(__file__).resolve().parents[4]
REDOCLY, SPECTRAL = "@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"
JPEG_BEGINS = b"\xff\xd8"
SHARP = """it's "quoted" `$HOME` ${1} \\ {x} ñ"""


def programs(page: str, language: str) -> dict[str, str]:
    """By operation, as a reader would copy them."""
    found = re.findall(rf'data-example="(\w+)"\s+data-language="{language}">(.*?)</code>', page, re.DOTALL)
    return {name: html.unescape(program) for name, program in found}


def page_at(site: Site, path: str) -> str:
    return requests.get(site.url + path, timeout=30).text


def run(command: list[str], program: str, environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        command,
        input=program,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def key_of(cast: factories.Rivermark) -> str:
    key, plain = api_keys.create(cast.city, "Docs")
    ApiKey.objects.filter(pk=key.pk).update(scopes=[Scope.REPORT, Scope.READ, Scope.UPDATES])
    return plain


def own_report(site: str, key: str, description: str) -> dict[str, str]:
    """A report sent with the key, as the examples that change one expect it in the environment."""
    body = {"service": "tree", "description": description, "place": {"lat": 40.5, "long": -69.0}}
    made = requests.post(f"{site}/api/v1/requests/", json=body, headers={"Authorization": f"Bearer {key}"}, timeout=30)
    assert made.status_code == 201, made.text
    receipt = made.json()
    read = requests.get(receipt["url"], timeout=30)
    return {"REFERENCE": receipt["reference"], "TOKEN": receipt["private_token"], "ETAG": read.headers["ETag"]}


# By scope, what the environment has to name besides a key that anyone may ask for.
WITH_OTHER_KEYS = ("webhooks", "sandbox", "staff")
Wrapped = Callable[[str, str], str]


def languages() -> list[tuple[str, list[str], Wrapped]]:
    """How each is run, and how one of several programs is wrapped."""
    found: list[tuple[str, list[str], Wrapped]] = [
        ("curl", ["bash", "-e"], lambda name, code: f"{code} >/dev/null || {{ echo {name}; exit 1; }}\n"),
        ("python", [sys.executable, "-"], lambda name, code: f"# {name}\n{code}\n"),
    ]
    return [*found, ("javascript", ["node", "--input-type=module", "-"], _as_block)] if shutil.which("node") else found


def test_the_examples_run_as_they_are_copied(live_site: Site, cast: factories.Rivermark, tmp_path: Path) -> None:
    """All of a language in one process, for speed; each needs no other."""
    factories.report(cast.tree)
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    factories.article(cast.city, "recycling", "When is my recycling collected?")
    key = key_of(cast)
    (tmp_path / "hole.jpg").write_bytes(factories.jpeg())
    pages = "".join(page_at(live_site, f"/developers/reference/{tag}/") for tag in reference.tags())
    operations = {one["operationId"] for path in document()["paths"].values() for one in path.values()}
    # No city has the token that the first one asks for, nor the sensor and the line. Those with other keys have tests of their own.
    without = {
        "open311GetToken",
        "sendReading",
        "sendCallCounts",
        *(name for tag in WITH_OTHER_KEYS for name in ids_of(tag)),
    }
    runs = operations - without
    for language, command, joined in languages():
        copied = programs(pages, language)
        assert set(copied) == operations
        environment = {"KEY": key, **own_report(live_site.url, key, f"For {language}")}
        # Sent first, since the ETag is that of the request before anything else was added.
        order = sorted(runs, key=lambda name: (name != "editReport", name))
        program = "".join(joined(name, copied[name]) for name in order).replace(
            "ana@example.org", f"{language}@example.org"
        )
        run(command, (IMPORTS if language == "javascript" else "") + program, environment, tmp_path)
    count = len(languages())
    assert ServiceRequest.objects.filter(description=EditSerializer().fields["description"].example).count() == count
    # The update has the same number in each language, so it is one.
    assert Comment.objects.filter(text="It is deeper now.").count() == count + 1
    assert Photo.objects.count() >= 2 * count


def own_photo(service_request: ServiceRequest, *, is_private: bool = False) -> str:
    """Its id."""
    file = factories.jpeg()
    made = photos.store_upload(
        io.BytesIO(file),
        size=len(file),
        jurisdiction=service_request.jurisdiction,
        service_request=service_request,
        is_private=is_private,
    )
    return made.name


def ids_of(tag: str) -> list[str]:
    return [one.id for one in reference.tags()[tag].operations]


@pytest.mark.slow
def test_the_examples_for_staff_run_as_they_are_copied(
    live_site: Site, cast: factories.Rivermark, tmp_path: Path
) -> None:
    page = page_at(live_site, "/developers/reference/staff/")
    Membership.objects.create(user=cast.tom, jurisdiction=cast.city, role=cast.cal.memberships.get().role)
    _key, plain = api_keys.create(cast.city, "Docs", scopes=["staff", "contacts"], acts_as=cast.tom)
    site = f"{live_site.url}/api/v1/staff/"
    headers = {"Authorization": f"Bearer {plain}"}
    for language, command, joined in languages():
        copied = programs(page, language)
        assert set(copied) == set(ids_of("staff"))
        made = factories.routed(cast.pothole, language, answers={"where": "lane"})
        task = tasks.add(made.pk, department=cast.streets, what="Fill it.", actor=cast.tom)
        photo = own_photo(made, is_private=True)
        read = requests.get(f"{site}requests/{made.reference}/", headers=headers, timeout=30)
        own = {
            "KEY": plain,
            "REFERENCE": made.reference,
            "TASK": str(task.pk),
            "PHOTO": photo,
            "ETAG": read.headers["ETag"],
        }
        # The change first, since the ETag is that of the request before it.
        apart = {"doStaffAction", "undoStaffAction"}
        order = sorted(set(copied) - apart, key=lambda name: (name != "changeStaffRequest", name))
        program = "".join(joined(name, copied[name]) for name in order)
        run(command, (IMPORTS if language == "javascript" else "") + program, own, tmp_path)
        assert (tmp_path / "photo.jpg").read_bytes().startswith(JPEG_BEGINS)
        (tmp_path / "photo.jpg").unlink()
        made.refresh_from_db()
        task.refresh_from_db()
        assert (made.status, made.priority, made.assignee, task.outside_number) == (
            "in_progress",
            2,
            cast.tom,
            "WO-4711",
        )
        # The change assigned the first one, which accepts it.
        new = factories.routed(cast.pothole, f"{language}, new", answers={"where": "lane"})
        program = (IMPORTS if language == "javascript" else "") + joined("doStaffAction", copied["doStaffAction"])
        run(command, program, own | {"REFERENCE": new.reference}, tmp_path)
        new.refresh_from_db()
        assert new.status == "in_progress"
        # Only the last action can be undone.
        other = factories.routed(cast.pothole, f"{language}, undone", answers={"where": "lane"})
        did = requests.post(f"{site}requests/{other.reference}/actions/accept/", json={}, headers=headers, timeout=30)
        own |= {"REFERENCE": other.reference, "EVENT": did.json()["undo"]["event"]}
        run(command, copied["undoStaffAction"], own, tmp_path)
        other.refresh_from_db()
        assert other.status == "routed"
    # Each transfer has the same number, so it is one request.
    assert ServiceRequest.objects.filter(external_id="26-0417733").count() == 1


def test_the_examples_for_test_keys_run_as_they_are_copied(
    live_site: Site, cast: factories.Rivermark, tmp_path: Path
) -> None:
    """The sandbox and webhooks."""
    factories.area(cast.city)
    scopes = [Scope.READ, Scope.REPORT, Scope.WEBHOOKS]
    key, plain = api_keys.create(cast.city, "Docs", is_test=True, scopes=scopes)
    pages = "".join(page_at(live_site, f"/developers/reference/{tag}/") for tag in ("webhooks", "sandbox"))
    for language, command, joined in languages():
        copied = programs(pages, language)
        assert set(copied) == {*ids_of("webhooks"), *ids_of("sandbox")}
        made = factories.routed(cast.pothole, language, answers={"where": "lane"}, is_test=True, api_key=key)
        webhook, _secret = webhooks.create(key, {"url": "https://example.org/hook"})
        listener, _secret = webhooks.create(key, {})
        sent = WebhookDelivery.objects.create(
            webhook=webhook, message_id=f"msg_{language}", event_type="webhook.test", state=WebhookDelivery.State.DEAD
        )
        own = {"KEY": plain, "REFERENCE": made.reference, "WEBHOOK": str(webhook.pk), "DELIVERY": str(sent.pk)}
        own |= {"PHOTO": own_photo(made), "LISTENER": str(listener.pk)}
        # The webhook is deleted last.
        order = sorted(copied, key=lambda name: (name == "deleteWebhook", name))
        program = "".join(joined(name, copied[name]) for name in order)
        run(command, (IMPORTS if language == "javascript" else "") + program, own, tmp_path)
        assert (tmp_path / "photo.jpg").read_bytes().startswith(JPEG_BEGINS)
        (tmp_path / "photo.jpg").unlink()
        made.refresh_from_db()
        assert made.status == "resolved"
        assert not Webhook.objects.filter(pk=webhook.pk).exists()


IMPORTS = 'import { openAsBlob } from "node:fs";\nimport { writeFile } from "node:fs/promises";\n'


def _as_block(name: str, code: str) -> str:
    return "{ // " + name + "\n" + re.sub(r"import .*\n", "", code) + "\n}\n"


@pytest.mark.usefixtures("worker")
def test_a_newcomer_sends_a_report_and_receives_a_webhook(
    live_site: Site, cast: factories.Rivermark, tmp_path: Path
) -> None:
    """By the commands of the page, in its order and at most ten; what comes is checked by the page's program."""
    page = page_at(live_site, "/developers/")
    steps = [html.unescape(step) for step in re.findall(r"<code data-step>(.*?)</code>", page, re.DOTALL)]
    assert len(steps) == 10
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    scopes = [Scope.READ, Scope.REPORT, Scope.WEBHOOKS]
    _key, plain = api_keys.create(cast.city, "Newcomer", is_test=True, scopes=scopes)
    # What a person puts in: the key, and what the answers before say.
    filled = {"lk_…": plain, "REFERENCE=…": 'REFERENCE="$(said reference)"', "whsec_…": '"$(said secret)"'}
    shell = 'exec 3>&1 > printed\nsaid() { sed -n \'s/.*"\'$1\'": *"\\([^"]*\\)".*/\\1/p\' answer; }\n'
    for step in steps:
        command = step.replace(str(webhook_examples.PORT), port)
        for given, value in filled.items():
            command = command.replace(given, value)
        shell += f"{command} > answer; cat answer\n" if command.startswith("curl") else f"{command}\n"
    assert set(filled) <= set(re.findall("|".join(filled), "".join(steps)))
    shell += "for _ in $(seq 600); do grep -q accepted printed && break; sleep 0.1; done\nkill %1; cat printed >&3\n"
    said = run(["bash", "-e", "-m"], shell, {}, tmp_path)
    assert NEW_REPORT["description"] in said
    assert "'type': 'request.accepted'" in said.splitlines()[-1]


def test_the_page_checks_a_webhook_in_python_and_node(
    live_site: Site, cast: factories.Rivermark, tmp_path: Path
) -> None:
    page = page_at(live_site, "/es/developers/")
    found = re.findall(r'<code data-webhook="(\w+)">(.*?)</code>', page, re.DOTALL)
    programs = {name: html.unescape(program) for name, program in found}
    assert set(programs) == {"Python", "Node"}
    secret, body = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", b'{"type": "request.closed"}'
    headers = webhook_calls.headers("msg_1", body, ["whsec_" + "A" * 32, secret])
    old = {**headers, "webhook-timestamp": "1700000000"}
    cases = json.dumps(
        [[secret, headers, body.decode()], [secret, headers, body.decode() + " "], [secret, old, body.decode()]]
    )
    python = "import sys\nfor secret, headers, body in json.loads(sys.argv[1]):\n"
    python += "    try: print(read_webhook(secret, headers, body.encode())['type'])\n    except ValueError: print('refused')\n"
    node = "for (const one of JSON.parse(process.argv[2])) {\n"
    node += "  try { console.log(readWebhook(...one).type) } catch { console.log('refused') }\n}"
    wanted = ["request.closed", "refused", "refused"]
    assert run([sys.executable, "-", cases], f"{programs['Python']}\n{python}", {}, tmp_path).split() == wanted
    if shutil.which("node"):
        command = ["node", "--input-type=module", "-", cases]
        assert run(command, f"{programs['Node']}\n{node}", {}, tmp_path).split() == wanted


def test_whatever_a_value_holds_it_arrives(tmp_path: Path) -> None:
    call = Call(
        "POST", "http://127.0.0.1:9/$REFERENCE", {"q": SHARP}, {"X": "$KEY!"}, {"text": SHARP, "token": "$TOKEN"}
    )
    curl, python, javascript = (program for _code, _name, program in in_each_language(call))
    shown = run(["bash"], "curl() { printf '%s\\n' \"$@\"; }\n" + curl, {"KEY": "k", "TOKEN": "t"}, tmp_path)
    assert json.loads(shown.partition("\n-d\n")[2]) == {"text": SHARP, "token": "t"}
    assert "X: k!" in shown
    compile(python, "example", "exec")
    assert "json=" in python
    assert "process.env.TOKEN" in javascript


@pytest.mark.django_db
def test_each_problem_has_a_page_and_its_type_is_the_address(town: factories.Rivermark, client: Client) -> None:
    assert set(problem_words.EXPLANATIONS) == set(PROBLEMS)
    front = client.get("/developers/").content.decode()
    for code in PROBLEMS:
        assert f'href="/developers/problems/{code}/"' in front
        assert client.get(f"/developers/problems/{code}/").status_code == 200
    wrong = client.get("/api/v1/requests/?statsu=open", HTTP_ACCEPT_LANGUAGE="es").json()
    assert wrong["type"] == "http://testserver/developers/problems/invalid-parameter/"
    assert "Example" in client.get(wrong["type"]).content.decode()
    assert client.get("/developers/problems/nothing/").status_code == 404
    assert client.get("/developers/reference/nothing/").status_code == 404
    # From the footer of every page.
    assert 'href="/developers/"' in client.get("/privacy/").content.decode()
    assert 'href="/es/developers/"' in client.get("/es/developers/reference/city/").content.decode()


@pytest.mark.browser
@pytest.mark.slow
def test_swagger_ui_runs_under_our_policy(live_site: Site, cast: factories.Rivermark, page: "Page") -> None:
    """The fixture fails on any violation."""
    foreign: list[str] = []
    page.on("request", lambda sent: None if sent.url.startswith((live_site.url, "data:")) else foreign.append(sent.url))
    # The first to ask for the document waits until it is made.
    page.set_default_timeout(60_000)
    page.goto(f"{live_site.url}/developers/explorer/", timeout=60_000)
    page.locator("#operations-tag-City button").first.click()
    page.locator("#operations-City-getCity button").first.click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.get_by_text('"Rivermark"').first.wait_for()
    assert foreign == []


@pytest.mark.slow
def test_redocly_and_spectral_find_nothing(tmp_path: Path) -> None:
    """Redocly without a warning, Spectral without an error. redocly.yaml says which rules are off, and why."""
    described = tmp_path / "openapi.json"
    described.write_bytes(as_file("json")[0])
    (tmp_path / "spectral.yaml").write_text("extends: ['spectral:oas']")
    programs = node_with(REDOCLY, SPECTRAL) / "node_modules/.bin"
    rules = ROOT / "tests/requests_app/api/redocly.yaml"
    done: Any = subprocess.run(
        [programs / "redocly", "lint", described, "--format=json", f"--config={rules}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    found = json.loads(done.stdout)
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, found["problems"]
    done = subprocess.run(
        [
            programs / "spectral",
            "lint",
            described,
            f"--ruleset={tmp_path}/spectral.yaml",
            "--fail-severity=error",
            "-D",
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
