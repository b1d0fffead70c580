"""Each type of problem with a real answer, as the document and the developers' pages show it.

    WRITE_PROBLEMS=1 bin/test tests/requests_app/api/framework/test_problems.py

calls the API, and writes the answers to requests_app/api/framework/problem_examples.json, and docs/api-problems.md from them.
Without the variable, the test fails if either is no longer what the API answers.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import api_keys
from requests_app.api.framework import throttling
from requests_app.api.framework.problems import PROBLEMS
from requests_app.api.framework.schema import PROBLEM_EXAMPLES, SITE
from requests_app.api.v1 import catalog
from requests_app.models import ApiKey, ServiceRequest
from requests_app.models.api_key import Scope
from requests_app.web.developers.problem_words import EXPLANATIONS
from tests import factories

ROOT = Path(__file__).resolve().parents[4]
EXAMPLES, PAGE = ROOT / "requests_app/api/framework/problem_examples.json", ROOT / "docs/api-problems.md"
COMMAND = "WRITE_PROBLEMS=1 bin/test tests/requests_app/api/framework/test_problems.py"
REFERENCE, OF_TEST, REQUEST_ID = "7K3M9QWT", "4QHX8PZN", "0f3a1c5e7b9d4f60a1b2c3d4e5f60718"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TREE = {"service": "tree", "description": "A fallen branch.", "place": {"lat": 40.5, "long": -69.0}}
HEAD = f"""\
# Problems of API v1

