"""One row of the queue: due time, priority, words, photo, service, place, flags, owner, and days since the last public update."""

import datetime as dt
import html
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, ServiceRequest, Status, User
from requests_app.rules.report import key_sentence
from requests_app.rules.work import request_reads
from staff_app import due
from staff_app.queue import languages, listing
from staff_app.queue.list_position import ListPosition, OpenList

language_name = languages.language_name


@dataclass(frozen=True)
class Flag:
    """kind: urgent, new or empty. Only sets the color, which never says more than the label."""

    label: str
    kind: str = ""

    @property
    def html(self) -> str:
        kind = f" flag--{self.kind}" if self.kind else ""
        return f'<span class="flag{kind}">{html.escape(self.label)}</span>'


@dataclass(frozen=True)
class Row:
    service_request: ServiceRequest
    now: dt.datetime
    due: due.Due
    service: str
    first_words: str
    street: str
    ward: str
    flags: list[Flag]
    # Who does it: the person, the team, or the department.
    owner: str
    # The owner's team, if the owner is a person in one.
    team: str
    is_unread: bool

    @property
    def reported(self) -> str:
        return reported(self.service_request.submitted_at, self.now)

    @property
    def quiet(self) -> str:
        last_word = self.service_request.last_public_message_at or self.service_request.submitted_at
        return pgettext("length of time", "%(n)s d") % {"n": max(0, (self.now - last_word).days)}

    @property
    def all_flags(self) -> str:
        return ", ".join(flag.label for flag in self.flags)


def row(
    service_request: ServiceRequest,
    at: listing.Moment,
    waits: dict[str, str],
    city: Jurisdiction,
    reader: User | None = None,
) -> Row:
    """reader: as for listing.with_row()."""
    return Row(
        service_request=service_request,
        now=at.now,
        due=due.of(service_request, at.now, waits, is_stopped=getattr(service_request, "is_stopped", False)),
        service=localized(service_request.service_version.name),
        first_words=key_sentence.first_words(service_request),
        street=service_request.address,
        ward=getattr(service_request, "ward", ""),
        flags=flags(service_request, at.now, city),
        owner=owner(service_request),
        team=str(service_request.team or "") if service_request.assignee is not None else "",
        is_unread=reader is not None
        and request_reads.is_unread(
            service_request.newest_event,  # type: ignore[attr-defined]
            service_request.read_event_id,  # type: ignore[attr-defined]
            reader,
            at.now,
        ),
    )


def cells(rows: Iterable[Row], open_list: OpenList | ListPosition, columns: Collection[str]) -> list[dict[str, Any]]:
    """The rows as _queue_rows.html shows them: texts by name.

    columns: those that the user chose.
    """
    any_reference = "0" * 8
    address, suggestions = (
        reverse(f"staff_app:{name}", args=[any_reference]) for name in ("detail", "suggested_services")
    )
    thumbnail, icons = _Thumbnail(), _Icons()
    select = _("Select %(number)s")
    unread = SafeString(" data-unread")
    unread_label = format_html('<span class="usa-sr-only" data-unread-label>{} </span>', pgettext("request", "Unread:"))
    return [
        {
            "pk": str(service_request.pk),
            "last_event": str((getattr(service_request, "newest_event", None) or {}).get("id", 0)),
            "unread": unread if row.is_unread else "",
            "unread_label": unread_label if row.is_unread else "",
            "status": service_request.status,
            "reference": service_request.reference,
            "number": service_request.display_reference,
            "select": select % {"number": service_request.display_reference},
            "due": row.due.text,
            "due_kind": row.due.kind,
            "priority": str(service_request.priority),
            "why": due.priority_reason(service_request),
            "url": address.replace(any_reference, service_request.reference) + open_list.parameter_of(service_request),
            "suggestions_url": suggestions.replace(any_reference, service_request.reference),
            "service": row.service,
            "icon": icons.of(service_request),
            "thumbnail": thumbnail.of(service_request),
            "language": service_request.language,
            "first_words": row.first_words or row.service,
            "street": row.street,
            "dot": " · " if row.street and row.ward else "",
            "ward": row.ward,
            "flags": SafeString("".join(flag.html for flag in row.flags)),
            "all_flags": row.all_flags,
            "owner": row.owner,
            "team": f" · {row.team}" if row.team else "",
            "reported": row.reported if "reported" in columns else "",
            "quiet": row.quiet if "quiet" in columns else "",
        }
        for row in rows
        for service_request in [row.service_request]
    ]


