"""Schemathesis makes cases from the OpenAPI document, fitting and not: no answer is a 5xx or outside the document.

Each run tries the same few of each operation. Thousands, of another seed each time:

    bin/test tests/requests_app/api/test_schemathesis.py -m slow -s
    API_CASES=100000 bin/test tests/requests_app/api/test_schemathesis.py -m slow -s

It prints how many cases got which status. A failure has the seed, and the case as a command of curl.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from schemathesis import Case, CheckContext, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from requests_app import api_keys, links
from requests_app.actions.programs import webhooks
from requests_app.actions.work import tasks
from requests_app.api.openapi import document
from requests_app.models.api_key import Scope
from tests import factories

pytestmark = pytest.mark.shows("15.3")

CASES = int(os.environ.get("API_CASES", "10000"))
SAMPLE_SEED, SAMPLE_OF_EACH = 311, 2
# Of what fits the document, nothing is refused by these: what the city has decides by others.
SHAPE_CODES = {"wrong-type", "too-long", "unknown", "repeated", "empty", "not-text"}
# Each action has a body of its own, and an address can't say in the document which one goes with its verb.
OF_VERBS = {"unknown"}


def fitting_data_is_taken(ctx: CheckContext, response: Any, case: Case) -> None:
    mode = case.meta.generation.mode if case.meta else None
    is_problem = response.headers.get("content-type") == ["application/problem+json"]
    if mode != GenerationMode.POSITIVE or response.status_code not in (400, 422) or not is_problem:
        return
    # Which answers there are is for the city's services to say.
    errors = [one for one in response.json().get("errors", []) if "answers" not in one["field"].split(".")[:-1]]
    refused = {f"{one['field']}: {one['code']}" for one in errors}
    if case.media_type == "multipart/form-data":
        # Of a form's JSON the document says only that it's a text.
        refused.discard(": wrong-type")
    codes = SHAPE_CODES - (OF_VERBS if "{verb}" in case.path else set())
    wrong = sorted(one for one in refused if one.rpartition(": ")[2] in codes)
    assert not wrong, f"The document allows what is refused: {wrong}"


CHECKS: list[Any] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    fitting_data_is_taken,
]
# A key of all scopes (the first, which Hypothesis takes most often), of each scope, and of tests.
KEYS: dict[str, list[str]] = {
    "all": [scope.value for scope in Scope],
    **{scope.value: [scope.value] for scope in Scope},
    "test": [Scope.REPORT.value],
}
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(document())))


class City:
    """What a case may name that exists, so that more than refusals is tried."""

    def __init__(self) -> None:
        cast = factories.rivermark()
        factories.area(cast.city)
        factories.asset(cast.city, "L00417")
        made = factories.routed(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
        task = tasks.add(made.pk, department=cast.streets, what="Fill it.", actor=cast.tom)
        self.keys = []
        for name, scopes in KEYS.items():
            acts_as = cast.tom if Scope.STAFF in scopes else None
            key, plain = api_keys.create(cast.city, name, scopes=scopes, is_test=name == "test", acts_as=acts_as)
            self.keys.append(plain)
            if name == "all":
                webhook, _secret = webhooks.create(key, {"url": "https://hooks.example.org/"})
                delivery = webhooks.test(webhook.pk)
                listener, _secret = webhooks.create(key, {})
                webhooks.test(listener.pk)
        self.keys += ["", "lk_none"]
        self.known: dict[str, Any] = {
            "reference": made.reference,
            "service_request_id": made.display_reference,
            "service_code": "pothole",
            "service": "pothole",
            "layer": "ward",
            "area_code": "5",
            "number": "L00417",
            "collection": "requests",
            "webhook_id": str(webhook.pk),
            "listener_id": str(listener.pk),
            "delivery_id": str(delivery.pk),
            "verb": "note",
            "task_id": str(task.pk),
            "department": "PW",
            "private_token": links.token(made.access_links.get()),
            "email": "ana@example.org",
            "place": {"lat": factories.ELM_ST[1], "long": factories.ELM_ST[0]},
            "lat": factories.ELM_ST[1],
            "long": factories.ELM_ST[0],
            "answers": {"where": "lane"},
            "attribute[where]": "lane",
            "photo": factories.jpeg(),
        }

    def place_in(self, values: Any, chosen: list[bool]) -> None:
        """Replaces some of the values by known ones."""
        if isinstance(values, dict):
            for name, is_chosen in zip(sorted(self.known.keys() & values.keys()), chosen, strict=False):
                if is_chosen:
                    values[name] = self.known[name]


@pytest.fixture
def city(db: None, settings: Settings) -> Iterator[City]:
    settings.RATE_LIMITS = False
    settings.ALLOWED_HOSTS = ["*"]
    # As in Django's own test client: the test's connection stays open.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield City()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def run(city: City, of_each: int, number: int) -> Counter[tuple[str, int]]:
    """Tries so many cases of each operation and mode. Counts the answers by tag and status."""
    application, seen, wrong = WSGIHandler(), Counter[tuple[str, int]](), dict[str, str]()
    chances = st.lists(st.booleans(), min_size=8, max_size=8)

    def tried(case: Case, key: str, in_path: bool, in_body: list[bool]) -> None:
        city.place_in(case.path_parameters, [in_path] * 8)
        city.place_in(case.body, in_body)
        # Not as a header: Schemathesis leaves that out where it tries a call without one.
        sent = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
        response = case.call(app=application, headers={"Accept-Encoding": "identity"}, environ_overrides=sent)
        try:
            # What has known values in place of others, or the key that Schemathesis left out, may fit after all.
            left_out = getattr(case.meta.phase.data, "parameter", "") if case.meta else ""
            changed = in_path or any(in_body) or left_out == "Authorization"
            # Each report of a batch is refused by itself, in an answer of 200.
            changed = changed or case.path == "/api/v1/batches/"
            case.validate_response(response, checks=CHECKS if changed else [*CHECKS, checks.negative_data_rejection])
        except FailureGroup as failures:
            wrong.setdefault(f"{operation.label}: {failures.exceptions[0].title}", str(failures))
        seen[case.operation.definition.raw["tags"][0], response.status_code] += 1

    for found in SCHEMA.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            cases = operation.as_strategy(generation_mode=mode)
            check: Callable[[], None] = seed(number)(
                settings(
                    max_examples=of_each,
                    deadline=None,
                    database=None,
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                )(given(case=cases, key=st.sampled_from(city.keys), in_path=st.booleans(), in_body=chances)(tried))
            )
            check()
    assert not wrong, "\n\n".join(wrong.values())
    return seen


def test_a_sample_of_cases_is_answered_as_the_document_says(city: City) -> None:
    seen = run(city, SAMPLE_OF_EACH, SAMPLE_SEED)
    assert {status for _tag, status in seen} >= {200, 400, 401, 403, 404, 422}


@pytest.mark.slow
def test_thousands_of_cases_are_answered_as_the_document_says(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    number = random.randrange(1_000_000)
    operations = sum(1 for _ in SCHEMA.get_all_operations())
    with capsys.disabled():
        print(f"\nseed {number}, {operations} operations")
        seen = run(city, -(-CASES // (operations * len(GenerationMode))), number)
        for tag in sorted({tag for tag, _status in seen}):
            print(f"{tag:20}", {status: count for (one, status), count in sorted(seen.items()) if one == tag})
        print(f"{seen.total()} cases")
    assert seen.total() >= CASES
