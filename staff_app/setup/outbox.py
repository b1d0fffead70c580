"""Outbox tasks that failed for good, by kind and cause; trying those of one cause again, or settling them, together with a note.
Those that a restore paused, by kind and day: sending or discarding them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Min
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from requests_app import outbox as queue
from requests_app.actions.setup import failed_tasks, paused_tasks
from requests_app.messages.outbox_words import error_words, outbox_words
from requests_app.models import Invitation, OutboxRow
from requests_app.rules.people import permissions
from requests_app.rules.shared import installation
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.listing import Column, Listing, listing

NOTE_MAX = 500
COLUMNS = {
    "task": Column(gettext_lazy("Task")),
    "request": Column(gettext_lazy("Request")),
    "address": Column(gettext_lazy("Address")),
    "attempts": Column(gettext_lazy("Attempts"), is_number=True),
    "failed": Column(gettext_lazy("Failed"), ("dead_at", "id")),
    "actions": Column(gettext_lazy("Actions")),
}


@dataclass(frozen=True)
class Group:
    """Failed tasks of one kind with one cause."""

    what: str
    error: str
    count: int
    first: Any
    last: Any
    url: str


class GroupForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("What was the cause, and what did you do? It’s kept in the audit. Name no residents."),
        max_length=NOTE_MAX,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.data.get("act") == "settle" and not data.get("note"):
            self.add_error("note", _("Enter a note. These won’t be tried again."))
        return data


@staff_page
def outbox(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "read_outbox")
    counted = failed_tasks.of_city(request.jurisdiction).order_by().values("kind", "last_error")
    counted = counted.annotate(count=Count("pk"), first=Min("dead_at"), last=Max("dead_at")).order_by("-last", "kind")
    groups = [
        Group(
            outbox_words(group["kind"]),
            error_words(group["kind"], group["last_error"]),
            group["count"],
            group["first"],
            group["last"],
            f"{reverse('staff_app:outbox_group')}?{urlencode({'kind': group['kind'], 'error': group['last_error']})}",
        )
        for group in counted
    ]
    paused = [(group, outbox_words(group.kind)) for group in paused_tasks.groups(request.jurisdiction)]
    context = {"groups": groups, "paused": paused, "lost": installation.lost_hours() if paused else None}
    return render(request, "staff_app/setup/outbox.html", context)


@staff_page
@require_POST
def paused_outbox_rows(request: StaffRequest) -> HttpResponse:
    """kind= and day=: of the rows that a restore paused. act=send or discard, all of them."""
    need_in_city(request, "read_outbox")
    kind, day = request.POST.get("kind", "")[:40], _day(request.POST.get("day", ""))
    act = request.POST.get("act", "")
    if act == "send":
        n = paused_tasks.send(request.jurisdiction, kind=kind, day=day, actor=request.user)
        sentence = ngettext("Sending %(n)s now.", "Sending %(n)s now.", n) % {"n": n}
    elif act == "discard":
        n = paused_tasks.discard(request.jurisdiction, kind=kind, day=day, actor=request.user)
        sentence = ngettext("Discarded %(n)s. It won’t be sent.", "Discarded %(n)s. They won’t be sent.", n) % {"n": n}
    else:
        raise Http404
    if n:
        messages.success(request, sentence)
    else:
        messages.info(request, _("They were already sent or discarded."))
    return redirect("staff_app:outbox")


def _day(text: str) -> dt.date:
    """Raises Http404 if it's none."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return day


