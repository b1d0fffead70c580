"""Moderation: hiding and restoring whole requests, text and photos, and reviewing reports before publication.

Routing, clocks and crews are not affected. Hidden text is replaced where it is stored, so that pages, feeds, tiles and email
need no rule of their own. Staff who may hide text can still read the original.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import events
from requests_app.actions.shared import counters
from requests_app.actions.shared.search_index import index_request
from requests_app.actions.shared.setup_rows import CannotUndo, Columns, SetupRow, State
from requests_app.clock import app_now
from requests_app.models import (
    PRIVATE_REASONS,
    Answer,
    Comment,
    Event,
    Jurisdiction,
    ModerationTerm,
    Person,
    Photo,
    PrivacyChoice,
    PublicState,
    RequestArea,
    ReviewReason,
    ServiceRequest,
    SetupChange,
    TextRevision,
    User,
)
from requests_app.places.public_place import public_place
from requests_app.places.tile_cache import forget_tiles
from requests_app.rules.publication import public_texts, review
from requests_app.rules.publication.public_texts import REMOVED, PublicText, version_of
from requests_app.rules.report import key_sentence


class AlreadyReviewed(Exception):
    """Another moderator decided first. event: their decision, if known; it is not overwritten."""

    def __init__(self, service_request: ServiceRequest) -> None:
        self.service_request = service_request
        self.event: Event | None = (
            Event.objects.filter(service_request=service_request, kind__in=["published", "hidden", "kept_private"])
            .select_related("user")
            .order_by("-id")
            .first()
        )
        super().__init__(service_request.reference)


def set_state(service_request: ServiceRequest, state: str) -> None:
    """Sets the public state of a locked request, with its areas and counters."""
    before = service_request.public_state
    service_request.public_state = state
    service_request.updated_at = app_now()
    service_request.save(update_fields=["public_state", "updated_at"])
    RequestArea.objects.filter(service_request=service_request).update(public_state=state)
    counters.recategorized(service_request, public_state=before)
    forget_tiles(service_request.jurisdiction_id)


@transaction.atomic
def hide(pk: int, *, reason: str, actor: User) -> ServiceRequest:
    """Removes the request from every public surface. reason: personal_data, abuse, not_a_report or other."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.public_state in (PublicState.PUBLIC, PublicState.PENDING_REVIEW):
        set_state(service_request, PublicState.HIDDEN)
        events.record(service_request, "hidden", actor=actor, reason=reason)
    return service_request


@transaction.atomic
def publish(pk: int, *, actor: User) -> ServiceRequest:
    """Publishes as far as the service's rule allows. What is private for review is published by publish_read()."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.public_state in (PublicState.HIDDEN, PublicState.PENDING_REVIEW):
        _publish(service_request, actor)
    return service_request


def _publish(service_request: ServiceRequest, actor: User) -> None:
    version = service_request.service_version
    # A moderator has decided; the automatic reason stays in the event log only.
    service_request.review_reason = ""
    service_request.save(update_fields=["review_reason"])
    set_state(service_request, review.public_state_of(version, is_test=service_request.is_test))
    events.record(service_request, "published", actor=actor)


@transaction.atomic
def keep_private(pk: int, *, actor: Person) -> ServiceRequest:
    """The reporter of an “I don’t know” report keeps it private, after staff made it public. Nobody can publish it again."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.privacy_choice == PrivacyChoice.OFFERED:
        service_request.privacy_choice = PrivacyChoice.KEPT
        service_request.save(update_fields=["privacy_choice"])
        _make_private(service_request)
        events.record(service_request, "kept_private", actor=actor)
    return service_request


def _make_private(service_request: ServiceRequest) -> None:
    service_request.public_point, service_request.public_address = None, ""
    service_request.save(update_fields=["public_point", "public_address"])
    # A hidden one too: all of City Hall can read hidden requests.
    set_state(service_request, PublicState.PRIVATE)
    # At once, so that no search finds its words until the worker's next run.
    index_request(service_request.pk)


# --- Review before publication ----------------------------------------------------------------------------------------


# What a request may be whose words turn out to be for named staff only. Nobody reads one that isn't confirmed yet.
_MADE_PRIVATE = (PublicState.PUBLIC, PublicState.PENDING_REVIEW, PublicState.HIDDEN)


@transaction.atomic
def send_to_review(pk: int, *, reason: str) -> ServiceRequest:
    """Takes a request off the public pages until a moderator has read it. reason: ReviewReason.

    For some reasons it's private meanwhile (PRIVATE_REASONS).
    """
    service_request = ServiceRequest.objects.locked(pk)
    before = service_request.public_state
    if reason in PRIVATE_REASONS and before in (*_MADE_PRIVATE, PublicState.UNCONFIRMED):
        service_request.review_reason = reason
        service_request.save(update_fields=["review_reason"])
        if before in _MADE_PRIVATE:
            _make_private(service_request)
            events.record(service_request, "pending_review", actor=None, reason=reason)
    elif before == PublicState.PUBLIC:
        service_request.review_reason = reason
        service_request.save(update_fields=["review_reason"])
        set_state(service_request, PublicState.PENDING_REVIEW)
        events.record(service_request, "pending_review", actor=None, reason=reason)
    return service_request


