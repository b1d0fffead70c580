"""Sweeping what has had its time: drafts, reports that nobody confirmed, photos that belong to nobody, old keys, done outbox
rows, ended sessions."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from requests_app import photos
from requests_app.actions import confirming, progress
from requests_app.clock import app_now
from requests_app.models import Draft, IdempotencyKey, OutboxRow, Photo

KEYS_KEPT = dt.timedelta(days=14)
DONE_ROWS_KEPT = dt.timedelta(days=30)
FILES_KEPT = dt.timedelta(hours=24)
DRAFTS_AT_ONCE = 5000


def sweep() -> None:
    now = app_now()
    for draft in Draft.objects.filter(expires_at__lt=now)[:DRAFTS_AT_ONCE]:
        _drop(draft)
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    OutboxRow.objects.filter(done_at__lt=now - DONE_ROWS_KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    confirming.forget_old()
    progress.bring_back_held()


def _drop(draft: Draft) -> None:
    with transaction.atomic():
        # One that is being sent at this moment keeps its photos: they are about to be the request's.
        locked = Draft.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=draft.pk).first()
        if locked is None:
            return
        left = list(locked.photos.all())
        locked.delete()
    for photo in left:
        photos.remove_files(photo)


def sweep_files() -> int:
    """Photos that no row knows: their upload was cut off between the file and its row. How many files went."""
    gone = 0
    for folder in _names(photos.FOLDER, folders=True):
        known = set(Photo.objects.filter(name__startswith=folder).values_list("name", flat=True))
        for name in _names(f"{photos.FOLDER}/{folder}"):
            path = f"{photos.FOLDER}/{folder}/{name}"
            if name.removesuffix(".jpg").removesuffix("-small") in known:
                continue
            # The row of a fresh one may be about to come. (A file's time is the machine's, so it is compared with that.)
            if default_storage.get_modified_time(path) < timezone.now() - FILES_KEPT:
                default_storage.delete(path)
                gone += 1
    return gone


def _names(folder: str, *, folders: bool = False) -> list[str]:
    try:
        found = default_storage.listdir(folder)
    except FileNotFoundError:
        # No photo was ever taken.
        return []
    return list(found[0] if folders else found[1])
