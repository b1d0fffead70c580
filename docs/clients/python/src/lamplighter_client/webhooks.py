"""Checks that a webhook came from the city, by Standard Webhooks 1.0."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE_S = 300


class NotFromTheCity(Exception):
    """Answer 400 and do nothing."""


def read(
    body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None, tolerance_s: int = TOLERANCE_S
) -> Any:
    """The body's JSON, once its signature fits. Raises NotFromTheCity.

    body: exactly as it came. secret: whsec_… of the webhook. A message may come twice: its webhook-id stays the same.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    number, at, signatures = (sent.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (number and at.isascii() and at.isdigit() and signatures):
        raise NotFromTheCity("The headers webhook-id, webhook-timestamp and webhook-signature are needed.")
    if abs((time.time() if now is None else now) - int(at)) > tolerance_s:
        raise NotFromTheCity("The message is too old, or one of the clocks is wrong.")
    signed = f"{number}.{at}.".encode() + body
    ours = base64.b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()
    # During a rotation there are two. Every one is compared, so that the time tells nothing.
    fits = [hmac.compare_digest(f"v1,{ours}".encode(), one.encode()) for one in signatures.split()]
    if not any(fits):
        raise NotFromTheCity("The signature doesn’t fit the message.")
    try:
        return json.loads(body)
    except ValueError:
        raise NotFromTheCity("The message is not JSON.") from None


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError("The secret of a webhook looks like whsec_ and letters and digits after it.") from None