@transaction.atomic
def approve(pk: int, *, actor: User) -> ServiceRequest:
    """Publishes a request that was waiting for review. Raises AlreadyReviewed."""
    return publish(_pending_review(pk).pk, actor=actor)


@transaction.atomic
def keep_hidden(pk: int, *, reason: str, actor: User) -> ServiceRequest:
    """Hides a request that was waiting for review. reason: a code of hide(). Raises AlreadyReviewed."""
    return hide(_pending_review(pk).pk, reason=reason, actor=actor)


@transaction.atomic
def publish_read(pk: int, new: Mapping[str, "Replacement"], *, actor: User) -> ServiceRequest:
    """Publishes a request that was private for review, with these texts instead of what was written, which staff can still read.

    Raises AlreadyReviewed and TextChanged.
    """
    service_request = _private_review(pk)
    reason = service_request.review_reason
    texts = _unchanged_texts(service_request, new)
    if reason == ReviewReason.TRANSFER:
        Comment.objects.create(
            service_request=service_request,
            kind=Comment.Kind.NOTE,
            text=f"{_('The caller said:')}\n{service_request.description}",
            language=service_request.language,
        )
    for key, words in new.items():
        _write(service_request, texts[key], words.text or REMOVED, reason=reason, actor=actor)
    version = service_request.service_version
    service_request.public_point, service_request.public_address = public_place(
        version.visibility, service_request.point, service_request.address
    )
    service_request.save(update_fields=["public_point", "public_address"])
    _publish(service_request, actor)
    index_request(pk)
    return service_request


@transaction.atomic
def keep_for_staff(pk: int, *, actor: User) -> ServiceRequest:
    """Ends the review of a request that was private for it: it stays private. Raises AlreadyReviewed."""
    service_request = _private_review(pk)
    service_request.review_reason = ""
    service_request.updated_at = app_now()
    service_request.save(update_fields=["review_reason", "updated_at"])
    events.record(service_request, "kept_private", actor=actor)
    return service_request


def _private_review(pk: int) -> ServiceRequest:
    service_request = ServiceRequest.objects.locked(pk)
    if not review.is_private_review(service_request):
        raise AlreadyReviewed(service_request)
    return service_request


def _pending_review(pk: int) -> ServiceRequest:
    # Lock first: when two moderators decide at once, the second must find what the first one did.
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.public_state != PublicState.PENDING_REVIEW:
        raise AlreadyReviewed(service_request)
    return service_request


# --- Text and photos --------------------------------------------------------------------------------------------------


