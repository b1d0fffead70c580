"""Somebody else changed what a form of setup is about while it was open: one alert for all pages (setup/_conflict.html).

What was typed stays in the form, and what changed is said.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from requests_app.actions.shared.setup_conflicts import ChangedMeanwhile, need_last_change
from requests_app.models import Jurisdiction
from requests_app.rules.setup.diff import differences


@dataclass(frozen=True)
class Change:
    """What somebody changed, as sentences; who and when, as far as that is known."""

    sentences: Sequence[str]
    who: object = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Conflict:
    """changes: the oldest first. is_compared: their sentences compare what is saved with what was typed.
    keeps_typed: whether that is still in a form below."""

    changes: Sequence[Change] = ()
    is_compared: bool = False
    keeps_typed: bool = True


def described(found: ChangedMeanwhile) -> Conflict:
    """In the active language."""
    return Conflict([Change(differences(one.before, one.after), one.user or "", one.at) for one in found.changes])


def since(jurisdiction: Jurisdiction, kind: str, key: object, seen: int | None) -> Conflict | None:
    """What others changed of this row after `seen`."""
    try:
        need_last_change(jurisdiction, kind, key, seen)
    except ChangedMeanwhile as found:
        return described(found)
    return None


def compared(typed: dict[str, Any], current: dict[str, Any]) -> Conflict:
    """How what is saved differs from what was typed, of what was typed."""
    saved = {name: current[name] for name in typed if name in current}
    mine = {name: typed[name] for name in saved}
    sentences = differences(mine, saved) or [_("It’s the same as what you typed.")]
    return Conflict([Change(sentences)], is_compared=True)


def has_seen(form: forms.Form, found: ChangedMeanwhile) -> None:
    """The form's page shows the changes, so sending it again replaces them."""
    refill(form, seen=str(found.changes[-1].pk))


def refill(form: forms.Form, **values: Any) -> None:
    """Puts values into hidden fields of a form that was sent."""
    data = cast("QueryDict", form.data).copy()
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data
