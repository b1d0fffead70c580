"""The end of test keys that nobody uses: an email to their contact, and a week later the key is revoked."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from requests_app import outbox
from requests_app.actions.programs import api_keys
from requests_app.clock import app_now
from requests_app.models import ApiKey
from requests_app.rules.programs.api_keys import UNUSED_KEPT, UNUSED_NOTICE, USE_RECORDED_EVERY

KIND = "mail_key_ends"
CONTACT_KEPT = dt.timedelta(days=365)


def end_unused() -> None:
    """By the clock, each night. A key that was called since its notice stays; a later end has a notice of its own.

    Of keys that ended long ago, it also deletes the address.
    """
    now = app_now()
    _end(now)
    _notify(now)
    ApiKey.objects.filter(is_test=True, revoked_at__lt=now - CONTACT_KEPT).exclude(contact="").update(contact="")


@transaction.atomic
def _end(now: dt.datetime) -> None:
    had_notice = Q(end_noticed_at__lte=now - UNUSED_NOTICE, end_noticed_at__gte=F("unused_since"))
    for key in _unused(since=now - UNUSED_KEPT).filter(had_notice).select_related("jurisdiction"):
        api_keys.revoke(key, actor=None)


@transaction.atomic
def _notify(now: dt.datetime) -> None:
    had_none = Q(end_noticed_at=None) | Q(end_noticed_at__lt=F("unused_since"))
    for key in _unused(since=now - UNUSED_KEPT + UNUSED_NOTICE).filter(had_none):
        key.end_noticed_at = now
        key.save(update_fields=["end_noticed_at"])
        if key.contact:
            outbox.enqueue(
                KIND,
                lane="outside",
                jurisdiction_id=key.jurisdiction_id,
                dedupe_key=f"{KIND}:{key.pk}:{now.timestamp():.6f}",
            )


def _unused(since: dt.datetime) -> QuerySet[ApiKey]:
    """Locked, so that a call that comes at the same time counts."""
    last = Coalesce(F("last_used_at") + USE_RECORDED_EVERY, "created_at")
    keys = ApiKey.objects.filter(is_test=True, revoked_at=None).alias(unused_since=last)
    return keys.filter(unused_since__lte=since).select_for_update(of=("self",)).order_by("pk")
