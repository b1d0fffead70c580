"""A part of a request hidden from the public, and shown again: words, photos. What it was stays readable for staff who may hide.

The words themselves change, where everybody reads them, so that no page, list, feed, tile or mail has to know of it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction

from requests_app import events
from requests_app.actions.assignment import locked
from requests_app.actions.indexing import index_request
from requests_app.clock import app_now
from requests_app.models import Answer, Comment, Photo, ServiceRequest, TextRevision, User
from requests_app.rules import moderation
from requests_app.rules.moderation import TAKEN_OUT, PublicText, version_of


class ChangedMeanwhile(Exception):
    """Somebody else was faster. keys: of the texts that are no longer what was seen."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = set(keys)
        super().__init__(f"Changed meanwhile: {', '.join(sorted(keys))}")


@dataclass(frozen=True)
class NewWords:
    """seen: the version of the text that was read (rules.moderation.version_of)."""

    words: str
    seen: str


@transaction.atomic
def hide_words(pk: int, new: Mapping[str, NewWords], *, reason: str, actor: User) -> list[TextRevision]:
    """Writes the new words where the old ones stood. Raises ChangedMeanwhile, and changes nothing, if one is not what was seen."""
    service_request = locked(pk)
    texts = {one.key: one for one in moderation.public_texts(service_request)}
    lost = [key for key, one in new.items() if key not in texts or texts[key].version != one.seen]
    if lost:
        raise ChangedMeanwhile(lost)
    made = []
    for key, one in new.items():
        text = texts[key]
        revision = _write(service_request, text, one.words or TAKEN_OUT, reason=reason, actor=actor)
        events.record(
            service_request, "text_hidden", actor=actor, field=text.field, reason=reason, revision_id=revision.pk
        )
        made.append(revision)
    _told(service_request)
    return made


@transaction.atomic
def put_back(revision_id: int, *, actor: User, instead: NewWords | None = None) -> None:
    """The words as they were before. Where they changed again since, raises ChangedMeanwhile: then somebody says what is to stand
    there instead."""
    revision = TextRevision.objects.select_related("answer", "comment", "photo").get(
        pk=revision_id, reason__in=moderation.REASONS
    )
    service_request = locked(revision.service_request_id)
    # Under the lock anew: two who press together put it back once.
    revision.refresh_from_db(fields=["undone_at"])
    if revision.undone_at is not None:
        return
    revision.service_request = service_request
    for row in (revision.answer, revision.comment, revision.photo):
        if row is not None:
            row.refresh_from_db()
    now = moderation.words_now(revision)
    text = PublicText(revision.field, now, "", revision.answer or revision.comment or revision.photo)
    if instead is None and now == revision.after:
        _store(service_request, text, revision.before)
    elif instead is not None and version_of(now) == instead.seen:
        _write(service_request, text, instead.words, reason="put_back", actor=actor)
    else:
        raise ChangedMeanwhile([text.key])
    revision.undone_at, revision.undone_by = app_now(), actor
    revision.save(update_fields=["undone_at", "undone_by"])
    events.record(service_request, "text_shown", actor=actor, field=text.field, revision_id=revision.pk)
    _told(service_request)


def _write(service_request: ServiceRequest, text: PublicText, words: str, *, reason: str, actor: User) -> TextRevision:
    revision = TextRevision.objects.create(
        service_request=service_request,
        field=text.field,
        answer=text.of if isinstance(text.of, Answer) else None,
        comment=text.of if isinstance(text.of, Comment) else None,
        photo=text.of if isinstance(text.of, Photo) else None,
        before=text.words,
        after=words,
        reason=reason,
        user=actor,
    )
    _store(service_request, text, words)
    return revision


def _store(service_request: ServiceRequest, text: PublicText, words: str) -> None:
    if isinstance(text.of, Answer):
        text.of.value = text.of.value_words = words
        text.of.save(update_fields=["value", "value_words"])
    elif isinstance(text.of, Comment):
        text.of.text = words
        text.of.save(update_fields=["text"])
    elif isinstance(text.of, Photo):
        text.of.alt = words
        text.of.save(update_fields=["alt"])
    else:
        service_request.description = words
        service_request.save(update_fields=["description"])


def _told(service_request: ServiceRequest) -> None:
    """Feed readers and programs that ask for what is new take the new words; a search finds nothing by the old ones, from now on
    and not from the worker's next round on."""
    service_request.updated_at = app_now()
    service_request.save(update_fields=["updated_at"])
    index_request(service_request.pk)


@transaction.atomic
def hide_photo(photo_id: int, *, reason: str, actor: User) -> None:
    """Off every public page at once, and its address answers nobody outside."""
    photo = _locked_photo(photo_id)
    if photo.service_request is not None and photo.hidden_at is None:
        photo.hidden_at, photo.hidden_reason = app_now(), reason
        photo.save(update_fields=["hidden_at", "hidden_reason"])
        events.record(photo.service_request, "photo_hidden", actor=actor, photo_id=photo.pk, reason=reason)
        _told(photo.service_request)


@transaction.atomic
def show_photo(photo_id: int, *, actor: User) -> None:
    """Hidden by staff or waiting for a look: from now on everybody who reads the request sees it."""
    photo = _locked_photo(photo_id)
    if photo.service_request is not None and photo.hidden_at is not None:
        photo.hidden_at, photo.hidden_reason = None, ""
        photo.save(update_fields=["hidden_at", "hidden_reason"])
        events.record(photo.service_request, "photo_shown", actor=actor, photo_id=photo.pk)
        _told(photo.service_request)


def _locked_photo(photo_id: int) -> Photo:
    """Its request first, as every action locks."""
    photo = Photo.objects.get(pk=photo_id)
    if photo.service_request_id is not None:
        service_request = locked(photo.service_request_id)
        photo = Photo.objects.select_for_update(of=("self",)).get(pk=photo_id)
        photo.service_request = service_request
    return photo
