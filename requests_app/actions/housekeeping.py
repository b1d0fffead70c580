"""Sweeping what has had its time: drafts, reports that nobody confirmed, photos that belong to nobody, old keys, done outbox
rows, what mails were about, links that proved an address, news that nobody wants, ended sessions."""

import datetime as dt

from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from requests_app import photos
from requests_app.actions import confirm_report, progress
from requests_app.clock import app_now
from requests_app.models import (
    DigestItem,
    Draft,
    IdempotencyKey,
    OneTimeLink,
    OutboxRow,
    Participation,
    Person,
    Photo,
    Subscription,
)

KEYS_KEPT = dt.timedelta(days=14)
DONE_ROWS_KEPT = dt.timedelta(days=30)
FILES_KEPT = dt.timedelta(hours=24)
# Much longer than an API client waits for the answer to its report.
UNCLAIMED_PHOTOS_KEPT = dt.timedelta(hours=1)
# The longest that a change waits for its mail is a week; what is older was told, or never will be.
TOLD_KEPT = dt.timedelta(days=40)
LINKS_KEPT = dt.timedelta(days=30)
WISHES_KEPT = dt.timedelta(days=7)
STOPPED_KEPT = dt.timedelta(days=30)
ROWS_AT_ONCE = 20_000
DRAFTS_AT_ONCE = 5000


def sweep() -> None:
    now = app_now()
    for draft in Draft.objects.filter(expires_at__lt=now)[:DRAFTS_AT_ONCE]:
        _drop(draft)
    _drop_unclaimed_photos(now)
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    _drop_done_rows(now)
    Session.objects.filter(expire_date__lt=now).delete()
    confirm_report.forget_old()
    _forget_old_mail(now)
    progress.resume_overdue_holds()


def _drop_done_rows(now: dt.datetime) -> None:
    """And whom nothing but a mailed link ties to us: an address that was mistyped, or that asked for what it never confirmed."""
    done = OutboxRow.objects.filter(done_at__lt=now - DONE_ROWS_KEPT)
    people = set(done.filter(kind="mail_link", recipient__isnull=False).values_list("recipient__person_id", flat=True))
    done.delete()
    # Whoever was mailed a link since has their turn with that one: what went there of late is still counted.
    since = OutboxRow.objects.filter(kind="mail_link", recipient__person__in=people, done_at__isnull=False)
    _forget_nobody(people - set(since.values_list("recipient__person_id", flat=True)), now)


def _forget_old_mail(now: dt.datetime) -> None:
    """What mails were about, the links that proved an address, and what nobody confirmed or somebody stopped."""
    # In the order of their keys, which is that of their age: no index is needed to find the oldest.
    told = DigestItem.objects.order_by("pk").values_list("pk", "created_at")[:ROWS_AT_ONCE]
    old = [pk for pk, created_at in told if created_at < now - TOLD_KEPT]
    DigestItem.objects.filter(pk__in=old).delete()
    mailed = OneTimeLink.objects.order_by("pk").values_list("pk", "expires_at")[:ROWS_AT_ONCE]
    over = [pk for pk, expires_at in mailed if expires_at < now - LINKS_KEPT]
    OneTimeLink.objects.filter(pk__in=over).delete()
    gone = Subscription.objects.filter(
        Q(confirmed_at=None, created_at__lt=now - WISHES_KEPT) | Q(unsubscribed_at__lt=now - STOPPED_KEPT)
    )
    wishes = list(gone.order_by("pk").values_list("pk", "contact_point__person_id")[:ROWS_AT_ONCE])
    Subscription.objects.filter(pk__in=[pk for pk, _person in wishes]).delete()
    _forget_nobody({person for _pk, person in wishes}, now)


def _forget_nobody(people: set[int], now: dt.datetime) -> None:
    """Who has no report and no news: we keep no address that we do not need."""
    tied = Participation.objects.filter(person__in=people).values_list("person_id", flat=True)
    wanting = Subscription.objects.filter(contact_point__person__in=people)
    asked = OneTimeLink.objects.filter(contact_point__person__in=people, expires_at__gt=now)
    kept = {*tied, *(pk for some in (wanting, asked) for pk in some.values_list("contact_point__person_id", flat=True))}
    Person.objects.filter(pk__in=people - kept).delete()


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


def _drop_unclaimed_photos(now: dt.datetime) -> None:
    """Photos of a report that the API did not store, where the process died before it could remove them."""
    unclaimed = Photo.objects.filter(draft=None, service_request=None, created_at__lt=now - UNCLAIMED_PHOTOS_KEPT)
    for photo in unclaimed.order_by("pk")[:DRAFTS_AT_ONCE]:
        photos.remove(photo)


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
