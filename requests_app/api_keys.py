"""API keys: generated once, shown once and stored as a hash."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q

from requests_app.clock import AppNow, app_now
from requests_app.models import ApiKey, Jurisdiction, User
from requests_app.models.api_key import CALLS_A_MINUTE, Scope
from requests_app.rules.programs import api_keys as rules

PREFIX = "lk_"
USUAL_SCOPES = (Scope.READ.value, Scope.REPORT.value)


class NameTaken(Exception):
    """An active key of this city already has the name."""


def _hash(plain: str) -> str:
    # No salt and no slow hash: 32 random bytes cannot be guessed, and every API call looks up the hash.
    return hashlib.sha256(plain.encode()).hexdigest()


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def create(
    jurisdiction: Jurisdiction,
    name: str,
    *,
    created_by: User | None = None,
    is_test: bool = False,
    scopes: Sequence[str] = USUAL_SCOPES,
    acts_as: User | None = None,
    contact: str = "",
    calls_a_minute: int = CALLS_A_MINUTE,
    reports_a_day: int | None = None,
    expires_at: dt.datetime | None = None,
    networks: Sequence[str] = (),
) -> tuple[ApiKey, str]:
    """Returns the row and the plain key, which is stored nowhere. Raises NameTaken."""
    plain = _new_secret()
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                jurisdiction=jurisdiction,
                name=name,
                prefix=plain[:10],
                key_hash=_hash(plain),
                is_test=is_test,
                created_by=created_by,
                scopes=list(scopes),
                acts_as=acts_as,
                contact=contact,
                calls_a_minute=calls_a_minute,
                reports_a_day=reports_a_day,
                expires_at=expires_at,
                networks=list(networks),
            )
    except IntegrityError as error:
        raise NameTaken(name) from error
    return key, plain


def look_up(plain: str) -> ApiKey | None:
    """The key for this plain text, in any state: rules.api_keys.refusal() says whether it opens anything."""
    if not plain.startswith(PREFIX) or len(plain) > 100:
        return None
    sent = _hash(plain)
    keys = ApiKey.objects.select_related("jurisdiction", "acts_as").defer("jurisdiction__boundary")
    key = keys.annotate(at=AppNow()).filter(Q(key_hash=sent) | Q(previous_hash=sent)).first()
    if key is not None:
        key.now, key.by_previous = key.at, key.key_hash != sent
    return key


def find(plain: str) -> ApiKey | None:
    """The key for this plain text if it is valid somewhere, or None."""
    key = look_up(plain)
    return None if key is None or rules.refusal(key, "") not in ("", rules.NETWORK) else key


def replace_secret(key: ApiKey, *, earlier_until: dt.datetime | None) -> str:
    """Returns a new plain key. The one before is valid until then, and any earlier one no longer. Lock the row first."""
    plain = _new_secret()
    key.previous_hash = key.key_hash if earlier_until is not None else None
    key.previous_until = earlier_until
    key.prefix, key.key_hash = plain[:10], _hash(plain)
    key.save(update_fields=["previous_hash", "previous_until", "prefix", "key_hash"])
    return plain


def revoke(key: ApiKey) -> bool:
    """Deactivates the key. The row stays, so that old requests still show who sent them. Returns whether it was active."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=app_now()))


def mark_used(key: ApiKey) -> None:
    """Records the hour of last use, at most once an hour, so that unused keys can be found."""
    hour = key.now.replace(minute=0, second=0, microsecond=0)
    if key.last_used_at is None or key.last_used_at < hour:
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=hour)
        ApiKey.objects.filter(earlier, pk=key.pk).update(last_used_at=hour)
