"""Deletes expired data: drafts, unconfirmed reports, orphaned photos, idempotency keys, finished outbox rows, sent digest
items, verification links, inactive subscriptions, sessions, states for undoing, safety notes, what webhooks sent, what changed
in public, whose votes were whose."""

import datetime as dt

from allauth.account.models import EmailConfirmation
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from requests_app import photos
from requests_app.actions.contacts import letter_pages
from requests_app.actions.people import staff_notices
from requests_app.actions.programs import api_key_requests, webhooks
from requests_app.actions.publication import public_changes
from requests_app.actions.report import confirm_report
from requests_app.actions.work import bulk_jobs, safety_notes
from requests_app.clock import app_now
from requests_app.models import (
    ApiKeyRequest,
    BulkJob,
    CitySwitch,
    CrewResult,
    DigestItem,
    Draft,
    Erasure,
    IdempotencyKey,
    LetterPage,
    LimitCount,
    LogoutToken,
    OneTimeLink,
    OutboxRow,
    Participation,
    Person,
    Photo,
    RequestVote,
    ServiceDraftLink,
    StaffSession,
    Subscription,
    UndoState,
)
from requests_app.rules.shared import installation

KEYS_KEPT = dt.timedelta(days=14)
DONE_ROWS_KEPT = dt.timedelta(days=30)
FILES_KEPT = dt.timedelta(hours=24)
# Much longer than an API client waits for the response to its report.
UNCLAIMED_PHOTOS_KEPT = dt.timedelta(hours=1)
# An update waits for its digest for a week at most. Older ones were sent, or never will be.
TOLD_KEPT = dt.timedelta(days=40)
LINKS_KEPT = dt.timedelta(days=30)
WISHES_KEPT = dt.timedelta(days=7)
STOPPED_KEPT = dt.timedelta(days=30)
# Much longer than staff_actions.UNDO_FOR. Those of a bulk job are kept as long as it can be undone.
UNDO_STATES_KEPT = dt.timedelta(hours=1)
BULK_JOBS_KEPT = dt.timedelta(days=30)
SESSION_RECORDS_KEPT = dt.timedelta(days=14)
# Longer than any backup that still has the person (config/lampctl/backup_place.py).
ERASURES_KEPT = dt.timedelta(days=60)
# As long as the cookie of the device. Their count stays.
VOTES_KEPT = dt.timedelta(days=365)
ROWS_AT_ONCE = 20_000
DRAFTS_AT_ONCE = 5000


def sweep() -> None:
    now = app_now()
    for draft in Draft.objects.filter(expires_at__lt=now)[:DRAFTS_AT_ONCE]:
        _delete_draft(draft)
    _delete_unclaimed_photos(now)
    IdempotencyKey.objects.filter(IdempotencyKey.RETRY, created_at__lt=now - KEYS_KEPT).delete()
    _delete_old_crew_results(now)
    LimitCount.objects.filter(expires_at__lt=now).delete()
    _delete_done_rows(now)
    Session.objects.filter(expire_date__lt=now).delete()
    # A session ends two weeks after its last change; its record may stay longer, but not forever.
    StaffSession.objects.filter(created_at__lt=now - SESSION_RECORDS_KEPT).exclude(
        session_key__in=Session.objects.values("session_key")
    ).delete()
    EmailConfirmation.objects.delete_expired_confirmations()
    CitySwitch.objects.filter(expires_at__lt=now - UNDO_STATES_KEPT).delete()
    LogoutToken.objects.filter(expires_at__lt=now).delete()
    ServiceDraftLink.objects.filter(expires_at__lt=now).delete()
    undoable_since = bulk_jobs.undoable_since() or now
    UndoState.objects.filter(created_at__lt=min(now - UNDO_STATES_KEPT, undoable_since)).delete()
    BulkJob.objects.filter(started_at__lt=now - BULK_JOBS_KEPT).delete()
    confirm_report.delete_expired()
    _delete_unneeded_people(api_key_requests.delete_old(now), now)
    staff_notices.delete_old()
    safety_notes.delete_old()
    webhooks.delete_old(now)
    public_changes.delete_old(now)
    _delete_old_email_data(now)
    Erasure.objects.filter(erased_at__lt=now - ERASURES_KEPT).delete()
    _delete_old_votes(now)


def _delete_old_votes(now: dt.datetime) -> None:
    # Ordered by primary key, and so by age, without another index.
    rows = RequestVote.objects.order_by("pk").values_list("pk", "created_at")[:ROWS_AT_ONCE]
    RequestVote.objects.filter(pk__in=[pk for pk, created_at in rows if created_at < now - VOTES_KEPT]).delete()


def _delete_old_crew_results(now: dt.datetime) -> None:
    # Ordered by primary key, and so by age, without another index.
    rows = CrewResult.objects.order_by("pk").values_list("pk", "created_at")[:ROWS_AT_ONCE]
    CrewResult.objects.filter(pk__in=[pk for pk, created_at in rows if created_at < now - KEYS_KEPT]).delete()


