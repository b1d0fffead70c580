"""API keys: generated once, shown once and stored as a hash."""

import hashlib
import secrets

from django.db import IntegrityError, transaction

from requests_app.clock import app_now
from requests_app.models import ApiKey, Jurisdiction, User

PREFIX = "lk_"


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


def revoke(key: ApiKey) -> None:
    """Deactivates the key. The row stays, so that old requests still show who sent them."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=app_now())


def mark_used(key: ApiKey) -> None:
    """Records the day of last use, at most once a day, so that unused keys can be found."""
    today = app_now().date()
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
