"""Photos that reporters add later, while the request is open."""

import hashlib
from collections.abc import Mapping
from typing import IO

from django.db import IntegrityError, transaction

from requests_app import events, photos
from requests_app.actions.publication import publication
from requests_app.actions.work import progress
from requests_app.clock import app_now
from requests_app.models import Person, Photo, ServiceRequest, TextRevision
from requests_app.photos import refused
from requests_app.rules.publication import public_texts
from requests_app.rules.publication.publication import Words
from requests_app.rules.report import corrections


def add(service_request: ServiceRequest, upload: IO[bytes], *, size: int, actor: Person, key: str = "") -> Photo:
    """Adds a photo. Raises PhotoRefused. key: the browser's own for this photo, so that a retry does not add it twice."""
    name = hashlib.sha256(f"later:{service_request.pk}:{key}".encode()).hexdigest()[:32] if key else ""
    if (stored := _stored(service_request, name)) is not None:
        return stored
    try:
        # Decode before locking, because it may take seconds.
        photo = photos.store_upload(
            upload,
            size=size,
            jurisdiction=service_request.jurisdiction,
            service_request=service_request,
            name=name,
            is_private=service_request.photos_private,
        )
    except IntegrityError:
        # Both tries arrived at once.
        if (stored := _stored(service_request, name)) is not None:
            return stored
        raise refused("") from None
    with transaction.atomic():
        # Lock first: several photos may arrive at once, and the request may be closed at the same time.
        service_request = ServiceRequest.objects.locked(service_request.pk)
        is_open = corrections.takes_photos(service_request)
        if is_open and len(corrections.later_photos(service_request)) < corrections.LATER_PHOTOS_MAX:
            service_request.has_new_answer = True
            service_request.updated_at = app_now()
            service_request.save(update_fields=["has_new_answer", "updated_at"])
            events.record(service_request, "photo_added", actor=actor, photo_id=photo.pk)
            return photo
    photos.delete(photo)
    raise refused("too_many" if is_open else "ended")


def remove(pk: int, name: str, *, actor: Person) -> None:
    """Removes a photo added later, until work begins. Raises progress.TooLate. Does nothing if it is already gone."""
    with transaction.atomic():
        service_request = ServiceRequest.objects.locked(pk)
        if corrections.too_late(service_request):
            raise progress.TooLate
        photo = next((later for later in corrections.later_photos(service_request) if later.name == name), None)
        if photo is None:
            return
        events.record(service_request, "photo_removed", actor=actor, photo_id=photo.pk)
        photo.delete()
    photos.delete_files(photo)


@transaction.atomic
def save_descriptions(pk: int, alts: Mapping[str, str], *, was_asked: bool = False) -> None:
    """Saves descriptions of photos added later, by photo name. was_asked: as in publication.judge()."""
    service_request = ServiceRequest.objects.locked(pk)
    removed_texts = {key for key, _reason, _by in public_texts.removed_texts(service_request)}
    new = []
    for photo in corrections.later_photos(service_request):
        alt = alts.get(photo.name, photo.alt)[:300]
        # Text that staff hid stays hidden, even if a page still open sends it again.
        if alt == photo.alt or public_texts.key_of(TextRevision.Field.PHOTO, photo.pk) in removed_texts:
            continue
        photo.alt = alt
        photo.save(update_fields=["alt"])
        new.append(alt)
    if new:
        public = {} if service_request.photos_private else {f"photo:{number}": alt for number, alt in enumerate(new)}
        words = Words(told="\n".join(new), typed=new, public=public)
        publication.screen_later_words(service_request, words, was_asked=was_asked)


def _stored(service_request: ServiceRequest, name: str) -> Photo | None:
    return service_request.photos.filter(name=name).first() if name else None
