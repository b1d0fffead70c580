"""Who waits for the desk: one list of call-backs, missed calls, voicemail and what 911 passed on; and a screen for the wall."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.views.decorators.http import require_safe

from requests_app.clock import app_now
from requests_app.core.paging import Order, page_or_first_page
from requests_app.messages import wording
from requests_app.models import CallBack
from requests_app.rules.contacts import call_backs as rules
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.call_back_forms import KINDS, WaitingForm
from staff_app.desk.desk import PERMISSION

DUE_FIRST: Order = [("due_at", "asc"), ("id", "asc")]
PAGE_SIZE = 50
# How many have a key of their own, a digit.
KEYS = 9
REFRESHED_AFTER_S = 30
# Whose promises the list counts.
PROMISES_OF = dt.timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """summary: what it is about; empty if it may describe danger, which is read on its own page. may_open: its request, if it
    has one. key: the digit that takes it."""

    call_back: CallBack
    kind: str | Promise
    ago: str
    summary: str
    is_dangerous: bool
    is_late: bool
    is_mine: bool
    may_open: bool
    key: str


@staff_page
@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """?kind= and ?owner= filter."""
    need_in_city(request, PERMISSION)
    form = WaitingForm(request.GET)
    chosen = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = rules.listed(request.jurisdiction, request.user, **chosen)
    page = page_or_first_page(
        rows.select_related("owner", "service_request"), DUE_FIRST, request.GET.get("cursor"), PAGE_SIZE
    )
    now = app_now()
    context = {
        "form": form,
        "rows": [_row(request, one, number, now) for number, one in enumerate(page.rows, 1)],
        "is_filtered": bool(chosen),
        "board": rules.board(request.jurisdiction),
        "promises": rules.promises_kept(request.jurisdiction, now - PROMISES_OF, now),
        "days": PROMISES_OF.days,
        "pager": page.urls(lambda cursor: f"?{_query(chosen, cursor)}"),
    }
    return render(request, "staff_app/desk/waiting.html", context)


def _query(chosen: dict[str, str], cursor: str) -> str:
    query = QueryDict(mutable=True)
    query.update({**chosen, "cursor": cursor})
    return query.urlencode()


def _row(request: StaffRequest, row: CallBack, number: int, now: dt.datetime) -> Row:
    may_open = False
    is_dangerous = row.kind == CallBack.Kind.VOICEMAIL and row.service_request_id is not None
    if row.service_request is not None:
        row.service_request.jurisdiction = request.jurisdiction
        directory.of(request.jurisdiction).fill([row.service_request])
        may_open = permissions.can(request.user, "view", row.service_request)
    return Row(
        row,
        KINDS[row.kind],
        wording.ago(row.created_at, now),
        "" if is_dangerous else row.reason or row.transcript,
        is_dangerous,
        rules.is_late(row, now),
        row.owner_id == request.user.pk,
        may_open,
        str(number) if number <= KEYS else "",
    )


@staff_page
@require_safe
def wall(request: StaffRequest) -> HttpResponse:
    """For a screen that everybody in the room sees: counts alone. It loads again by itself, unless ?refresh=off."""
    need_in_city(request, PERMISSION, "supervise")
    refreshes = request.GET.get("refresh") != "off"
    board = rules.board(request.jurisdiction)
    context = {
        "board": board,
        "longest": timesince(board.longest_since, app_now(), depth=1) if board.longest_since is not None else "",
        "refreshes": refreshes,
        "seconds": REFRESHED_AFTER_S,
    }
    answer = render(request, "staff_app/desk/wall.html", context)
    if refreshes:
        answer["Refresh"] = str(REFRESHED_AFTER_S)
    return answer
