"""Performing a staff action so that it can be undone, and undoing it."""

import datetime as dt
import json
from collections.abc import Callable, Collection
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models, transaction
from django.db.models import Func, JSONField

from requests_app import events, outbox
from requests_app.actions.alarms import hand_overs
from requests_app.actions.shared import clocks, counters, request_place
from requests_app.actions.work import merged_people
from requests_app.clock import app_now
from requests_app.core import transactions
from requests_app.models import (
    CONFIDENTIAL,
    Clock,
    Comment,
    Event,
    Participation,
    Photo,
    RequestArea,
    RoutingDecision,
    ServiceRequest,
    UndoState,
    User,
)
from requests_app.places.public_place import public_place
from requests_app.rules.shared import directory, jurisdictions
from requests_app.rules.work.staff_actions import FOLLOWING, UNDO_FOR, UNDOABLE, changes_since

# Columns that staff actions change. Not here: places, which are restored from their revisions; the number of people, who may join
# meanwhile; and updated_at, because clients that have seen the action must see that it was undone.
COLUMNS = (
    "status", "disposition", "disposition_reason", "public_state", "privacy_choice",
    "review_reason", "priority", "priority_reason", "service_id",
    "service_version_id", "department_id", "team_id", "assignee_id", "in_triage", "bounces", "owner_id", "owner_reference",
    "duplicate_of_id", "hold_reason", "hold_until", "waits_for_id", "scheduled_for", "made_safe_at", "visited_at", "has_new_answer",
    "reopened_count", "acknowledge_due_at", "due_at", "routed_at", "acknowledged_at", "resolved_at", "closed_at",
    "last_public_message_at",
)  # fmt: skip
CLOCK_COLUMNS = (
    "due_at", "paused_at", "remaining_s", "waited_s", "met_at", "target_id", "target_words", "runs_since", "suspension_id",
    "step", "step_at",
)  # fmt: skip


class Changed(Exception):
    """The request changed after the last event that the page showed. changes: the events since, oldest first."""

    def __init__(self, changes: list[Event]) -> None:
        self.changes = changes
        super().__init__(", ".join(event.kind for event in changes))


class TooLateToUndo(Exception):
    """The time to undo is over, or what the action caused has begun."""


def perform(
    pk: int,
    act: Callable[[], object],
    *,
    form: str,
    actor: User,
    last_event_id: int | None = None,
    with_requests: Collection[int] = (),
    photos: Collection[Photo] = (),
) -> Event | None:
    """Does what a form asks for, and returns the event that can be undone, if any.

    form: a key of CHANGES_FOR, or any other verb. last_event_id: of the page the form was on; None if the page didn't say.
    with_requests: other requests that `act` locks. Raises Changed, and whatever `act` raises.
    """
    with transaction.atomic(), transactions.scope() as scope:
        locked = _lock(pk, with_requests)
        service_request = locked[pk]
        # Under the lock, since the other writer may be committing right now.
        before = _Before(service_request, with_requests)
        scope.now = before.at
        if not before.is_ringing:
            scope.calm.add(pk)
        scope.clocks[pk] = clocks.from_rows(before.clock_rows)
        if (
            last_event_id is not None
            and before.newest_event > last_event_id
            and (changes := changes_since(service_request, last_event_id, form))
        ):
            raise Changed(changes)
        # `act` locks the same rows. They are as they were read, so it needn't read them again.
        scope.locked.update(locked)
        act()
        return before.remember(actor, photos, scope.recorded)


# By hand: with the names of all its columns, Django takes as long to write it as to read the row.
_LOCK = "SELECT * FROM requests_app_servicerequest WHERE id = ANY(%s) ORDER BY id FOR UPDATE"


def _lock(pk: int, others: Collection[int]) -> dict[int, ServiceRequest]:
    """Locks in order of id, so that two actions that need both requests cannot deadlock."""
    rows = list(ServiceRequest.objects.raw(_LOCK, [[pk, *others]]))
    if pk not in {row.pk for row in rows}:
        raise ServiceRequest.DoesNotExist
    for row in rows:
        row.jurisdiction = jurisdictions.by_id(row.jurisdiction_id)
    directory.of(rows[0].jurisdiction).fill(rows)
    return {row.pk: row for row in rows}