@staff_page
def outbox_group(request: StaffRequest) -> HttpResponse:
    """?kind= and &error=. POST: act=retry or settle, with a note, all of them; act=show, the addresses, which is recorded.

    Answers 422 if they are to be settled without a note.
    """
    need_in_city(request, "read_outbox")
    city = request.jurisdiction
    group = {"kind": request.GET.get("kind", "")[:40], "error": request.GET.get("error", "")[:80]}
    rows = failed_tasks.of_group(city, **group)
    posted = request.method == "POST"
    act = request.POST.get("act", "") if posted else ""
    form = GroupForm(request.POST if act in ("retry", "settle") else None)
    if posted and act not in ("retry", "settle", "show"):
        raise Http404
    if form.is_valid():
        own = {**group, "note": form.cleaned_data["note"], "actor": request.user}
        if act == "retry":
            n = failed_tasks.retry(city, **own)
            words = ngettext("Trying %(n)s task again now.", "Trying %(n)s tasks again now.", n) % {"n": n}
        else:
            n = failed_tasks.settle(city, **own)
            words = ngettext("Settled %(n)s task.", "Settled %(n)s tasks.", n) % {"n": n}
        messages.success(request, words)
        return redirect("staff_app:outbox")
    shows = act == "show"
    if shows and not _may_read_addresses(request):
        raise permissions.Denied("view_reporter")
    listed = _rows(request, rows, group, shows_addresses=shows)
    context = {
        "list": listed,
        "form": form,
        "what": outbox_words(group["kind"]),
        "error": error_words(group["kind"], group["error"]),
        "may_show": _may_read_addresses(request) and not shows and any(row["has_address"] for row in listed.rows),
    }
    return render(request, "staff_app/setup/outbox_group.html", context, status=422 if form.errors else 200)


def _may_read_addresses(request: StaffRequest) -> bool:
    return permissions.may_read_addresses(request.user, request.jurisdiction)


def _rows(request: StaffRequest, rows: Any, group: dict[str, str], *, shows_addresses: bool) -> Listing:
    listed = listing(
        request,
        rows.select_related("service_request", "recipient"),
        caption=_("Failed tasks"),
        columns=COLUMNS,
        row_template="staff_app/setup/_task_row.html",
        empty=_("No failed tasks."),
        order="-failed",
        kept=group,
        describe=lambda page_rows: _described(request, page_rows, shows_addresses=shows_addresses),
    )
    shown = sum(bool(row["has_address"]) for row in listed.rows)
    if shows_addresses:
        failed_tasks.record_addresses_shown(request.jurisdiction, **group, count=shown, actor=request.user)
    return listed


def _described(request: StaffRequest, rows: list[OutboxRow], *, shows_addresses: bool) -> list[dict[str, Any]]:
    """Only users who may open the request see its reference, and on its page whom the email was for.

    Of rows without a request: an invited colleague's address is for those who invite; a resident's waits for a button.
    """
    invited = _invited(request, rows)
    described = []
    for row in rows:
        is_residents = row.service_request is None and row.recipient is not None
        address = row.recipient.value if shows_addresses and is_residents and row.recipient else invited.get(row.pk, "")
        described.append(
            {
                "row": row,
                "what": outbox_words(row.kind),
                "may_open": row.service_request and permissions.can(request.user, "view", row.service_request),
                "has_address": is_residents,
                "address": address,
            }
        )
    return described


def _invited(request: StaffRequest, rows: list[OutboxRow]) -> dict[int, str]:
    """The addresses of invitations, by row."""
    if not permissions.can_in_city(request.user, "administer", request.jurisdiction):
        return {}
    ids = {row.pk: int(row.dedupe_key.split(":")[1]) for row in rows if row.kind == "mail_invitation"}
    known = Invitation.objects.filter(pk__in=ids.values(), jurisdiction=request.jurisdiction) if ids else []
    emails = {invitation.pk: invitation.email for invitation in known}
    return {pk: emails[invitation_id] for pk, invitation_id in ids.items() if invitation_id in emails}


@staff_page
@require_POST
def retry_outbox_row(request: StaffRequest, row_id: int) -> HttpResponse:
    need_in_city(request, "read_outbox")
    row = OutboxRow.objects.filter(pk=row_id)
    if not row.filter(failed_tasks.own(request.jurisdiction)).exists():
        raise Http404
    if queue.retry(row):
        messages.success(request, _("Trying again now."))
    else:
        messages.info(request, _("It was already done or retried."))
    return redirect("staff_app:outbox")