class _Icons:
    """The icon of each service's category. Made once for each category of a list."""

    def __init__(self) -> None:
        self.sprite = static("vendor/uswds/icons.svg")
        self.by_category: dict[int, SafeString] = {}

    def of(self, service_request: ServiceRequest) -> SafeString:
        category = service_request.service_version.category
        icon = self.by_category.get(category.pk)
        if icon is None:
            icon = self.by_category[category.pk] = format_html(
                '<svg class="usa-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
                self.sprite,
                category.icon or "report",
            )
        return icon


class _Thumbnail:
    """A request's first photo, small. Empty for a request without one."""

    def __init__(self) -> None:
        self.any_name = "0" * 8
        address = reverse("requests_app:photo_small", args=[self.any_name])
        self.html = format_html(
            '<img class="queue__thumbnail" src="{}" alt="{}" width="24" height="24" loading="lazy">',
            address,
            _("Photo"),
        )

    def of(self, service_request: ServiceRequest) -> SafeString:
        # A name has letters, digits and hyphens only.
        name: str = getattr(service_request, "photo_name", None) or ""
        return SafeString(self.html.replace(self.any_name, name)) if name else SafeString()


def reported(submitted_at: dt.datetime, now: dt.datetime) -> str:
    """The day, with the year if it is not this one."""
    local = timezone.localtime(submitted_at)
    if local.year == timezone.localtime(now).year:
        return formats.date_format(local, pgettext("short day format", "M j"))
    return formats.date_format(local, pgettext("short day format", "M j, Y"))


def flags(service_request: ServiceRequest, now: dt.datetime, city: Jurisdiction) -> list[Flag]:
    flags = []
    if service_request.priority_reason == "danger":
        flags.append(Flag(_("Danger"), "urgent"))
    if service_request.after_warning:
        flags.append(Flag(_("Sent after warning"), "urgent"))
    if service_request.review_reason == "threat":
        # A warning for field crews, even if the report is never published.
        flags.append(Flag(_("Threat"), "urgent"))
    if service_request.status == Status.ROUTED and service_request.acknowledged_at is None:
        due_at = service_request.acknowledge_due_at
        late = service_request.priority == 1 or (due_at is not None and due_at < now)
        flags.append(Flag(_("Not accepted yet"), "urgent" if late else ""))
    if service_request.has_new_answer:
        flags.append(Flag(_("New reply"), "new"))
    if service_request.reopened_count:
        flags.append(Flag(_("Reopened %(n)s×") % {"n": service_request.reopened_count}))
    if service_request.affected_count > 1:
        people = ngettext("%(n)s person", "%(n)s people", service_request.affected_count)
        flags.append(Flag(people % {"n": service_request.affected_count}))
    if service_request.language != city.languages[0]:
        flags.append(Flag(language_name(service_request.language)))
    if not service_request.is_public:
        flags.append(Flag(public_state_words(service_request)))
    return flags


_PUBLIC_STATES = {
    "pending_review": gettext_lazy("Pending review"),
    "hidden": gettext_lazy("Hidden"),
    "private": gettext_lazy("Confidential"),
    "staff": gettext_lazy("Staff only"),
    "test": gettext_lazy("Test"),
    "erased": gettext_lazy("Erased"),
}


def public_state_words(service_request: ServiceRequest) -> str:
    """Why the public does not see the request; empty if it does."""
    return str(_PUBLIC_STATES.get(service_request.public_state, ""))


def owner(service_request: ServiceRequest) -> str:
    """The assignee, else the team, else the department, each by its name; else "Triage" or a dash."""
    for one in (service_request.assignee, service_request.team, service_request.department):
        if one is not None:
            return str(one)
    return _("Triage") if service_request.in_triage else "–"
