"""Creating, changing, replacing and revoking API keys by staff, with their place in the log of setup. The log never holds a key."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from requests_app import api_keys
from requests_app.actions.shared import setup_changes
from requests_app.clock import app_now
from requests_app.models import ApiKey, Jurisdiction, User
from requests_app.rules.programs.api_keys import is_expired

__all__ = ["AlreadyRevoked", "change", "create", "is_expired", "replace", "revoke"]

KIND = "api_key"


class AlreadyRevoked(Exception):
    """A revoked key stays as it was."""


def written(key: ApiKey) -> setup_changes.Written:
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


@transaction.atomic
def create(jurisdiction: Jurisdiction, name: str, *, actor: User, **terms: Any) -> tuple[ApiKey, str]:
    """Returns the row and the plain key. terms: see api_keys.create(). Raises api_keys.NameTaken."""
    key, plain = api_keys.create(jurisdiction, name, created_by=actor, **terms)
    setup_changes.record(jurisdiction, KIND, key.pk, actor=actor, name=name, before=None, after=written(key))
    return key, plain


@transaction.atomic
def change(key_id: int, terms: dict[str, Any], *, actor: User) -> None:
    """Raises AlreadyRevoked and api_keys.NameTaken."""
    key = _locked(key_id)
    before = written(key)
    for name, value in terms.items():
        setattr(key, name, value)
    try:
        with transaction.atomic():
            key.save(update_fields=list(terms))
    except IntegrityError as error:
        raise api_keys.NameTaken(key.name) from error
    setup_changes.record(key.jurisdiction, KIND, key.pk, actor=actor, name=key.name, before=before, after=written(key))


@transaction.atomic
def replace(key_id: int, *, overlap: dt.timedelta, actor: User) -> tuple[ApiKey, str]:
    """Returns the row and a new plain key; the one before stays valid for `overlap`. Raises AlreadyRevoked."""
    key = _locked(key_id)
    until = app_now() + overlap if overlap else None
    plain = api_keys.replace_secret(key, earlier_until=until)
    state = written(key)
    after = {**state, "replaced": until.isoformat() if until else "at once"}
    setup_changes.record(key.jurisdiction, KIND, key.pk, actor=actor, name=key.name, before=state, after=after)
    return key, plain


@transaction.atomic
def revoke(key: ApiKey, *, actor: User) -> None:
    if api_keys.revoke(key):
        setup_changes.record(
            key.jurisdiction, KIND, key.pk, actor=actor, name=key.name, before=written(key), after=None
        )


def _locked(key_id: int) -> ApiKey:
    """Raises AlreadyRevoked."""
    keys = ApiKey.objects.select_for_update(of=("self",)).select_related("jurisdiction", "acts_as")
    key = keys.defer("jurisdiction__boundary").get(pk=key_id)
    if key.revoked_at is not None:
        raise AlreadyRevoked
    return key