# By hand, because Django takes ten times as long to write it as PostgreSQL to answer it. Not a part of the statement that locks,
# which would not see what it waited for.
_NEWEST = """
SELECT
  (SELECT coalesce(jsonb_agg(jsonb_build_array(to_jsonb(clock), to_jsonb(target), to_jsonb(calendar))), '[]')
    FROM requests_app_clock AS clock
    LEFT JOIN requests_app_target AS target ON target.id = clock.target_id AND clock.met_at IS NULL
    LEFT JOIN requests_app_calendar AS calendar ON calendar.id = target.calendar_id
    WHERE clock.service_request_id = %(pk)s),
  (SELECT id FROM requests_app_event WHERE service_request_id = %(pk)s ORDER BY id DESC LIMIT 1),
  (SELECT id FROM requests_app_comment WHERE service_request_id = %(pk)s ORDER BY id DESC LIMIT 1),
  (SELECT id FROM requests_app_participation WHERE service_request_id = ANY(%(others)s) ORDER BY id DESC LIMIT 1),
  EXISTS (SELECT 1 FROM requests_app_alarm WHERE service_request_id = %(pk)s AND state = 'ringing'),
  app_now()
"""


class _Before:
    """A locked request as it was, and the newest rows that belonged to it."""

    def __init__(self, service_request: ServiceRequest, with_requests: Collection[int]) -> None:
        self.service_request = service_request
        self.columns = {name: _to_json(getattr(service_request, name)) for name in COLUMNS}
        with connection.cursor() as cursor:
            cursor.execute(_NEWEST, {"pk": service_request.pk, "others": list(with_requests)})
            clock_rows, event, comment, participation, self.is_ringing, self.at = cursor.fetchone()
        self.clock_rows = json.loads(clock_rows)
        self.clocks = {
            str(row["id"]): {name: row[name] for name in CLOCK_COLUMNS} for row, *_related in self.clock_rows
        }
        self.newest_event, self.newest_comment, self.newest_participation = event or 0, comment or 0, participation or 0

    def remember(self, actor: User, photos: Collection[Photo], recorded: list[Event]) -> Event | None:
        """Stores what undo() needs. Returns the action's event; None if nothing happened that can be undone.

        recorded: the events of the action, in order.
        """
        pk, everything = self.service_request.pk, recorded
        recorded = [
            event for event in everything if event.service_request_id == pk and event.kind in UNDOABLE | FOLLOWING
        ]
        own = [event for event in recorded if event.kind in UNDOABLE and event.user_id == actor.pk]
        if not own:
            return None
        parent_id = next((event.data["parent_id"] for event in own if event.data.get("parent_id")), None)
        # Gathered by the statement that inserts the row.
        joined: Any = []
        if own[0].kind == "merged":
            recorded += [
                event for event in everything if event.kind == "duplicate_merged" and event.data["child_id"] == pk
            ]
            people = self.service_request.participations.values("person")
            new = Participation.objects.filter(service_request=parent_id, role=Participation.Role.AFFECTED)
            new = new.filter(id__gt=self.newest_participation, person__in=people)
            joined = _ids(new)
        new_comments = Comment.objects.filter(service_request=pk, id__gt=self.newest_comment, user=actor)
        UndoState.objects.create(
            event=own[0],
            service_request=self.service_request,
            parent_id=parent_id,
            columns=self.columns,
            clocks=self.clocks,
            events=[event.pk for event in recorded],
            comments=_ids(new_comments),
            photos=[photo.pk for photo in photos],
            participations=joined,
        )
        return own[0]


def _ids(rows: models.QuerySet[Any]) -> Func:
    return Func(ArraySubquery(rows.values("pk")), function="to_jsonb", output_field=JSONField())


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _from_json(model: type[models.Model], name: str, value: Any) -> Any:
    field = model._meta.get_field(name.removesuffix("_id"))
    return field.to_python(value) if value is not None and isinstance(field, models.Field) else value


