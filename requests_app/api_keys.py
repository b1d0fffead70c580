"""API keys: generated once, shown once and stored as a hash."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone

from requests_app.clock import app_now
from requests_app.models import ApiKey, Jurisdiction, User

PREFIX = "lk_"
ERROR_KEPT_FOR = 30 * 24 * 3600


class NameTaken(Exception):
    """An active key of this city already has the name."""


def _hash(plain: str) -> str:
    # No salt and no slow hash: 32 random bytes cannot be guessed, and every API call looks up the hash.
    return hashlib.sha256(plain.encode()).hexdigest()


def create(
    jurisdiction: Jurisdiction, name: str, *, created_by: User | None = None, is_test: bool = False
) -> tuple[ApiKey, str]:
    """Returns the row and the plain key, which is stored nowhere. Raises NameTaken."""
    plain = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                jurisdiction=jurisdiction,
                name=name,
                prefix=plain[:10],
                key_hash=_hash(plain),
                is_test=is_test,
                created_by=created_by,
            )
    except IntegrityError as error:
        raise NameTaken(name) from error
    return key, plain


def find(plain: str) -> ApiKey | None:
    """Returns the active key for this plain text, or None."""
    if not plain.startswith(PREFIX) or len(plain) > 100:
        return None
    return ApiKey.objects.select_related("jurisdiction").filter(key_hash=_hash(plain), revoked_at=None).first()


def revoke(key: ApiKey) -> bool:
    """Deactivates the key. The row stays, so that old requests still show who sent them. Returns whether it was active."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=app_now()))


def mark_used(key: ApiKey, *, at: dt.datetime | None = None) -> None:
    """Records the day of last use, at most once a day, so that unused keys can be found. at: now, if the caller has read it."""
    today = (at or app_now()).date()
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)


def note_error(key: ApiKey, status: int, words: str) -> None:
    """Remembers the last error that was sent to it, for those who help with the integration. It may be forgotten."""
    cache.set(f"api-key-error:{key.pk}", {"at": timezone.now(), "status": status, "words": words[:300]}, ERROR_KEPT_FOR)


def last_errors(keys: Iterable[ApiKey]) -> dict[int, dict[str, Any]]:
    """at, status and words, by the key's id."""
    found = cache.get_many([f"api-key-error:{key.pk}" for key in keys])
    return {int(name.rpartition(":")[2]): error for name, error in found.items()}
