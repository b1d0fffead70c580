"""Somebody else changed what a form of setup is about while it was open: one alert for all pages (setup/_conflict.html).

What was typed stays in the form, and what changed is said.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.rules.setup.diff import differences
from staff_app.decorators import StaffRequest
from staff_app.setup.edit import Edit


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


def edit_page(
    request: StaffRequest,
    template: str,
    context: dict[str, Any],
    form: forms.Form,
    *,
    seen: str = "",
    edit: Edit[Any] | None = None,
    changed: ChangedMeanwhile | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a form about one row, which carries what it shows in its field `seen`: 200, 422 with mistakes, 409 if `changed`.

    seen: the row's fingerprint, empty if it is new. edit: the form, if it is merged by field; it has the fingerprint, too. typed:
    the state that would have been saved, to be compared with what is.
    """
    conflict = None
    if edit is not None:
        # What was saved in the last moment is merged when the form is sent again.
        conflict = described(changed) if changed is not None else None
        context = {**context, "form": form, "seen": edit.fingerprint, "edit": edit, "conflict": conflict}
        status = 409 if conflict or edit.conflicts else 422 if form.errors else 200
        return render(request, template, context, status=status)
    if changed is not None:
        conflict = described(changed) if typed is None else compared(typed, changed.current)
        # The page shows the changes, so sending it again replaces them.
        seen = changed.seen
    elif "seen" in request.POST:
        # After a mistake in the form, what was seen is still what was seen.
        seen = request.POST["seen"]
    context = {**context, "form": form, "seen": seen, "conflict": conflict}
    return render(request, template, context, status=409 if conflict else 422 if form.errors else 200)


def seen_in(request: StaffRequest) -> str | None:
    """The fingerprint that the form carried; None if it was no form of a page."""
    return request.POST.get("seen")


def described(changed: ChangedMeanwhile) -> Conflict:
    """In the active language."""
    return Conflict([Change(differences(one.before, one.after), one.user or "", one.at) for one in changed.changes])


def compared(typed: dict[str, Any], current: dict[str, Any]) -> Conflict:
    """How what is saved differs from what was typed, of what was typed."""
    saved = {name: current[name] for name in typed if name in current}
    mine = {name: typed[name] for name in saved}
    sentences = differences(mine, saved) or [_("It’s the same as what you typed.")]
    return Conflict([Change(sentences)], is_compared=True)


def refill(form: forms.Form, **values: Any) -> None:
    """Puts values into hidden fields of a form that was sent."""
    data = cast("QueryDict", form.data).copy()
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data
