"""What a crew sends about a stop or a task, perhaps hours later: done once, and one that came too late keeps its photos."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO

from django.db import IntegrityError, transaction

from requests_app import events, photos
from requests_app.actions.work import conversation, staff_actions, tasks
from requests_app.models import CrewResult, Event, Photo, ServiceRequest, Task, User
from requests_app.photos import refused
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.rules.work import crew_results


class PhotosMissing(Exception):
    """Photos that the result names have not arrived, or have been swept since."""


@dataclass(frozen=True)
class Sent:
    """key: made on the phone. seen: the last event (id) that it had shown. outcome: a code for what the crew says.
    photos: the stage (Photo.Stage) of each, by the phone's key for it."""

    key: uuid.UUID
    actor: User
    seen: int
    outcome: str
    photos: Mapping[str, str] = field(default_factory=dict)


def find(service_request: ServiceRequest, *, key: uuid.UUID, actor: User) -> CrewResult | None:
    found = CrewResult.objects.select_related("event").filter(service_request=service_request, user=actor, key=key)
    return found.first()


def photo_name(pk: int, actor: User, key: uuid.UUID, photo_key: str) -> str:
    return hashlib.sha256(f"crew:{pk}:{actor.pk}:{key}:{photo_key}".encode()).hexdigest()[:32]


def add_photo(
    service_request: ServiceRequest, upload: IO[bytes], *, size: int, key: uuid.UUID, photo_key: str, actor: User
) -> Photo:
    """Stores a photo before its result arrives; the same one again is stored once. Nobody sees it until then, and the sweep
    removes it if the result never comes. Raises PhotoRefused."""
    name = photo_name(service_request.pk, actor, key, photo_key)
    if (known := Photo.objects.filter(name=name).first()) is not None:
        return known
    try:
        return photos.store_upload(
            upload, size=size, jurisdiction=service_request.jurisdiction, kind=Photo.Kind.WORK, name=name
        )
    except IntegrityError:
        # Both tries arrived at once.
        if (known := Photo.objects.filter(name=name).first()) is not None:
            return known
        raise refused("") from None


def arrived(pk: int, *, key: uuid.UUID, actor: User, photo_keys: Mapping[str, str]) -> list[str]:
    """Which of these photos (keys) have arrived."""
    names = {photo_name(pk, actor, key, photo_key): photo_key for photo_key in photo_keys}
    found = Photo.objects.filter(name__in=names).values_list("name", flat=True)
    return [names[name] for name in found]


def receive(service_request: ServiceRequest, act: Callable[[], object], sent: Sent) -> CrewResult:
    """Does `act` as the request's page would, with the photos; or, if somebody was faster, keeps the photos alone.

    The same key again gives the same answer. Raises PhotosMissing, and whatever `act` raises besides IllegalTransition.
    """
    pk = service_request.pk
    try:
        try:
            return _do(pk, act, sent)
        except (staff_actions.Changed, IllegalTransition):
            return _keep_photos(pk, sent)
    except IntegrityError:
        # The same result has arrived twice at once.
        if (known := find(service_request, key=sent.key, actor=sent.actor)) is not None:
            return known
        raise


@transaction.atomic
def _do(pk: int, act: Callable[[], object], sent: Sent) -> CrewResult:
    # First, so that the same result, arriving a second time, waits here.
    result = _new(pk, sent, CrewResult.State.DONE)
    service_request = ServiceRequest.objects.locked(pk)
    if changes := crew_results.changes_for(service_request, sent.seen, by_others_than=sent.actor):
        raise staff_actions.Changed(changes)
    taken = _take_photos(service_request, sent)
    result.event = staff_actions.perform(pk, act, form=crew_results.FORM, actor=sent.actor, photos=taken)
    result.save(update_fields=["event"])
    return result


@transaction.atomic
def _keep_photos(pk: int, sent: Sent, task: Task | None = None) -> CrewResult:
    result = _new(pk, sent, CrewResult.State.LATE, task)
    service_request = ServiceRequest.objects.locked(pk)
    taken = _take_photos(service_request, sent, is_private=True)
    result.event = events.record(
        service_request, "crew_result_kept", actor=sent.actor, outcome=sent.outcome, photos=len(taken)
    )
    result.save(update_fields=["event"])
    return result


def receive_for_task(task: Task, sent: Sent, *, note: str = "") -> CrewResult:
    """Ends the task if the outcome is one of its states, else only adds the note. Its photos are for staff: the department that has
    the request decides what the public sees.

    If the task has ended, the photos alone are kept. The same key again gives the same answer. Raises PhotosMissing.
    """
    try:
        try:
            return _do_task(task, sent, note)
        except tasks.HasEnded:
            return _keep_photos(task.service_request_id, sent, task)
    except IntegrityError:
        if (known := find(task.service_request, key=sent.key, actor=sent.actor)) is not None:
            return known
        raise


@transaction.atomic
def _do_task(task: Task, sent: Sent, note: str) -> CrewResult:
    pk = task.service_request_id
    result = _new(pk, sent, CrewResult.State.DONE, task)
    service_request = ServiceRequest.objects.locked(pk)
    kinds = ["note_added"]
    if sent.outcome in (Task.State.DONE, Task.State.DROPPED):
        kinds = ["task_done", "task_dropped"]
        tasks.end(task.pk, state=sent.outcome, actor=sent.actor, note=note)
    elif not tasks.is_open(task.pk):
        raise tasks.HasEnded
    else:
        conversation.note(pk, text=note, actor=sent.actor)
    _take_photos(service_request, sent, is_private=True)
    result.event = Event.objects.filter(service_request=service_request, kind__in=kinds).latest("id")
    result.save(update_fields=["event"])
    return result


def _new(pk: int, sent: Sent, state: CrewResult.State, task: Task | None = None) -> CrewResult:
    return CrewResult.objects.create(
        service_request_id=pk, task=task, user=sent.actor, key=sent.key, state=state, seen=sent.seen
    )


def _take_photos(service_request: ServiceRequest, sent: Sent, *, is_private: bool = False) -> list[Photo]:
    stages = {
        photo_name(service_request.pk, sent.actor, sent.key, photo_key): stage
        for photo_key, stage in sent.photos.items()
    }
    taken = list(Photo.objects.select_for_update().filter(name__in=stages, service_request=None).order_by("id"))
    if len(taken) < len(stages):
        raise PhotosMissing
    for photo in taken:
        photo.service_request, photo.stage, photo.is_private = service_request, stages[photo.name], is_private
        photo.save(update_fields=["service_request", "stage", "is_private"])
    return taken
