"""Workers, Redis and web killed at random: what got a reference is routed exactly once, within 60 seconds, and has one receipt."""

import http.client
import json
import os
import random
import re
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
import yaml

from config.stack.folders import ROOT
from tests.stack.conftest import Demo, url_in

KILLS = 20
SUBMISSIONS = 40
WITHIN_S = 60

TRUTH = """
import json
from requests_app.models import Event, Message, RoutingDecision, ServiceRequest
print(json.dumps({
    "statuses": list(ServiceRequest.objects.values_list("reference", "status")),
    "routed": list(Event.objects.filter(kind="routed").values_list("service_request__reference", flat=True)),
    "decisions": RoutingDecision.objects.count(),
    "sent": list(Message.objects.exclude(sent_at=None).values_list("service_request__reference", "kind")),
}))
"""


def message_ids(var: Path) -> set[str]:
    """The Message-IDs of the receipts in the demo's mail folder, which may hold one of them twice."""
    mails = (path.read_text() for path in var.glob("**/mail/*.log"))
    return {
        found.group(1)
        for mail in mails
        if "X-Lamplighter-Event: received" in mail and (found := re.search(r"^Message-ID: (.+)$", mail, re.MULTILINE))
    }


def without_requests(folder: Path) -> Path:
    """Rivermark on its first day."""
    city = folder / "city"
    shutil.copytree(ROOT / "requests_app/demo/rivermark", city)
    said = yaml.safe_load((city / "city.yaml").read_text())
    del said["requests"]
    (city / "city.yaml").write_text(yaml.safe_dump(said, allow_unicode=True))
    return city


class City:
    """A running demo without requests, and a client that tries again like any good client."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        said = demo("--detach", "--city", str(without_requests(demo.var.parent)))
        assert "READY" in said.stdout, said.stdout + said.stderr
        self.address = urlsplit(url_in(said.stdout)).netloc
        made = demo.manage("create_api_key", "kill test")
        self.key = next(word for word in made.split() if word.startswith("lk_"))

    def kill(self, name: str) -> bool:
        try:
            os.kill(self.demo.noted(name), signal.SIGKILL)
        except (OSError, ValueError):
            return False  # it is down already, and about to be started again
        return True

    def post(self, fields: dict[str, str], key: str) -> str:
        """The reference; tried again with the same key until the city answers."""
        deadline = time.monotonic() + WITHIN_S
        while time.monotonic() < deadline:
            connection = http.client.HTTPConnection(self.address, timeout=20)
            try:
                headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key}
                connection.request("POST", "/open311/v2/requests.json", urlencode(fields), headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == 200:
                    return str(json.loads(body)[0]["service_request_id"]).replace("-", "")
                assert answer.status >= 500, body
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.3)
        raise AssertionError("the city did not come back")


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    demo = Demo(tmp_path / "var")
    try:
        yield City(demo)
    finally:
        demo.remove()


@pytest.mark.shows("12.2")
@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_route_nothing_twice(city: City) -> None:
    dice = random.Random(311)
    killed = 0
    references = []
    for number in range(SUBMISSIONS):
        if killed < KILLS and dice.random() < 0.75:
            killed += city.kill(dice.choice(["worker", "redis", "web"]))
        fields = {
            "api_key": city.key,
            "service_code": "graffiti",
            "lat": "40.4960",
            "long": "-69.0000",
            "description": f"Paint on the wall, number {number}.",
            "attribute[surface_owner]": "public",
            "attribute[hateful]": "no",
            "email": f"resident-{number}@example.org",
        }
        references.append(city.post(fields, str(uuid.uuid4())))
        time.sleep(dice.random() * 0.5)
    assert killed >= KILLS * 0.8, "the dice were too kind"
    assert len(set(references)) == SUBMISSIONS
    last = time.monotonic()
    while True:
        truth = json.loads(city.demo.manage("shell", "--no-imports", "-c", TRUTH).splitlines()[-1])
        waiting = [reference for reference, status in truth["statuses"] if status == "received"]
        if not waiting and len(truth["sent"]) >= SUBMISSIONS:
            break
        assert time.monotonic() - last < WITHIN_S * (1 if waiting else 2), f"not routed, or no receipt: {waiting}"
        time.sleep(1)
    assert {reference for reference, _ in truth["statuses"]} == set(references), "none lost, none doubled"
    assert sorted(truth["routed"]) == sorted(references), "each once"
    assert truth["decisions"] == SUBMISSIONS
    assert sorted(truth["sent"]) == sorted([reference, "received"] for reference in references), "one email each"
    assert len(message_ids(city.demo.var)) == SUBMISSIONS, "a receipt that was sent twice has the same one"
