"""A form about a row of setup that somebody else changed meanwhile: what was typed stays, and what changed is said."""

from typing import Any, cast

from django import forms
from django.http import QueryDict

from requests_app.actions.setup_conflicts import ChangedMeanwhile
from requests_app.rules.setup_diff import differences

Described = list[tuple[Any, list[str]]]


def described(conflict: ChangedMeanwhile) -> Described:
    """The changes, each with its sentences in the active language."""
    return [(change, differences(change.before, change.after)) for change in conflict.changes]


def has_seen(form: forms.Form, conflict: ChangedMeanwhile) -> None:
    """The form's page shows the changes, so sending it again replaces them."""
    refill(form, seen=str(conflict.changes[-1].pk))


def refill(form: forms.Form, **values: str) -> None:
    """Puts values into hidden fields of a form that was sent."""
    data = cast("QueryDict", form.data).copy()
    for name, value in values.items():
        data[form.add_prefix(name)] = value
    form.data = data
