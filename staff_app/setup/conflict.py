"""Somebody else changed what a form of setup is about while it was open: one alert for all pages (setup/_conflict.html).

What was typed stays in the form, and what changed is said.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.shared.city_columns import CityColumns
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.messages.setup_differences import differences
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest
from staff_app.setup.edit import Edit, edit_columns


@dataclass(frozen=True)
class Change:
    """What somebody changed, as sentences; who and when, as far as that is known."""

    sentences: Sequence[str]
    who: object = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Conflict:
    """changes: the oldest first. keeps_typed: whether what was typed is still in a form below."""

    changes: Sequence[Change] = ()
    keeps_typed: bool = True


def edit_page(
    request: StaffRequest,
    template: str,
    context: dict[str, Any],
    form: forms.Form,
    *,
    edit: Edit[Any] | None = None,
    changed: ChangedMeanwhile | None = None,
) -> HttpResponse:
    """The page of a form: 200, 422 with mistakes, 409 if somebody has to choose, or if `changed` in the last moment.

    edit: the form, merged by field; None for what is only added, which can't overwrite anything.
    """
    # What was saved in the last moment is merged when the form is sent again.
    conflict = described(changed, Names(request.jurisdiction)) if changed is not None else None
    context = {**context, "form": form, "seen": edit.fingerprint if edit else "", "edit": edit, "conflict": conflict}
    status = 409 if conflict or (edit and edit.conflicts) else 422 if form.errors else 200
    return render(request, template, context, status=status)


def edit_city_columns(
    request: StaffRequest, make: Callable[..., forms.Form], columns: CityColumns, template: str, *, then: str
) -> HttpResponse:
    """The whole page of some settings of the city. make: their form; then: the name of the address after they're saved."""
    edit = edit_columns(request, make, columns)
    if edit.is_valid():
        city, cleaned = request.jurisdiction, edit.form.cleaned_data
        try:
            columns.change(city.pk, actor=request.user, host=request.get_host(), seen=edit.seen, **cleaned)
        except ChangedMeanwhile as changed:
            return edit_page(request, template, {}, edit.form, edit=edit, changed=changed)
        messages.success(request, edit.saved(_("Saved.")))
        return redirect(then)
    return edit_page(request, template, {}, edit.form, edit=edit)


def described(changed: ChangedMeanwhile, names: Names) -> Conflict:
    """In the active language."""
    return Conflict(
        [Change(differences(one.kind, one.before, one.after, names), one.user or "", one.at) for one in changed.changes]
    )


def refill(form: forms.Form, **values: Any) -> None:
    """Puts values into hidden fields of a form that was sent."""
    data = cast("QueryDict", form.data).copy()
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data
