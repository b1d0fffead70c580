"""Sweeping what has had its time: drafts, photos that belong to nobody, old keys, done outbox rows."""

import datetime as dt

from django.core.files.storage import default_storage

from requests_app.actions import progress
from requests_app.clock import app_now
from requests_app.models import Draft, IdempotencyKey, OutboxRow, Photo

KEYS_KEPT = dt.timedelta(days=14)
DONE_ROWS_KEPT = dt.timedelta(days=30)
STOPPED_DRAFTS_KEPT = dt.timedelta(hours=24)


def sweep() -> None:
    now = app_now()
    expired = Draft.objects.filter(expires_at__lt=now) | Draft.objects.filter(
        warning="shown", updated_at__lt=now - STOPPED_DRAFTS_KEPT
    )
    for photo in Photo.objects.filter(draft__in=expired):
        for path in (photo.path, photo.small_path):
            default_storage.delete(path)
        photo.delete()
    expired.delete()
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    OutboxRow.objects.filter(done_at__lt=now - DONE_ROWS_KEPT).delete()
    progress.bring_back_held()
