"""The Python client's check of a webhook, held to a message that was signed by others."""

import json

import pytest
from lamplighter_client.webhooks import NotFromTheCity, read

from requests_app.messages import webhook_calls

pytestmark = pytest.mark.shows("15.8")

# The published example of Standard Webhooks' own libraries.
SECRET, AT = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330
BODY = b'{"test": 2432232314}'
HEADERS = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "Webhook-Timestamp": str(AT),
    "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_a_message_of_the_city_is_read() -> None:
    assert read(BODY, HEADERS, SECRET, now=AT + 299) == json.loads(BODY)
    rotating = {**HEADERS, "Webhook-Signature": f"v1,AAAA v2,é {HEADERS['Webhook-Signature']}"}
    assert read(BODY, rotating, SECRET.removeprefix("whsec_"), now=AT) == json.loads(BODY)


def test_what_this_city_signs_is_read_during_a_rotation_too() -> None:
    new = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    sent = webhook_calls.headers("msg_1", BODY, [new, SECRET])
    assert read(BODY, sent, SECRET) == read(BODY, sent, new) == json.loads(BODY)


@pytest.mark.parametrize(
    ("body", "headers", "now"),
    [
        (BODY + b" ", {}, AT),
        (BODY, {"Webhook-Id": "msg_other"}, AT),
        (BODY, {"Webhook-Timestamp": str(AT + 1)}, AT),
        (BODY, {"Webhook-Signature": ""}, AT),
        (BODY, {"Webhook-Signature": "v1,"}, AT),
        (BODY, {"Webhook-Timestamp": "soon"}, AT),
        (BODY, {}, AT + 301),
        (BODY, {}, AT - 301),
    ],
)
def test_any_other_is_refused(body: bytes, headers: dict[str, str], now: float) -> None:
    with pytest.raises(NotFromTheCity):
        read(body, {**HEADERS, **headers}, SECRET, now=now)


def test_a_secret_that_is_none_says_so() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        read(BODY, HEADERS, "whsec_é", now=AT)
