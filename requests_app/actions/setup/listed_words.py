"""Undoing a change of the emergency words and of the moderation lists, as the log of setup has it."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from requests_app.actions.alarms import emergency_words
from requests_app.actions.publication import moderation
from requests_app.models import EmergencyPhrase, Jurisdiction, ModerationTerm, SetupChange, User

Written = dict[str, Any]
SHOWN = 5


class CannotUndo(Exception):
    """The words were changed again since, or the log doesn't hold what they were (email addresses)."""


def latest(jurisdiction: Jurisdiction, kind: str) -> Sequence[SetupChange]:
    """kind: emergency_phrase or moderation_term."""
    changes = SetupChange.objects.filter(jurisdiction=jurisdiction, kind=kind).select_related("user")
    return list(changes.order_by("-id")[:SHOWN])


def is_undoable(change: SetupChange) -> bool:
    """An address that was removed isn't in the log, so it must be typed again."""
    return change.after is not None or "value" in (change.before or {}) or "words" in (change.before or {})


@transaction.atomic
def undo_phrase(change: SetupChange, *, actor: User) -> None:
    """Restores the phrase as it was before the change. Raises CannotUndo."""
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=change.jurisdiction_id)
    rows = EmergencyPhrase.objects.filter(jurisdiction=change.jurisdiction_id)
    current = _found(rows, change.after)
    if change.after is not None and (current is None or emergency_words.written(current) != change.after):
        raise CannotUndo
    if change.before is None:
        if current is not None:
            emergency_words.remove(current, actor=actor, action="undone")
        return
    phrase = current or EmergencyPhrase(jurisdiction=change.jurisdiction)
    for name, value in change.before.items():
        setattr(phrase, "phrase" if name == "words" else name, value)
    try:
        emergency_words.save(phrase, actor=actor, action="undone")
    except emergency_words.DuplicatePhrase as error:
        raise CannotUndo from error


def _found(rows: Any, state: Written | None) -> EmergencyPhrase | None:
    found: EmergencyPhrase | None = (
        rows.filter(language=state["language"], phrase=state["words"]).first() if state else None
    )
    return found


@transaction.atomic
def undo_term(change: SetupChange, *, actor: User) -> None:
    """Takes an added term off its list, or puts a removed one back. Raises CannotUndo."""
    if change.after is not None:
        terms = ModerationTerm.objects.filter(jurisdiction=change.jurisdiction_id, kind=change.after["kind"])
        # By what it says, since it may have been removed and put back; an address only by its id.
        by_value = {"value": change.after["value"]} if "value" in change.after else {"pk": int(change.key)}
        term = terms.filter(**by_value).first()
        if term is None:
            raise CannotUndo
        moderation.remove_term(term, actor=actor, action="undone")
        return
    if not is_undoable(change) or change.before is None:
        raise CannotUndo
    try:
        moderation.add_term(
            change.jurisdiction, change.before["kind"], change.before["value"], actor=actor, action="undone"
        )
    except moderation.AlreadyListed as error:
        raise CannotUndo from error
