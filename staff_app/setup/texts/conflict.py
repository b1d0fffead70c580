"""What an editor sees if someone else saved the same text meanwhile: 409, what differs, and everything they typed."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from requests_app.actions.edits import ChangedMeanwhile
from requests_app.rules.setup_diff import differences

SALT = "seen"


def words_of(found: ChangedMeanwhile, typed: dict[str, Any]) -> list[str]:
    """How what is saved differs from what was typed."""
    mine = {name: value for name, value in typed.items() if name in found.current}
    theirs = {name: found.current[name] for name in mine}
    return differences(mine, theirs) or [_("It’s the same as what you typed.")]


def write_seen(state: dict[str, Any]) -> str:
    """What the editor sees, for the form to send back."""
    return signing.dumps(state, salt=SALT, compress=True)


def read_seen(sent: str) -> dict[str, Any] | None:
    try:
        seen: dict[str, Any] = signing.loads(sent, salt=SALT)
    except signing.BadSignature:
        return None
    return seen
