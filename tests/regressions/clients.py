"""The clients in docs/clients: how often something is sent, where the key goes, and what is marked as data."""

from tests.regressions.regression import Regression

PYTHON = ("tests/clients/test_python.py",)
CLIENT = "docs/clients/python/src/lamplighter_client"

REGRESSIONS = [
    Regression(
        "the client's second try is another report",
        f"{CLIENT}/transport.py",
        'headers = {"Content-Type": "application/json", **_idempotent(idempotency_key), **_if_match(etag)}',
        'headers = {"Content-Type": "application/json", **_idempotent(""), **_if_match(etag)}',
        PYTHON,
    ),
    Regression(
        "the client takes its key along a redirection",
        f"{CLIENT}/transport.py",
        "urllib.request.build_opener(NoRedirects)",
        "urllib.request.build_opener()",
        PYTHON,
    ),
    Regression(
        "the client takes the key of the environment to another city",
        f"{CLIENT}/transport.py",
        "        if not site:\n",
        "        if not site or not key:\n",
        PYTHON,
    ),
    Regression(
        "a report that a proxy lost is not sent again",
        f"{CLIENT}/transport.py",
        "(status is None or status in AS_IF_UNANSWERED)",
        "status is None",
        PYTHON,
    ),
    Regression(
        "a code that a later version sends is no longer of its type",
        "requests_app/api/extensible.py",
        "    if len(values) > 1:\n",
        "    if len(values) > 100:\n",
        ("tests/requests_app/api/test_extensible.py",),
    ),
    Regression(
        "a field that a later version adds is refused by who checks answers",
        "requests_app/api/extensible.py",
        'if (name, value) != ("additionalProperties", False)',
        "if name",
        ("tests/requests_app/api/test_extensible.py",),
    ),
    Regression(
        "following is sent twice when the connection fails",
        f"{CLIENT}/client.py",
        'f"{BASE}follows/", body, may_repeat=False)',
        'f"{BASE}follows/", body)',
        PYTHON,
    ),
    Regression(
        "an edit is sent a second time with the ETag of before the first",
        f"{CLIENT}/transport.py",
        "may_repeat = not etag or idempotency_key is not None",
        "may_repeat = True",
        PYTHON,
    ),
    Regression(
        "an edit goes with an ETag that its own program has made old",
        f"{CLIENT}/transport.py",
        "        self._etags.pop(_number_alone(path), None)\n",
        "",
        PYTHON,
    ),
    Regression(
        "a 412 doesn't say what has changed",
        f"{CLIENT}/transport.py",
        "PreconditionFailed if error.code == http.client.PRECONDITION_FAILED else Problem",
        "Problem",
        PYTHON,
    ),
    Regression(
        "a client has no method for trying a webhook",
        f"{CLIENT}/client.py",
        'f"{of_webhook(webhook_id)}try/"',
        'f"{of_webhook(webhook_id)}test/"',
        ("tests/clients/test_surfaces.py",),
    ),
    Regression(
        "the next run of listen sends the last event again",
        f"{CLIENT}/listen.py",
        """                listener.cursor = delivery["headers"]["webhook-id"]
                state.write(listener)
""",
        """                listener.cursor = delivery["headers"]["webhook-id"]
""",
        ("tests/clients/test_listen.py",),
    ),
    Regression(
        "an event is lost while the developer's program is down",
        f"{CLIENT}/listen.py",
        'raise Down(f"No program answers at {address}: {error.reason}.") from None',
        'return "no answer"',
        ("tests/clients/test_listen.py",),
    ),
    Regression(
        "an old webhook is accepted",
        f"{CLIENT}/webhooks.py",
        "> tolerance_s:",
        "> tolerance_s * 10:",
        ("tests/clients/test_webhooks.py",),
    ),
    Regression(
        "an assistant reads a resident's address as the city's words",
        "docs/clients/mcp/src/lamplighter_mcp/marked.py",
        '# Partly as it was typed, where no address was found.\n        "address": public_words(found["address"])',
        '"address": found["address"]',
        ("tests/clients/test_mcp.py",),
    ),
]
