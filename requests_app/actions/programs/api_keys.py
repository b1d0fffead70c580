"""Creating, changing, replacing and revoking API keys, with their place in the log of setup. The log never holds a key.

actor: a member of staff; None for the person who proved to have the address of the key's contact.
"""

import datetime as dt
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from requests_app import api_keys
from requests_app.actions.shared.setup_rows import NameTaken, SetupRow, State
from requests_app.clock import app_now
from requests_app.models import ApiKey, Jurisdiction, User
from requests_app.rules.programs.api_keys import is_expired

__all__ = ["AlreadyRevoked", "change", "create", "is_expired", "replace", "revoke"]


class AlreadyRevoked(Exception):
    """A revoked key stays as it was."""


def _state(key: ApiKey) -> State:
    """Without its contact's address: what is logged can't be erased."""
    return {
        "name": key.name,
        "scopes": key.scopes,
        "acts_as": str(key.acts_as) if key.acts_as else "",
        "calls_a_minute": key.calls_a_minute,
        "reports_a_day": key.reports_a_day,
        "expires_at": key.expires_at.isoformat() if key.expires_at else "",
        "networks": key.networks,
        "is_test": key.is_test,
    }


def _is_citys(key: ApiKey) -> bool:
    """Not a test key that a stranger made: its name could never be erased from the log."""
    return not (key.is_test and key.created_by_id is None)


# Nothing is undone: a secret that is gone can't come back.
KEY = SetupRow(
    "api_key",
    gettext_lazy("API key"),
    ApiKey,
    _state,
    name=attrgetter("name"),
    stays=True,
    related=("jurisdiction", "acts_as"),
    unlogged=("contact",),
    is_logged=_is_citys,
)


@transaction.atomic
def create(jurisdiction: Jurisdiction, name: str, *, actor: User, **terms: Any) -> tuple[ApiKey, str]:
    """Returns the row and the plain key. terms: see api_keys.create(). Raises api_keys.NameTaken."""
    key, plain = api_keys.create(jurisdiction, name, created_by=actor, **terms)
    KEY.record(key, actor=actor, before=None, after=_state(key))
    return key, plain


@transaction.atomic
def change(key_id: int, terms: dict[str, Any], *, actor: User, seen: str | None = None) -> None:
    """seen: the fingerprint that the form carried. Raises AlreadyRevoked, ChangedMeanwhile and api_keys.NameTaken."""
    _locked(key_id)
    try:
        KEY.change(key_id, actor=actor, seen=seen, **terms)
    except NameTaken as error:
        raise api_keys.NameTaken(terms["name"]) from error


@transaction.atomic
def replace(key_id: int, *, overlap: dt.timedelta, actor: User | None) -> tuple[ApiKey, str]:
    """Returns the row and a new plain key; the one before stays valid for `overlap`. Raises AlreadyRevoked."""
    key = _locked(key_id)
    until = app_now() + overlap if overlap else None
    plain = api_keys.replace_secret(key, earlier_until=until)
    state = _state(key)
    KEY.record(key, actor=actor, before=state, after={**state, "replaced": until.isoformat() if until else "at once"})
    return key, plain


@transaction.atomic
def revoke(key: ApiKey, *, actor: User | None) -> None:
    if api_keys.revoke(key):
        KEY.record(key, actor=actor, before=_state(key), after=None)


def _locked(key_id: int) -> ApiKey:
    """Raises AlreadyRevoked."""
    key = KEY.locked(key_id)
    if key.revoked_at is not None:
        raise AlreadyRevoked
    return key