def _delete_done_rows(now: dt.datetime) -> None:
    """Deletes done rows, and people we know only from a link we emailed: a mistyped address, or one never confirmed."""
    done = OutboxRow.objects.filter(done_at__lt=now - DONE_ROWS_KEPT)
    people = set(done.filter(kind="mail_link", recipient__isnull=False).values_list("recipient__person_id", flat=True))
    done.delete()
    # Skip people with a more recent link: email sent to them recently still counts against the limit.
    recent = OutboxRow.objects.filter(kind="mail_link", recipient__person__in=people, done_at__isnull=False)
    _delete_unneeded_people(people - set(recent.values_list("recipient__person_id", flat=True)), now)


def _delete_old_email_data(now: dt.datetime) -> None:
    """Deletes sent digest items, verification links, and subscriptions that were never confirmed or have ended."""
    # Ordered by primary key, and so by age, without another index.
    items = DigestItem.objects.order_by("pk").values_list("pk", "created_at")[:ROWS_AT_ONCE]
    old = [pk for pk, created_at in items if created_at < now - TOLD_KEPT]
    DigestItem.objects.filter(pk__in=old).delete()
    links = OneTimeLink.objects.order_by("pk").values_list("pk", "expires_at")[:ROWS_AT_ONCE]
    expired = [pk for pk, expires_at in links if expires_at < now - LINKS_KEPT]
    OneTimeLink.objects.filter(pk__in=expired).delete()
    inactive = Subscription.objects.filter(
        Q(confirmed_at=None, created_at__lt=now - WISHES_KEPT) | Q(unsubscribed_at__lt=now - STOPPED_KEPT)
    )
    subscriptions = list(inactive.order_by("pk").values_list("pk", "contact_point__person_id")[:ROWS_AT_ONCE])
    Subscription.objects.filter(pk__in=[pk for pk, _person in subscriptions]).delete()
    _delete_unneeded_people({person for _pk, person in subscriptions}, now)


def _delete_unneeded_people(people: set[int], now: dt.datetime) -> None:
    """Deletes people without reports, subscriptions and requests for a key: we keep no address that we do not need."""
    participants = Participation.objects.filter(person__in=people).values_list("person_id", flat=True)
    subscriptions = Subscription.objects.filter(contact_point__person__in=people)
    links = OneTimeLink.objects.filter(contact_point__person__in=people, expires_at__gt=now)
    key_requests = ApiKeyRequest.objects.filter(contact_point__person__in=people)
    needed = {
        *participants,
        *(
            pk
            for rows in (subscriptions, links, key_requests)
            for pk in rows.values_list("contact_point__person_id", flat=True)
        ),
    }
    Person.objects.filter(pk__in=people - needed).delete()


def _delete_draft(draft: Draft) -> None:
    with transaction.atomic():
        # Skip drafts that are being submitted: their photos are about to move to the request.
        locked = Draft.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=draft.pk).first()
        if locked is None:
            return
        own_photos = list(locked.photos.all())
        locked.delete()
    for photo in own_photos:
        photos.delete_files(photo)


def _delete_unclaimed_photos(now: dt.datetime) -> None:
    """Deletes photos whose report the API did not store because the process was killed."""
    unclaimed = Photo.objects.filter(draft=None, service_request=None, created_at__lt=now - UNCLAIMED_PHOTOS_KEPT)
    for photo in unclaimed.order_by("pk")[:DRAFTS_AT_ONCE]:
        photos.delete(photo)


# Pictures of a table, and their folder.
PICTURES: tuple[tuple[type[Photo | LetterPage], str], ...] = ((Photo, photos.FOLDER), (LetterPage, letter_pages.FOLDER))


def sweep_files() -> int:
    """Deletes files of photos and scans without a row, left by interrupted uploads. Returns how many. In the week after a restore
    none."""
    if installation.keeps_all_files():
        return 0
    return sum(_sweep_folder(model, root) for model, root in PICTURES)


def _sweep_folder(model: type[Photo | LetterPage], root: str) -> int:
    deleted = 0
    for folder in _names(root, folders=True):
        known = set(model._default_manager.filter(name__startswith=folder).values_list("name", flat=True))
        for name in _names(f"{root}/{folder}"):
            path = f"{root}/{folder}/{name}"
            if name.removesuffix(".jpg").removesuffix("-small") in known:
                continue
            # The row of a new file may not be committed yet. (File times are the machine's, so compare with its clock.)
            if default_storage.get_modified_time(path) < timezone.now() - FILES_KEPT:
                default_storage.delete(path)
                deleted += 1
    return deleted


def _names(folder: str, *, folders: bool = False) -> list[str]:
    try:
        entries = default_storage.listdir(folder)
    except FileNotFoundError:
        # None has ever been uploaded.
        return []
    return list(entries[0] if folders else entries[1])
