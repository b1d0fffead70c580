"""Webhooks: a real receiver on this machine gets them, signed, in order; inside addresses are never called."""

import datetime as dt
import inspect
import json
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail
from django.db import connection
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from requests_app import api_keys
from requests_app.actions.privacy import expiry
from requests_app.actions.publication import moderation
from requests_app.actions.work import progress
from requests_app.clock import app_now
from requests_app.core import outside_calls
from requests_app.models import OutboxRow, ServiceRequest, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events
from requests_app.worker.tasks import drain
from tests import factories
from tests.requests_app.api.v1.conftest import V1
from tests.shifted_clock import set_time

pytestmark = pytest.mark.shows("15.6")

METADATA = "169.254.169.254"


class Receiver:
    """Answers with the next of `statuses`, then with 204. got: (headers, body) of each POST."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?of=ours"
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    def speak_tls(self, certificate: Path) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate)
        self.server.handle_error = lambda *_request: None  # type: ignore[method-assign]
        # The handshake is made by the thread that reads, and a failed one costs that thread alone.
        self.server.socket = self.context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_LOOPBACK = True
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def hooks(cast: factories.Rivermark) -> V1:
    return V1(api_keys.create(cast.city, "City app", scopes=["webhooks"], contact="dev@example.org")[1])


def pothole_report(cast: factories.Rivermark) -> ServiceRequest:
    return factories.report(cast.pothole, answers={"where": "lane"})


def deliver() -> None:
    """As the worker would, whatever the wait until the next try."""
    factories.run_worker()
    Webhook.objects.update(quiet_until=None)
    OutboxRow.objects.filter(lane="webhook", done_at=None).update(due_at=app_now())
    drain("webhook")
    drain("outside")


def send_due() -> None:
    """As the worker does: what waits for a later try stays."""
    factories.run_worker()
    drain("webhook")


def days_later(days: float) -> None:
    set_time(app_now() + dt.timedelta(days=days))


def test_a_webhook_tells_each_event_once_signed_and_in_order(
    cast: factories.Rivermark, hooks: V1, receiver: Receiver
) -> None:
    made = hooks.send("webhooks/", {"url": receiver.url, "payload": "full", "services": ["pothole"]})
    assert hooks.last["Location"].endswith(f"/api/v1/webhooks/{made['id']}/")
    receiver.statuses = [500, 301]
    pothole = pothole_report(cast)
    factories.report(cast.tree, "A branch on the path.")
    deliver()
    # What failed comes first, whatever else is due for the request.
    progress.accept(pothole.pk, actor=cast.tom)
    deliver()
    assert set(receiver.types) == {"request.submitted"}
    # Of those with one key, the outbox hands out the first only, also when there are several workers.
    (key,) = set(OutboxRow.objects.filter(lane="webhook").values_list("ordering_key", flat=True))
    assert key
    deliver()
    deliver()
    assert receiver.types[2:] == ["request.submitted", "request.routed", "request.accepted"]
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert (len(set(ids[:3])), len(set(ids))) == (1, 3)
    verifier = Verifier(made["secret"])
    for headers, body in receiver.got:
        sent = verifier.verify(body, headers)
        assert sent["data"]["reference"] == pothole.display_reference
        assert headers["host"] == f"127.0.0.1:{receiver.server.server_port}"
    listed = hooks.get("requests/", service="pothole", lang="en")["results"]
    assert sent["data"]["request"] == listed[0]
    with pytest.raises(WebhookVerificationError):
        verifier.verify(receiver.got[0][1] + b" ", receiver.got[0][0])
    listed = hooks.get(f"webhooks/{made['id']}/deliveries/", limit=2)
    assert [(one["type"], one["state"], one["status"]) for one in listed["results"]] == [
        ("request.accepted", "delivered", 204),
        ("request.routed", "delivered", 204),
    ]
    [first] = hooks.get(listed["next"])["results"]
    assert (first["attempts"], first["webhook_id"]) == (3, ids[0])
    # Sent again, it has the same id.
    hooks.send(f"webhooks/{made['id']}/deliveries/{first['id']}/resend/", {}, 202)
    hooks.send(f"webhooks/{made['id']}/deliveries/{first['id']}/resend/", {}, 409)
    deliver()
    assert receiver.got[-1][0]["webhook-id"] == ids[0]
    days_later(31)
    expiry.sweep()
    assert hooks.get(f"webhooks/{made['id']}/deliveries/")["results"] == []


def test_it_ends_at_410_and_after_five_days_of_failure(
    cast: factories.Rivermark, hooks: V1, receiver: Receiver
) -> None:
    made = hooks.send("webhooks/", {"url": receiver.url})
    address = f"webhooks/{made['id']}/"
    receiver.statuses = [410]
    pothole_report(cast)
    deliver()
    assert hooks.get(address)["end_reason"] == "gone"
    hooks.send(f"{address}test/", {}, 409)
    deliver()
    assert len(receiver.got) == 1
    assert hooks.send(address, {"enabled": True}, 200, method="PATCH")["enabled"]
    # A test is sent whatever else it gets.
    receiver.statuses = [503] * 9
    test = hooks.send(f"{address}test/", {}, 202)
    for days in (0, 2, 2):
        days_later(days)
        deliver()
        assert hooks.get(address)["enabled"]
    mail.outbox.clear()
    days_later(1.01)
    deliver()
    assert hooks.get(address)["end_reason"] == "failing"
    deliver()
    [sent] = mail.outbox
    assert sent.to == ["dev@example.org"]
    assert receiver.url in sent.body
    dead = hooks.get(f"{address}deliveries/", state="dead")["results"]
    assert test["id"] in [one["id"] for one in dead]
    hooks.send(address, {"enabled": True}, 200, method="PATCH")
    receiver.statuses = []
    hooks.send(f"{address}deliveries/{test['id']}/resend/", {}, 202)
    deliver()
    assert receiver.types[-1] == "webhook.test"
    assert hooks.get(address)["failing_since"] is None


def test_what_waits_goes_out_as_soon_as_a_test_a_resend_or_a_try_succeeds(
    cast: factories.Rivermark, hooks: V1, receiver: Receiver
) -> None:
    """At once: nobody waits for the next try, here up to an hour later."""
    made = hooks.send("webhooks/", {"url": receiver.url, "events": ["request.submitted", "request.routed"]})
    quiet = hooks.send("webhooks/", {"url": receiver.url, "events": ["request.closed"]})
    address = f"webhooks/{made['id']}/"
    hooks.send(f"{address}test/", {}, 202)
    send_due()
    [tested] = hooks.get(f"{address}deliveries/")["results"]
    for send in (f"{address}test/", f"{address}deliveries/{tested['id']}/resend/", f"{address}try/"):
        receiver.statuses, receiver.got = [503] * 2, []
        reports = [pothole_report(cast), pothole_report(cast)]
        send_due()
        assert len(receiver.got) == 1
        hooks.send(send, {}, 202)
        send_due()
        # It failed, and so the others wait.
        assert len(receiver.got) == 2
        receiver.got = []
        hooks.send(f"{address}try/", {}, 202)
        send_due()
        waited = WebhookDelivery.objects.filter(service_request__in=reports).order_by("id")
        got = [headers["webhook-id"] for headers, body in receiver.got if json.loads(body)["data"]]
        assert (len(got), got) == (4, list(waited.values_list("message_id", flat=True)))
        assert hooks.get(address)["failing_since"] is None
        states = {one["state"] for one in hooks.get(f"{address}deliveries/")["results"]}
        assert states == {"delivered"}
    # If nothing waits, a test goes out, to this webhook alone.
    receiver.got = []
    hooks.send(f"webhooks/{quiet['id']}/try/", {}, 202)
    send_due()
    assert receiver.types == ["webhook.test"]
    hooks.send(f"webhooks/{quiet['id']}/", {"enabled": False}, 200, method="PATCH")
    hooks.send(f"webhooks/{quiet['id']}/try/", {}, 409)
    listener = hooks.send("webhooks/listeners/", {})
    assert hooks.send(f"webhooks/{listener['id']}/try/", {}, 202)["type"] == "webhook.test"


def test_a_rotation_signs_with_both_secrets_until_it_is_over(hooks: V1, receiver: Receiver) -> None:
    made = hooks.send("webhooks/", {"url": receiver.url})
    address = f"webhooks/{made['id']}/"
    changed = hooks.send(f"{address}secret/", {"overlap_hours": 2}, 200)
    assert changed["secret"] != made["secret"]
    assert made["secret"].removeprefix("whsec_") not in str(list(Webhook.objects.values()))
    assert "secret" not in hooks.get(address)

    def taken_by() -> list[bool]:
        hooks.send(f"{address}test/", {}, 202)
        deliver()
        headers, body = receiver.got[-1]
        return [_verifies(secret, body, headers) for secret in (made["secret"], changed["secret"])]

    assert taken_by() == [True, True]
    days_later(0.1)
    assert taken_by() == [False, True]


def _verifies(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    try:
        Verifier(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


@pytest.mark.slow
def test_the_node_library_verifies_ours(hooks: V1, receiver: Receiver, tmp_path: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm):
        pytest.skip("there is no node or npm here")
    made = hooks.send("webhooks/", {"url": receiver.url})
    hooks.send(f"webhooks/{made['id']}/test/", {}, 202)
    deliver()
    headers, body = receiver.got[-1]
    install = [npm, "install", "--silent", "--ignore-scripts", "standardwebhooks@1.1.1"]
    if subprocess.run(install, cwd=tmp_path, timeout=120, check=False).returncode:
        pytest.skip("npm can't reach its registry")
    script = (
        'const {Webhook} = require("standardwebhooks"); const [secret, headers, body] = JSON.parse(process.argv[1]);'
        "console.log(new Webhook(secret).verify(body, headers).type);"
        'try { new Webhook(secret).verify(body + " ", headers); } catch (error) { console.log("refused"); }'
    )
    told = json.dumps([made["secret"], headers, body.decode()])
    out = subprocess.run(
        [node, "-e", script, told], cwd=tmp_path, timeout=30, capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == ["webhook.test", "refused"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://[::ffff:127.0.0.1]/", "inside"),
        ("https://127.0.0.1/", "inside"),
        ("https://2130706433/", "inside"),
        ("https://0x7f.1/", "inside"),
        ("https://0.0.0.0/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://10.1.2.3/", "inside"),
        ("https://192.168.0.1/", "inside"),
        ("https://100.64.0.1/", "inside"),
        (f"https://{METADATA}/latest/meta-data/", "inside"),
        ("https://[fe80::1]/", "inside"),
        ("https://[fd00:ec2::254]/", "inside"),
        ("https://[fec0::1]/", "inside"),
        ("https://[feff:ffff::1]/", "inside"),
        ("https://168.63.129.16/", "inside"),
        ("https://[::ffff:168.63.129.16]/", "inside"),
        ("https://[64:ff9b::a83f:8110]/", "inside"),
        ("https://[64:ff9b::a9fe:a9fe]/", "inside"),
        ("https://[2002:7f00:1::]/", "inside"),
        ("https://224.0.0.1/", "inside"),
        ("https://[ff02::1]/", "inside"),
        ("https://localhost/", "inside"),
        ("http://93.184.215.14/", "not-https"),
        ("https://user:secret@example.org/", "not-a-url"),
        ("ftp://example.org/", "not-a-url"),
        ("https://example.org:99999/", "not-a-url"),
        ("https:///x", "not-a-url"),
        ("https://exa mple.org/", "not-a-url"),
        ("https://example.org/\r\nX: y", "not-a-url"),
        ("javascript:alert(1)", "not-a-url"),
    ],
)
def test_inside_addresses_and_what_is_no_address_are_refused_at_creation(
    url: str, code: str, hooks: V1, settings: Settings
) -> None:
    settings.WEBHOOKS_TO_LOOPBACK = False
    problem = hooks.send("webhooks/", {"url": url}, 422)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("url", code)]
    assert problem["detail"].startswith("url ")


def test_a_name_that_leads_inside_later_is_not_called(
    hooks: V1, receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = [["93.184.215.14"], ["93.184.215.14", METADATA]]
    monkeypatch.setattr(outside_calls, "look_up", lambda host, port: addresses.pop(0))
    settings.WEBHOOKS_TO_LOOPBACK = False
    made = hooks.send("webhooks/", {"url": "https://hooks.example.org/"})
    hooks.send(f"webhooks/{made['id']}/test/", {}, 202)
    deliver()
    [tried] = hooks.get(f"webhooks/{made['id']}/deliveries/")["results"]
    assert (tried["state"], tried["status"], tried["error"]) == ("waiting", None, "inside")
    # The connection goes to the address that was checked: a second look-up would fail here, and the name leads nowhere.
    settings.WEBHOOKS_TO_LOOPBACK = True
    addresses.append(["127.0.0.1"])
    Webhook.objects.update(url=f"http://hooks.example.org:{receiver.server.server_port}/")
    deliver()
    assert receiver.types == ["webhook.test"]
    assert receiver.got[0][0]["host"].startswith("hooks.example.org:")
    assert addresses == []


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-made authority that signed a certificate for this name: the file of the one, and of the other with its key."""
    valid = app_now() - dt.timedelta(days=1), app_now() + dt.timedelta(days=1)
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority of {name}")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(inspect.signature(x509.KeyUsage).parameters, False) | {"key_cert_sign": True}
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    signed = []
    for who, key, extensions in (
        (issuer, authority, (x509.BasicConstraints(ca=True, path_length=None), x509.KeyUsage(**usage))),
        (subject, own, (x509.SubjectAlternativeName([x509.DNSName(name)]), known)),
    ):
        made = x509.CertificateBuilder(issuer, who, key.public_key(), x509.random_serial_number(), *valid)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        for extension in extensions:
            made = made.add_extension(extension, critical=who == issuer)
        signed.append(made.sign(authority, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    plain = own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    files = folder / f"{name}.authority.pem", folder / f"{name}.pem"
    files[0].write_bytes(signed[0].public_bytes(pem))
    files[1].write_bytes(signed[1].public_bytes(pem) + plain)
    return files


def test_only_a_certificate_that_is_trusted_and_names_the_host_is_delivered_to(
    hooks: V1, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By TLS to a real server of this machine. The system's authorities are trusted, or those that SSL_CERT_FILE names."""
    authority, own = certificate(tmp_path, "localhost")
    other_authority, other = certificate(tmp_path, "hooks.example.org")
    receiver.speak_tls(own)
    made = hooks.send("webhooks/", {"url": f"https://localhost:{receiver.server.server_port}/"})
    for trusted, shown, status, error in (
        (None, own, None, "tls"),
        (other_authority, own, None, "tls"),
        # It is for another name.
        (other_authority, other, None, "tls"),
        (authority, own, 204, None),
    ):
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        if trusted is not None:
            monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        receiver.context.load_cert_chain(shown)
        WebhookDelivery.objects.all().delete()
        hooks.send(f"webhooks/{made['id']}/test/", {}, 202)
        deliver()
        [tried] = hooks.get(f"webhooks/{made['id']}/deliveries/")["results"]
        assert (tried["status"], tried["error"]) == (status, error)
    assert len(receiver.got) == 1
    assert Verifier(made["secret"]).verify(receiver.got[0][1], receiver.got[0][0])["type"] == "webhook.test"


def test_another_keys_webhook_is_a_404_and_mistakes_are_named(
    cast: factories.Rivermark, hooks: V1, receiver: Receiver
) -> None:
    address = f"webhooks/{hooks.send('webhooks/', {'url': receiver.url})['id']}/"
    other = V1(api_keys.create(cast.city, "Other app", scopes=["webhooks"])[1])
    assert other.get("webhooks/")["results"] == []
    for path, method, status in (
        (address, "PATCH", 404),
        (address, "DELETE", 404),
        (f"{address}secret/", "POST", 404),
        (f"{address}test/", "POST", 404),
        (f"{address}deliveries/1/resend/", "POST", 404),
    ):
        other.send(path, {}, status, method=method)
    other.get(address, 404)
    other.get(f"{address}deliveries/", 404)
    V1().get("webhooks/", 401)
    V1(api_keys.create(cast.city, "Reader", scopes=["read"])[1]).get("webhooks/", 403)
    wrong = {
        "url": 5, "events": ["request.exploded"], "services": "pothole", "areas": ["ward:999"], "departments": [1],
        "payload": "fat", "secret": "mine",
    }  # fmt: skip
    assert {error["field"] for error in hooks.send("webhooks/", wrong, 422)["errors"]} == set(wrong)
    hooks.send(address, {"enabled": "yes"}, 422, method="PATCH")
    hooks.send(f"{address}secret/", {"overlap_hours": 1.5}, 422)
    hooks.send(address, {}, 204, method="DELETE")
    hooks.get(address, 404)


def test_what_is_not_public_is_told_to_nobody_but_that_it_went(
    cast: factories.Rivermark, hooks: V1, receiver: Receiver
) -> None:
    hooks.send(
        "webhooks/", {"url": receiver.url, "payload": "full", "events": ["request.submitted", "request.removed"]}
    )
    factories.report(cast.outreach, "A person sleeps there.")
    deliver()
    assert receiver.got == []
    pothole = pothole_report(cast)
    deliver()
    moderation.hide(pothole.pk, reason="other", actor=cast.ada)
    deliver()
    assert receiver.types == ["request.submitted", "request.removed"]
    assert set(json.loads(receiver.got[1][1])["data"]) == {"reference", "url"}
    assert ServiceRequest.objects.count() == 2


def test_the_catalog_has_every_type_with_its_bodies(anyone: V1) -> None:
    found = anyone.get("webhook-events/")["results"]
    assert [one["type"] for one in found] == list(webhook_events.NAMES)
    assert [one["type"] for one in found if "request" in one["full"]["data"]] == [
        name for name in webhook_events.NAMES if name not in (webhook_events.TEST, webhook_events.REMOVED)
    ]
    documented = (Path(__file__).parents[4] / "docs/webhooks.md").read_text()
    for one in webhook_events.CATALOG:
        assert f"| `{one.name}` | {one.description} |" in documented


def test_a_name_that_nobody_answers_for_is_given_up_in_time(
    hooks: V1, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks.send("webhooks/", {"url": receiver.url})
    released = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        released.wait(30)
        return ["127.0.0.1"]

    assert outside_calls.ALL_S == 10
    monkeypatch.setattr(outside_calls, "ALL_S", 0.2)
    monkeypatch.setattr(outside_calls, "look_up", hang)
    began = time.monotonic()
    with pytest.raises(outside_calls.Refused, match="not_found"):
        outside_calls.place("https://hooks.example.org/")
    assert time.monotonic() - began < 5
    released.set()


def test_what_the_look_up_took_is_missing_for_the_call(receiver: Receiver) -> None:
    place = replace(outside_calls.place(receiver.url), until=time.monotonic())
    with pytest.raises(outside_calls.NoAnswer, match="timeout"):
        outside_calls.post(place, b"{}", {})
    assert receiver.got == []


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_program_is_called(
    hooks: V1, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hooks.send("webhooks/", {"url": receiver.url})
    hooks.send(f"webhooks/{made['id']}/test/", {}, 202)
    look_up, seen = outside_calls.within, []

    def watch(seconds: float, function: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return look_up(seconds, function)

    monkeypatch.setattr(outside_calls, "within", watch)
    deliver()
    assert (receiver.types, seen) == (["webhook.test"], [False])
    assert not OutboxRow.objects.filter(kind="send_webhook", done_at=None).exists()
