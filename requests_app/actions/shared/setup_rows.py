"""A row that administrators edit: adding, changing and removing it, and undoing what the log of setup says was done to it.

All do the same in one transaction: lock the row, compare it with what the form showed, write the named columns, append to the log.
A SetupRow says what is special about a kind of row.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured, MultipleObjectsReturned, ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.utils.functional import Promise
from psycopg.errors import UniqueViolation

from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, SetupChange, User

R = TypeVar("R", bound=Model)
# A row as the log of setup writes it: JSON, with codes for what it refers to.
State = dict[str, Any]
Columns = dict[str, Any]
# How far back the page of a conflict shows what others did.
CHANGES_SHOWN = 20
UNDONE = "undone"


class ChangedMeanwhile(Exception):
    """Someone else saved the row after the form was opened. changes: what they did, the oldest first, as far as the log tells."""

    def __init__(self, changes: Sequence[SetupChange] = ()) -> None:
        super().__init__()
        self.changes = changes


class NameTaken(Exception):
    """The city has another row with this name or code."""


class CannotUndo(Exception):
    """The row was changed again since, or the log doesn't hold all that it would take."""


def fingerprint(state: Any) -> str:
    """What a form carries to say which state it showed."""
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:32]


def moment(at: dt.datetime, city: Jurisdiction) -> str:
    """In the city's time, whether it was typed or read: one moment is one text, and no change."""
    return at.astimezone(city.zone).isoformat(timespec="minutes")


def check_seen(
    jurisdiction: Jurisdiction, kind: str, key: object, state: State, seen: str | None, *, unedited: Sequence[str] = ()
) -> None:
    """Raises ChangedMeanwhile unless `seen` is of this state. Call it once the row is locked.

    seen: None if no form was open. unedited: parts of the state that the form doesn't show.
    """
    if seen is not None and seen != fingerprint(_without(state, unedited)):
        raise ChangedMeanwhile(changes_since(jurisdiction, kind, key, seen, unedited=unedited))


def changes_since(
    jurisdiction: Jurisdiction, kind: str, key: object, seen: str, *, unedited: Sequence[str] = ()
) -> list[SetupChange]:
    """What was done since the row had the fingerprint `seen`, the oldest first; empty if the log doesn't tell."""
    changes: list[SetupChange] = []
    logged = SetupChange.objects.filter(jurisdiction=jurisdiction, kind=kind, key=str(key)).select_related("user")
    for change in logged.order_by("-id")[:CHANGES_SHOWN]:
        changes.insert(0, change)
        if fingerprint(_without(change.before or {}, unedited)) == seen:
            return changes
    return []


def _without(state: State, unedited: Sequence[str]) -> State:
    return {name: value for name, value in state.items() if name not in unedited}


def _nothing(*_args: Any) -> None:
    return None


def _always(_row: Any) -> bool:
    return True


def by_code(change: SetupChange) -> Columns:
    """For rows that the log calls by their code."""
    return {"jurisdiction": change.jurisdiction_id, "code": change.key}


def _by_pk(change: SetupChange) -> Columns:
    return {"jurisdiction": change.jurisdiction_id, "pk": int(change.key)}


