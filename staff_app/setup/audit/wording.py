"""Rows of the audit in words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.actions.shared.setup_changes import kind_name
from requests_app.models import Event, Jurisdiction, SetupChange, User
from requests_app.rules.setup.audit import Entry
from requests_app.rules.setup.diff import differences
from staff_app import due
from staff_app.request import timeline
from staff_app.setup.audit.filters import act_name

DIFFERENCES_SHOWN = 3


@dataclass(frozen=True)
class Line:
    """reference: of the request, if the viewer may open it; is_closed: it is about a request that they may not. differences: of
    a change of setup, all of them."""

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
    shown = []
    for entry in entries:
        if isinstance(entry.row, SetupChange):
            shown.append(change_line(entry.row))
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


def change_line(change: SetupChange) -> Line:
    # A row that is new or gone is said in one sentence, not once for each of its fields.
    is_whole = change.before is None or change.after is None
    return Line(
        at=change.at,
        user=change.user,
        who=str(change.user) if change.user else pgettext("who did it", "A command or the system"),
        what=action_words(change),
        kind=f"setup_{change.kind}",
        change=change,
        differences=() if is_whole else tuple(differences(change.before, change.after)),
    )


def action_words(change: SetupChange) -> str:
    names = {"kind": kind_name(change.kind), "name": change.name or change.key}
    template = {
        "added": _("%(kind)s added: %(name)s"),
        "changed": _("%(kind)s changed: %(name)s"),
        "removed": _("%(kind)s removed: %(name)s"),
        "published": _("%(kind)s published: %(name)s"),
        "scheduled": _("%(kind)s scheduled: %(name)s"),
        "rolled_back": _("%(kind)s rolled back: %(name)s"),
        "undone": _("%(kind)s, change undone: %(name)s"),
        "switched_off": _("%(kind)s switched off: %(name)s"),
        "exported": _("%(kind)s downloaded: %(name)s"),
        "retried": _("%(kind)s tried again: %(name)s"),
        "reset": _("%(kind)s, second step reset: %(name)s"),
        "seen_as": _("Pages seen as the role %(name)s"),
        "settled": _("%(kind)s settled: %(name)s"),
        "addresses_shown": _("%(kind)s, addresses viewed: %(name)s"),
    }.get(change.action)
    if template is None:
        words = change.action.replace("_", " ")
        return _("%(kind)s, %(action)s: %(name)s") % {**names, "action": words}
    return template % names