@transaction.atomic
def undo(event_id: int, *, actor: User, until: dt.datetime | None = None) -> ServiceRequest:
    """Undoes an action of this user within UNDO_FOR: restores the request, and cancels the email. Undoing it again does nothing.

    until: another end of the time to undo, as for a bulk job, whose email waits for all of it. Raises TooLateToUndo; Changed if
    something else has happened since.
    """
    state = UndoState.objects.select_related("event").filter(event=event_id, event__user=actor).first()
    if state is None:
        raise TooLateToUndo
    locked = _lock(state.service_request_id, [state.parent_id] if state.parent_id else [])
    service_request = locked[state.service_request_id]
    if Event.objects.filter(service_request=service_request, kind="undone", data__event_id=event_id).exists():
        return service_request
    if app_now() > (until or state.event.at + UNDO_FOR):
        raise TooLateToUndo
    if changes := _changes(state, service_request):
        raise Changed(changes)
    # A worker that has just started on them holds these rows, and has counted its attempt.
    if not outbox.cancel(state.events, events.WAITING_REACTIONS):
        raise TooLateToUndo
    _restore(state, service_request)
    for event in Event.objects.filter(pk__in=state.events).select_related("service_request").order_by("id"):
        about = event.service_request if event.service_request_id != service_request.pk else service_request
        if about is not None:
            events.record(about, "undone", actor=actor, event_id=event.pk, act=event.kind)
    return service_request


def _changes(state: UndoState, service_request: ServiceRequest) -> list[Event]:
    """What happened to the request since the action, and to the other request that makes undoing impossible."""
    newest = max([state.event_id, *state.events])
    changes = [
        event for event in changes_since(service_request, state.event_id, "undo") if event.pk not in state.events
    ]
    if state.parent_id:
        parent = Event.objects.filter(service_request=state.parent_id, id__gt=newest)
        changes += parent.filter(kind__in=("merged", "unmerged", "erased")).select_related("user", "person", "api_key")
    return changes


def _restore(state: UndoState, service_request: ServiceRequest) -> None:
    before = ServiceRequest.objects.select_related("jurisdiction").get(pk=service_request.pk)
    department_id, parent_id = service_request.department_id, service_request.duplicate_of_id
    for name in COLUMNS:
        setattr(service_request, name, _from_json(ServiceRequest, name, state.columns[name]))
    service_request.updated_at = app_now()
    kinds = {event.kind: event for event in Event.objects.filter(pk__in=state.events)}
    if moved := kinds.get("place_corrected"):
        request_place.restore(service_request, moved.data["revision_id"])
    if moved or kinds.keys() & {"service_changed", "made_public", "published"}:
        service_request.public_point, service_request.public_address = public_place(
            service_request.service_version.visibility, service_request.point, service_request.address
        )
        if service_request.public_state in CONFIDENTIAL:
            service_request.public_point, service_request.public_address = None, ""
    _restore_clocks(state, service_request)
    service_request.save(
        update_fields=[
            *(name.removesuffix("_id") for name in COLUMNS), "public_point", "public_address", "updated_at",
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(
        is_open=service_request.is_open, public_state=service_request.public_state
    )
    counters.restored(service_request, before)
    if service_request.department_id != department_id or {"routed", "transferred", "triaged"} & kinds.keys():
        RoutingDecision.objects.create(
            service_request=service_request, department_id=service_request.department_id, reason="undone"
        )
    if call := kinds.get("emergency_called"):
        hand_overs.take_back(call)
    # Not deleted: what was written stays on record, but nobody outside is shown it.
    Comment.objects.filter(pk__in=state.comments).update(public=False, hidden_at=app_now())
    Photo.objects.filter(pk__in=state.photos).update(hidden_at=app_now(), hidden_reason="undone")
    if "merged" in kinds and parent_id:
        Participation.objects.filter(pk__in=state.participations).delete()
        merged_people.leave(service_request, ServiceRequest.objects.get(pk=parent_id))
    elif "unmerged" in kinds and service_request.duplicate_of_id:
        parent = ServiceRequest.objects.get(pk=service_request.duplicate_of_id)
        merged_people.join(service_request, parent, twice=merged_people.known_twice(service_request))


def _restore_clocks(state: UndoState, service_request: ServiceRequest) -> None:
    """Clocks go on as if the action had never happened: one that it stopped has run on, one that it started is gone."""
    Clock.objects.filter(service_request=service_request).exclude(pk__in=[int(pk) for pk in state.clocks]).delete()
    for clock in Clock.objects.filter(service_request=service_request):
        for name, value in state.clocks[str(clock.pk)].items():
            setattr(clock, name, _from_json(Clock, name, value))
        clock.save(update_fields=CLOCK_COLUMNS)
    # A suspension may have begun or ended since.
    clocks.reconcile(service_request)