@dataclass(frozen=True)
class SetupRow(Generic[R]):
    """kind: what the log calls it; label: what City Hall calls such a row. state: the row for the log. name: what people call it.

    columns: the reverse of `state`, for undo; without it nothing is undone. stays: it is never deleted. key: what the log has it
    under; lookup: finds the row that a change is about. unedited: parts of the state that its form doesn't show. unlogged: columns
    that count as a change though the log may not hold them. related: selected with it. check: before it is saved, raises what it
    likes. saved: what follows in the same transaction, from removing it too. is_logged: whether it is the city's.
    """

    kind: str
    label: str | Promise
    model: type[R]
    state: Callable[[R], State]
    name: Callable[[R], str] = str
    columns: Callable[[Jurisdiction, State], Columns] | None = None
    stays: bool = False
    key: Callable[[R], object] = attrgetter("pk")
    lookup: Callable[[SetupChange], Columns] = _by_pk
    city: Callable[[R], Jurisdiction] = attrgetter("jurisdiction")
    related: Sequence[str] = ("jurisdiction",)
    unedited: Sequence[str] = ()
    unlogged: Sequence[str] = ()
    check: Callable[[R, Any], None] = _nothing
    saved: Callable[[R], None] = _nothing
    is_logged: Callable[[R], bool] = _always

    def __post_init__(self) -> None:
        if self.kind in setup_changes.KINDS:
            raise ImproperlyConfigured(f"Two things of setup are called {self.kind}.")
        setup_changes.KINDS[self.kind] = self.label

    @transaction.atomic
    def add(self, row: R, *, actor: User | None, action: str = "", **columns: Any) -> R:
        """row: not saved yet. Raises NameTaken, and what its check raises."""
        if any(field.name == "created_by" for field in row._meta.fields):
            columns = {"created_by": actor, **columns}
        self._save(row, columns, actor)
        self.record(row, actor=actor, before=None, after=self.state(row), action=action)
        return row

    @transaction.atomic
    def change(self, pk: int, *, actor: User | None, seen: str | None = None, action: str = "", **columns: Any) -> R:
        """seen: the fingerprint that the form carried. Raises ChangedMeanwhile, NameTaken, and what its check raises."""
        row = self.locked(pk)
        before = self.state(row)
        self.check_seen(row, seen)
        self._save(row, columns, actor)
        self.record(row, actor=actor, before=before, after=self.state(row), action=action)
        return row

    def save(self, row: R, *, actor: User | None, seen: str | None = None, **columns: Any) -> R:
        """Adds it if it isn't saved yet, else changes it."""
        if row._state.adding:
            return self.add(row, actor=actor, **columns)
        return self.change(row.pk, actor=actor, seen=seen, **columns)

    @transaction.atomic
    def remove(self, pk: int, *, actor: User | None, action: str = "") -> None:
        """Does nothing if it is gone already."""
        row = self._rows().filter(pk=pk).first()
        if row is not None:
            before, pk = self.state(row), row.pk
            row.delete()
            # Its id is gone, and the log needs it.
            row.pk = pk
            self.saved(row)
            self.record(row, actor=actor, before=before, after=None, action=action)

    def locked(self, pk: int) -> R:
        return self._rows().get(pk=pk)

    def seen(self, row: R) -> str:
        """For the form that shows this row."""
        return fingerprint(_without(self._whole_state(row), self.unedited))

    def check_seen(self, row: R, seen: str | None) -> None:
        """Raises ChangedMeanwhile."""
        check_seen(self.city(row), self.kind, self.key(row), self._whole_state(row), seen, unedited=self.unedited)

    def changes_since(self, row: R, seen: str) -> list[SetupChange]:
        return changes_since(self.city(row), self.kind, self.key(row), seen, unedited=self.unedited)

    def _whole_state(self, row: R) -> State:
        return {**self.state(row), **{name: getattr(row, name) for name in self.unlogged}}

    def may_undo(self, change: SetupChange) -> bool:
        """Whether the log holds what it takes. Somebody may have changed the row again, which undo() finds out."""
        if self.columns is None:
            return False
        if change.before is None:
            return not self.stays
        try:
            self.columns(change.jurisdiction, change.before)
        except (CannotUndo, MultipleObjectsReturned, ObjectDoesNotExist):
            return False
        return True

    @transaction.atomic
    def undo(self, change: SetupChange, *, actor: User | None) -> None:
        """Restores the row as it was before this change, if nothing was changed since. Raises CannotUndo."""
        if self.columns is None:
            raise CannotUndo
        lookup, before = self.lookup(change), change.before
        row = self._rows().filter(**lookup).first()
        if fingerprint(self.state(row) if row else None) != fingerprint(change.after):
            raise CannotUndo
        try:
            if row is not None and before is None:
                self._undo_adding(row, actor)
            elif before is not None:
                columns = self.columns(change.jurisdiction, before)
                if row is None:
                    # With the id or code that it had, so that its log goes on.
                    gone = self.model(**{**lookup, "jurisdiction": change.jurisdiction})
                    row = self.add(gone, actor=actor, action=UNDONE, **columns)
                else:
                    row = self.change(row.pk, actor=actor, action=UNDONE, **columns)
                if fingerprint(self.state(row)) != fingerprint(before):
                    raise CannotUndo
        except (NameTaken, MultipleObjectsReturned, ObjectDoesNotExist, ProtectedError) as error:
            raise CannotUndo from error

    def _undo_adding(self, row: R, actor: User | None) -> None:
        if self.stays:
            raise CannotUndo
        self.remove(row.pk, actor=actor, action=UNDONE)

    def _rows(self) -> QuerySet[R]:
        return self.model._default_manager.select_for_update(of=("self",)).select_related(*self.related)

    def _save(self, row: R, columns: Columns, actor: User | None) -> None:
        many = {name for name in columns if row._meta.get_field(name).many_to_many}
        for name in columns.keys() - many:
            setattr(row, name, columns[name])
        self.check(row, actor)
        try:
            with transaction.atomic():
                row.save(update_fields=None if row._state.adding else columns.keys() - many)
        except IntegrityError as error:
            if isinstance(error.__cause__, UniqueViolation):
                raise NameTaken from error
            raise
        for name in many:
            getattr(row, name).set(columns[name])
        self.saved(row)

    def record(
        self, row: R, *, actor: User | None, before: State | None, after: State | None, action: str = "", note: str = ""
    ) -> None:
        """Appends to the log what was done to a row otherwise than by the functions above."""
        if self.is_logged(row):
            city, key, name = self.city(row), self.key(row), self.name(row)
            setup_changes.record(
                city, self.kind, key, actor=actor, name=name, before=before, after=after, action=action, note=note
            )