class TextChanged(Exception):
    """The text was changed meanwhile. keys: of the texts that differ from what the moderator saw."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = set(keys)
        super().__init__(f"Changed meanwhile: {', '.join(sorted(keys))}")


@dataclass(frozen=True)
class Replacement:
    """seen: the version of the text that the moderator read (rules.public_texts.version_of)."""

    text: str
    seen: str


@transaction.atomic
def hide_text(pk: int, new: Mapping[str, Replacement], *, reason: str, actor: User) -> list[TextRevision]:
    """Replaces text. If any of it differs from what the moderator saw, raises ChangedMeanwhile and changes nothing."""
    service_request = ServiceRequest.objects.locked(pk)
    texts = _unchanged_texts(service_request, new)
    revisions = []
    for key, words in new.items():
        text = texts[key]
        revision = _write(service_request, text, words.text or REMOVED, reason=reason, actor=actor)
        events.record(
            service_request, "text_hidden", actor=actor, field=text.field, reason=reason, revision_id=revision.pk
        )
        revisions.append(revision)
    _touch(service_request)
    return revisions


def _unchanged_texts(service_request: ServiceRequest, new: Mapping[str, Replacement]) -> dict[str, PublicText]:
    """The public texts, by key. Raises TextChanged if one of these differs from what the moderator saw."""
    texts = {text.key: text for text in public_texts.public_texts(service_request)}
    changed = [key for key, words in new.items() if key not in texts or texts[key].version != words.seen]
    if changed:
        raise TextChanged(changed)
    return texts


@transaction.atomic
def restore_text(revision_id: int, *, actor: User, instead: Replacement | None = None) -> None:
    """Restores the original text. If it was changed again since, raises ChangedMeanwhile unless `instead` says what to store."""
    revision = TextRevision.objects.select_related("answer", "comment", "photo").get(
        pk=revision_id, reason__in=public_texts.REASONS
    )
    service_request = ServiceRequest.objects.locked(revision.service_request_id)
    # Refresh under the lock, so that two moderators restore it only once.
    revision.refresh_from_db(fields=["restored_at"])
    if revision.restored_at is not None:
        return
    revision.service_request = service_request
    for row in (revision.answer, revision.comment, revision.photo):
        if row is not None:
            row.refresh_from_db()
    current = public_texts.current_text(revision)
    text = PublicText(revision.field, current, "", revision.answer or revision.comment or revision.photo)
    if instead is None and current == revision.after:
        _store(service_request, text, revision.before)
    elif instead is not None and version_of(current) == instead.seen:
        _write(service_request, text, instead.text, reason="restore", actor=actor)
    else:
        raise TextChanged([text.key])
    revision.restored_at, revision.restored_by = app_now(), actor
    revision.save(update_fields=["restored_at", "restored_by"])
    events.record(service_request, "text_restored", actor=actor, field=text.field, revision_id=revision.pk)
    _touch(service_request)


def _write(
    service_request: ServiceRequest, text: PublicText, message: str, *, reason: str, actor: User
) -> TextRevision:
    revision = TextRevision.objects.create(
        service_request=service_request,
        field=text.field,
        answer=text.of if isinstance(text.of, Answer) else None,
        comment=text.of if isinstance(text.of, Comment) else None,
        photo=text.of if isinstance(text.of, Photo) else None,
        before=text.text,
        after=message,
        reason=reason,
        user=actor,
    )
    _store(service_request, text, message)
    return revision


def _store(service_request: ServiceRequest, text: PublicText, message: str) -> None:
    if isinstance(text.of, Answer):
        text.of.value = text.of.value_text = message
        text.of.save(update_fields=["value", "value_text"])
    elif isinstance(text.of, Comment):
        text.of.text = message
        text.of.save(update_fields=["text"])
    elif isinstance(text.of, Photo):
        text.of.alt = message
        text.of.save(update_fields=["alt"])
    else:
        service_request.description = message
        service_request.key_sentence_at = key_sentence.start_in(service_request)
        service_request.save(update_fields=["description", "key_sentence_at"])


def _touch(service_request: ServiceRequest) -> None:
    """Updates the timestamp for feeds and API clients, and the search index at once rather than with the worker's next run, so
    that a search does not find the old text."""
    service_request.updated_at = app_now()
    service_request.save(update_fields=["updated_at"])
    index_request(service_request.pk)


@transaction.atomic
def hide_photo(photo_id: int, *, reason: str, actor: User) -> None:
    """Removes a photo from all public pages and blocks its address for the public."""
    photo = _locked_photo(photo_id)
    if photo.service_request is not None and photo.hidden_at is None:
        photo.hidden_at, photo.hidden_reason = app_now(), reason
        photo.save(update_fields=["hidden_at", "hidden_reason"])
        events.record(photo.service_request, "photo_hidden", actor=actor, photo_id=photo.pk, reason=reason)
        _touch(photo.service_request)


@transaction.atomic
def restore_photo(photo_id: int, *, actor: User) -> None:
    """Shows a photo that staff hid or that was waiting for review."""
    photo = _locked_photo(photo_id)
    if photo.service_request is not None and photo.hidden_at is not None:
        photo.hidden_at, photo.hidden_reason = None, ""
        photo.save(update_fields=["hidden_at", "hidden_reason"])
        events.record(photo.service_request, "photo_restored", actor=actor, photo_id=photo.pk)
        _touch(photo.service_request)


def _locked_photo(photo_id: int) -> Photo:
    """Locks the photo's request first, as every action does."""
    photo = Photo.objects.get(pk=photo_id)
    if photo.service_request_id is not None:
        service_request = ServiceRequest.objects.locked(photo.service_request_id)
        photo = Photo.objects.select_for_update(of=("self",)).get(pk=photo_id)
        photo.service_request = service_request
    return photo


# --- The lists of links, threats and blocked addresses ----------------------------------------------------------------


def _term_state(term: ModerationTerm) -> State:
    # An email address is personal data, and the log is never erased: it only says that there was one.
    return {"kind": term.kind} | ({} if _is_address(term) else {"value": term.value})


def _is_address(term: ModerationTerm) -> bool:
    return term.kind == ModerationTerm.Kind.ADDRESS


def _term_columns(_city: Jurisdiction, state: State) -> Columns:
    if "value" not in state:
        raise CannotUndo
    return state


def _term_lookup(change: SetupChange) -> Columns:
    # By what it says, since it may have been removed and put back; an address only by its id.
    state = change.after or change.before or {}
    by_value = {"value": state["value"]} if "value" in state else {"pk": int(change.key)}
    return {"jurisdiction": change.jurisdiction_id, "kind": state.get("kind"), **by_value}


# Its value is normalized as in rules.review and rules.blocked_addresses.
TERM = SetupRow(
    "moderation_term",
    gettext_lazy("Moderation words"),
    ModerationTerm,
    _term_state,
    name=lambda term: "" if _is_address(term) else term.value,
    columns=_term_columns,
    lookup=_term_lookup,
)
