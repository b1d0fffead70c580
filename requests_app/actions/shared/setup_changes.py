"""The log of setup. Every action that changes setup records what changed, in the same transaction."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from requests_app.models import Jurisdiction, SetupChange, User
from requests_app.rules.shared import directory

NAME_MAX = 200
State = dict[str, Any]
# What can be changed in setup, and what City Hall calls it. Each SetupRow (setup_rows.py) adds its own.
KINDS: dict[str, str | Promise] = {
    "service": gettext_lazy("Service"),
    "target": gettext_lazy("Targets"),
    "routing": gettext_lazy("Routing rules"),
    "person": gettext_lazy("Person"),
    "layer": gettext_lazy("Map layer"),
    "article": gettext_lazy("Article"),
    "topic": gettext_lazy("Topic"),
    "view": gettext_lazy("View of the queue"),
    "outcome": gettext_lazy("Outcome"),
    "sign_in": gettext_lazy("Single sign-on"),
    "city": gettext_lazy("City"),
    "catalog": gettext_lazy("Catalog file"),
    "audit": gettext_lazy("Audit"),
    "queue": gettext_lazy("Queue"),
    "work_orders": gettext_lazy("Work orders"),
    "outbox": gettext_lazy("Failed tasks"),
}


def kind_name(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def record(
    jurisdiction: Jurisdiction,
    kind: str,
    key: object,
    *,
    actor: User | None,
    name: str = "",
    before: State | None,
    after: State | None,
    action: str = "",
    note: str = "",
) -> SetupChange | None:
    """Appends a change; returns None if nothing changed.

    kind: one of KINDS. before, after: the row as JSON, with codes for what it refers to; None if it was not
    there. action: added, changed or removed unless given. No secrets: neither passwords nor keys nor links that sign somebody in.
    """
    if before == after and not action:
        return None
    if not action:
        action = "added" if before is None else "removed" if after is None else "changed"
    transaction.on_commit(partial(directory.changed, jurisdiction.pk))
    return SetupChange.objects.create(
        jurisdiction=jurisdiction,
        user=actor,
        kind=kind,
        key=str(key),
        name=name[:NAME_MAX],
        action=action,
        before=before,
        after=after,
        note=note,
    )
