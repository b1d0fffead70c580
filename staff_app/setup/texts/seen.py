"""What an editor saw when they opened a text, carried by its form, so that nobody overwrites what they haven't seen."""

from typing import Any

from django.core import signing

SALT = "seen"


def write_seen(state: dict[str, Any]) -> str:
    """What the editor sees, for the form to send back."""
    return signing.dumps(state, salt=SALT, compress=True)


def read_seen(sent: str) -> dict[str, Any] | None:
    try:
        seen: dict[str, Any] = signing.loads(sent, salt=SALT)
    except signing.BadSignature:
        return None
    return seen
