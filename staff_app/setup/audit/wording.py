"""Rows of the audit in words."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from requests_app.actions.setup import failed_tasks
from requests_app.actions.shared.setup_changes import kind_name
from requests_app.messages import outbox_words
from requests_app.messages.setup_differences import differences, facts, list_name
from requests_app.messages.setup_values import moment
from requests_app.models import Event, Jurisdiction, SetupChange, User
from requests_app.rules.setup.audit import Entry
from requests_app.rules.shared.names import Names
from staff_app import due
from staff_app.queue.filters import QueueFilter
from staff_app.queue.listing import TABS
from staff_app.request import timeline
from staff_app.setup.audit.filters import FiltersForm, act_name

DIFFERENCES_SHOWN = 3


@dataclass(frozen=True)
class Line:
    """reference: of the request, if the viewer may open it; is_closed: it is about a request that they may not. differences: of
    a change of setup, all of them; note: in words."""

    at: dt.datetime
    user: User | None
    who: str
    what: str
    kind: str
    reference: str = ""
    display_reference: str = ""
    is_closed: bool = False
    change: SetupChange | None = None
    differences: Sequence[str] = field(default_factory=tuple)
    note: str = ""

    @property
    def first(self) -> Sequence[str]:
        return self.differences[:DIFFERENCES_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.differences) - DIFFERENCES_SHOWN)


def lines(jurisdiction: Jurisdiction, entries: Sequence[Entry]) -> list[Line]:
    """One query for each kind of name, however many entries there are."""
    events = [entry.row for entry in entries if isinstance(entry.row, Event) and entry.is_open]
    undone = Event.objects.in_bulk([event.data["event_id"] for event in events if event.kind == "undone"])
    names = timeline.read_names(jurisdiction, [*events, *undone.values()], due.hold_words(jurisdiction))
    setup_names = Names(jurisdiction)
    shown = []
    for entry in entries:
        if isinstance(entry.row, SetupChange):
            shown.append(change_line(entry.row, setup_names))
            continue
        event = entry.row
        reference = event.service_request.reference if event.service_request and entry.is_open else ""
        shown.append(
            Line(
                at=event.at,
                user=event.user,
                who=timeline.done_by(event, names),
                what=timeline.words_of(event, names, undone=undone.get(event.data.get("event_id", 0)))
                if entry.is_open
                # Who it went to or how it ended would say what a confidential request is about.
                else act_name(event.kind),
                kind=event.kind,
                reference=reference,
                display_reference=event.service_request.display_reference
                if event.service_request and reference
                else "",
                is_closed=not entry.is_open,
            )
        )
    return shown


def change_line(change: SetupChange, names: Names) -> Line:
    # A row that is new or gone is said in one sentence, not once for each of its fields.
    is_whole = change.before is None or change.after is None
    return Line(
        at=change.at,
        user=change.user,
        who=str(change.user) if change.user else pgettext("who did it", "A command or the system"),
        what=action_words(change),
        kind=f"setup_{change.kind}",
        change=change,
        differences=() if is_whole else tuple(differences(change.kind, change.before, change.after, names)),
        note=note_words(change, names),
    )


ACTIONS: dict[str, str | Promise] = {
    "added": gettext_lazy("%(kind)s added: %(name)s"),
    "changed": gettext_lazy("%(kind)s changed: %(name)s"),
    "removed": gettext_lazy("%(kind)s removed: %(name)s"),
    "published": gettext_lazy("%(kind)s published: %(name)s"),
    "scheduled": gettext_lazy("%(kind)s scheduled: %(name)s"),
    "unscheduled": gettext_lazy("%(kind)s, date canceled: %(name)s"),
    "not_published": gettext_lazy("%(kind)s not published on its date: %(name)s"),
    "drafted": gettext_lazy("%(kind)s, draft changed: %(name)s"),
    "discarded": gettext_lazy("%(kind)s, draft discarded: %(name)s"),
    "shared": gettext_lazy("%(kind)s, draft shared by a link: %(name)s"),
    "unshared": gettext_lazy("%(kind)s, link to the draft ended: %(name)s"),
    "rolled_back": gettext_lazy("%(kind)s rolled back: %(name)s"),
    "undone": gettext_lazy("%(kind)s, change undone: %(name)s"),
    "moved": gettext_lazy("%(kind)s moved: %(name)s"),
    "approved": gettext_lazy("%(kind)s, check for going live: %(name)s"),
    "retired": gettext_lazy("%(kind)s retired: %(name)s"),
    "closed": gettext_lazy("%(kind)s closed: %(name)s"),
    "switched_off": gettext_lazy("%(kind)s switched off: %(name)s"),
    "exported": gettext_lazy("%(kind)s downloaded: %(name)s"),
    "retried": gettext_lazy("%(kind)s tried again: %(name)s"),
    "reset": gettext_lazy("%(kind)s, second step reset: %(name)s"),
    "brought_back": gettext_lazy("%(kind)s brought back: %(name)s"),
    "seen_as": gettext_lazy("Pages seen as the role %(name)s"),
    "settled": gettext_lazy("%(kind)s settled: %(name)s"),
    "addresses_shown": gettext_lazy("%(kind)s, addresses viewed: %(name)s"),
    "invited": gettext_lazy("%(kind)s invited: %(name)s"),
    "sent_again": gettext_lazy("%(kind)s, invitation sent again: %(name)s"),
    "canceled": gettext_lazy("%(kind)s, invitation canceled: %(name)s"),
    "joined": gettext_lazy("%(kind)s joined: %(name)s"),
}
# "publish_service, TimeoutError (3)", as actions/setup/failed_tasks.py calls a group of failed tasks.
FAILED = re.compile(r"(?P<task>\w+), (?P<error>.*) \((?P<count>\d+)\)")


def action_words(change: SetupChange) -> str:
    template = ACTIONS.get(change.action)
    if template is None:
        template = _("%(kind)s, %(action)s: %(name)s")
    action = change.action.replace("_", " ")
    return str(template) % {"kind": kind_name(change.kind), "name": _name_of(change), "action": action}


def _name_of(change: SetupChange) -> str:
    if change.kind == failed_tasks.KIND and (failed := FAILED.fullmatch(change.name)):
        error = outbox_words.error_words(failed["task"], failed["error"])
        return f"{outbox_words.outbox_words(failed['task'])}, {error} ({failed['count']})"
    name = change.name or list_name(change.kind, change.key) or change.key
    if name == change.key and name.isdecimal():
        # A version of the routing rules, or a row without a name, such as a safety note.
        return _("number %(number)s") % {"number": name}
    return name


def note_words(change: SetupChange, names: Names) -> str:
    """What somebody wrote, or what an action noted, in words."""
    note = change.note
    if not note:
        return ""
    if change.action == "scheduled":
        return _("For %(day)s") % {"day": moment(note, names)}
    if change.action == "rolled_back" and note.isdecimal():
        return _("To version %(number)s") % {"number": note}
    if note in NOTES:
        return str(NOTES[note])
    if change.kind == "routing" and note in names.services:
        return _("Because “%(service)s” was retired") % {"service": names.services[note]}
    return note


NOTES: dict[str, str | Promise] = {
    "client_secret": gettext_lazy("A new client secret was entered"),
    "single_sign_on": gettext_lazy("By single sign-on"),
}


def state_facts(state: dict[str, Any] | None, change: SetupChange, names: Names, viewer: User) -> list[str]:
    """What the row said before or after the change. Of a download: what was filtered by."""
    if state is None:
        return []
    if change.kind == "queue":
        query = QueryDict(mutable=True)
        for name, values in state.items():
            query.setlist(name, str(values).split(", "))
        chips = QueueFilter.from_query(query, viewer, names.city).chips()
        tab = next((str(tab.name) for tab in TABS if tab.code == state.get("tab")), "")
        return [*filter(None, [tab]), *(f"{chip.name}: {chip.label}" for chip in chips)]
    if change.kind == "audit":
        return FiltersForm(state, city=names.city, viewer=viewer).sentences()
    return facts(change.kind, state, names)