Every error of [API v1](api-v1.md#errors) is one of these. `type` ends with the code, and leads to a page about it on the city’s own
site. Each answer below is a real one.

`{COMMAND}` writes this page from what the API answers.

| Code | Status | What it means, and what to do |
|---|---|---|
"""


class Caller:
    """Calls as somebody, and remembers what was asked last."""

    def __init__(self, cast: factories.Rivermark) -> None:
        self.cast = cast
        _key, self.app = api_keys.create(cast.city, "App", scopes=[Scope.REPORT])
        self.trying = api_keys.create(cast.city, "Trying", scopes=[Scope.REPORT], is_test=True)[1]
        self.crew = api_keys.create(cast.city, "Crew", scopes=[Scope.STAFF], acts_as=cast.tom)[1]
        self.client = Client(raise_request_exception=False)
        tests = {"is_test": True, "api_key": ApiKey.objects.get(name="Trying")}
        for reference, options in ((REFERENCE, {}), (OF_TEST, tests)):
            made = factories.routed(cast.pothole, answers={"where": "lane"}, **options)
            ServiceRequest.objects.filter(pk=made.pk).update(reference=reference)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str = "",
        content_type: str = "application/json",
        **headers: str,
    ) -> dict[str, Any]:
        """What an example shows. body: JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = {"X-Request-Id": REQUEST_ID, **headers, **({"Authorization": f"Bearer {key}"} if key else {})}
        response = self.client.generic(method, path, data, content_type if data else "", headers=sent)
        assert response["Content-Type"] == "application/problem+json", response.content
        answer = MOMENT.sub("2026-06-04T09:12:41-04:00", response.content.decode()).replace("http://testserver", SITE)
        shown = body.decode() if isinstance(body, bytes) else body
        return {"call": f"{method} {path}", "body": shown if len(data) < 1000 else None, "answer": json.loads(answer)}


def _conflict(caller: Caller) -> dict[str, Any]:
    return caller.call("POST", f"/api/v1/sandbox/requests/{OF_TEST}/advance/", {"action": "reopen"}, caller.trying)


def _not_possible(caller: Caller) -> dict[str, Any]:
    return caller.call("POST", f"/api/v1/staff/requests/{REFERENCE}/actions/reopen/", {}, caller.crew)


def _used_for_something_else(caller: Caller) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {caller.app}", "Idempotency-Key": "5f0c7c1e"}
    Client().post("/api/v1/requests/", json.dumps(TREE), "application/json", headers=headers)
    other = {**TREE, "description": "A fallen branch by the bus stop."}
    return caller.call("POST", "/api/v1/requests/", other, caller.app, **{"Idempotency-Key": "5f0c7c1e"})


def _changed(caller: Caller) -> dict[str, Any]:
    path, headers = f"/api/v1/staff/requests/{REFERENCE}/", {"Authorization": f"Bearer {caller.crew}"}
    tag = Client().get(path, headers=headers)["ETag"]
    edit = {"content_type": "application/json", "headers": {**headers, "If-Match": tag}}
    assert Client().patch(path, '{"priority": 4}', **edit).status_code == 200
    return caller.call("PATCH", path, {"priority": 1}, caller.crew, **{"If-Match": tag})


def _danger(caller: Caller) -> dict[str, Any]:
    yes = {"value": "yes", "label": {"en": "Yes"}, "effects": {"stop": True}}
    question = factories.question("hurt", "single", options=[yes, "no"])
    factories.service(caller.cast.city, "tree_down", questions=[question])
    return caller.call(
        "POST", "/api/v1/requests/", {**TREE, "service": "tree_down", "answers": {"hurt": "yes"}}, caller.app
    )


def _not_read_first(caller: Caller) -> dict[str, Any]:
    return caller.call("PATCH", f"/api/v1/staff/requests/{REFERENCE}/", {"priority": 1}, caller.crew)


def _too_many(caller: Caller) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(throttling, "WITHOUT_KEY_A_MINUTE", 0)
        patch.setattr(throttling.CallThrottle, "wait", lambda self: 42)
        return caller.call("GET", "/api/v1/requests/")


def _failing(error: Exception) -> Callable[[Caller], dict[str, Any]]:
    def failed(*_args: object) -> None:
        raise error

    def example(caller: Caller) -> dict[str, Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(catalog, "categories", failed)
            return caller.call("GET", "/api/v1/categories/")

    return example


CALLS: dict[str, Callable[[Caller], dict[str, Any]]] = {
    "invalid-parameter": lambda caller: caller.call("GET", "/api/v1/requests/?statsu=open&limit=1000"),
    "invalid-cursor": lambda caller: caller.call("GET", "/api/v1/requests/?cursor=W10"),
    "unreadable": lambda caller: caller.call("POST", "/api/v1/requests/", b'{"service": "tree",}', caller.app),
    "unauthorized": lambda caller: caller.call("POST", "/api/v1/requests/", TREE),
    "forbidden": lambda caller: caller.call("GET", "/api/v1/webhooks/", key=caller.app),
    "not-found": lambda caller: caller.call("GET", "/api/v1/requests"),
    "method-not-allowed": lambda caller: caller.call("PUT", "/api/v1/requests/", TREE, caller.app),
    "conflict": _conflict,
    "action-not-possible": _not_possible,
    "idempotency-conflict": _used_for_something_else,
    "changes-expired": lambda caller: caller.call("GET", "/api/v1/changes/?since=2026-01-31"),
    "precondition-failed": _changed,
    "too-large": lambda caller: caller.call("POST", "/api/v1/requests/", b" " * 3_000_000, caller.app),
    "unsupported-media-type": lambda caller: caller.call(
        "POST", "/api/v1/requests/", b"service=tree", caller.app, "application/x-www-form-urlencoded"
    ),
    "invalid-body": lambda caller: caller.call(
        "POST", "/api/v1/requests/", {**TREE, "place": {"lat": 40.5}, "contact": {"email": "ana"}, "urgent": True}, caller.app
    ),
    "emergency": _danger,
    "precondition-required": _not_read_first,
    "too-many-requests": _too_many,
    "server-error": _failing(RuntimeError()),
    "unavailable": _failing(OperationalError()),
}  # fmt: skip


def page(examples: dict[str, Any]) -> str:
    """docs/api-problems.md."""
    rows = [f"| [`{code}`](#{code}) | {status} | {EXPLANATIONS[code]} |" for code, (status, _title) in PROBLEMS.items()]
    return HEAD + "\n".join(rows) + "\n" + "".join(map(_section, examples, examples.values()))


def _section(code: str, example: dict[str, Any]) -> str:
    body = (
        example["body"] if isinstance(example["body"], str | None) else json.dumps(example["body"], ensure_ascii=False)
    )
    answer = json.dumps(example["answer"], ensure_ascii=False, indent=1)
    return f"\n## {code}\n\n`{example['call']}`" + (f" with `{body}`" if body else "") + f"\n\n```json\n{answer}\n```\n"


def test_each_problem_is_answered_as_its_example_shows(cast: factories.Rivermark, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    caller = Caller(cast)
    examples = {code: example(caller) for code, example in CALLS.items()}
    for code, example in examples.items():
        assert example["answer"]["type"] == f"{SITE}/developers/problems/{code}/", example
    assert list(examples) == list(PROBLEMS)
    if os.environ.get("WRITE_PROBLEMS"):
        EXAMPLES.write_text(json.dumps(examples, ensure_ascii=False, indent=1) + "\n")
        PAGE.write_text(page(examples))
        return
    assert examples == PROBLEM_EXAMPLES, f"Run: {COMMAND}"
    assert page(examples) == PAGE.read_text(), f"Run: {COMMAND}"
