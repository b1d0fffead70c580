"""What the open pages of staff ask for every 20 seconds: rows that are new or have changed, and who is on which page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from requests_app import event_kinds
from requests_app.models import Event, User
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import alarms, listing, presence

SALT = "staff page"
# A page that is open for longer gets a new one by its next reload.
MAX_AGE_S = 16 * 60 * 60
EVENTS_MAX = 300
# Events after which a request may be in a list where it was not before.
ARRIVING = event_kinds.where(lists="arrives")
# Events that change nothing that a row shows.
SILENT = event_kinds.where(lists="silent")


@dataclass(frozen=True)
class OpenPage:
    """What a page shows, so that its poll needs no look at permissions: signed for its reader when it was made.

    on: the request that it is about, if it is the page of one. place: what it edits, if it is a page of setup; either: the
    permissions one of which its reader must still have then.
    """

    rows: Sequence[int] = ()
    on: int | None = None
    place: str = ""
    either: Sequence[str] = ()

    def token(self, user: User) -> str:
        shown = [user.pk, self.rows, self.on, *([self.place, self.either] if self.place else [])]
        return signing.dumps(shown, salt=SALT, compress=True)

    @classmethod
    def read(cls, token: str, user: User) -> "OpenPage | None":
        try:
            user_pk, *shown = signing.loads(token, salt=SALT, max_age=MAX_AGE_S)
        except signing.BadSignature:
            return None
        return cls(*shown) if user_pk == user.pk else None


@staff_page
def updates(request: StaffRequest) -> HttpResponse:
    """`arrived` and `changed`: ids of rows that others have added to this list, and of shown ones that they changed, since the last
    poll; `people`: who is on which of the shown, of which its reader has `peek` open; `alarms`: those that ring. `since` is for the
    next poll; the first one only learns it. A page without a list asks for the alarms alone."""
    if "page" not in request.GET:
        return JsonResponse({"alarms": _alarms(request)})
    page = OpenPage.read(request.GET.get("page", ""), request.user)
    if page is None or (page.place and not _may_edit(request, page)):
        # A page from yesterday, or of somebody who signed in since: it has nothing more to ask.
        return JsonResponse({"since": 0, "arrived": [], "changed": [], "people": {}, "outdated": True})
    if page.place:
        people = join_editors(request, page.place)
        return JsonResponse(
            {"since": 0, "arrived": [], "changed": [], "people": {page.place: people}, "alarms": _alarms(request)}
        )
    if (read := page.on or _peeked(request, page)) is not None:
        presence.enter(request.user, read)
    typed = request.GET.get("since", "")
    since = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else None
    answer: dict[str, Any] = {"arrived": [], "changed": []}
    if since is None:
        answer["since"] = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    else:
        answer |= _since(request, page, since)
    shown = page.rows if page.on is None else [page.on]
    answer["people"] = presence.others(request.user, shown)
    answer["alarms"] = _alarms(request)
    return JsonResponse(answer)


def _peeked(request: StaffRequest, page: OpenPage) -> int | None:
    """Which of the page's rows is open next to the list."""
    typed = request.GET.get("peek", "")
    return next((pk for pk in page.rows if str(pk) == typed), None)


def join_editors(request: StaffRequest, place: str) -> str:
    """Who else edits this place of setup, in words. Its reader is one of them from now on."""
    subject = presence.editor(request.jurisdiction, place)
    presence.enter(request.user, subject)
    return presence.other_editors(request.user, subject)


def _may_edit(request: StaffRequest, page: OpenPage) -> bool:
    return any(permissions.can_in_city(request.user, permission, request.jurisdiction) for permission in page.either)


def _alarms(request: StaffRequest) -> dict[str, Any]:
    """The ids of the alarms that ring, and their lines as the page shows them, unless it says by `alarms` that it has these."""
    lines = alarms.lines(request.user, request.jurisdiction, is_fresh=True)
    ids = [line.alarm_id for line in lines]
    if request.GET.get("alarms") == ",".join(map(str, ids)):
        return {"ids": ids, "html": None}
    return {"ids": ids, "html": render_to_string("staff_app/_alarm_lines.html", {"lines": lines}, request)}


def _since(request: StaffRequest, page: OpenPage, since: int) -> dict[str, Any]:
    """One look at the end of the event log, and only if something happened a second one, for those few requests."""
    events = list(
        Event.objects.filter(id__gt=since)
        .order_by("id")
        .values_list("id", "jurisdiction_id", "service_request_id", "kind", "user_id")[:EVENTS_MAX]
    )
    mine = [
        (pk, kind)
        for _id, city, pk, kind, user in events
        if city == request.jurisdiction.pk and pk and user != request.user.pk and kind not in SILENT
    ]
    shown = set(page.rows if page.on is None else [page.on])
    changed = sorted({pk for pk, _kind in mine if pk in shown})
    arriving = {pk for pk, kind in mine if kind in ARRIVING and pk not in shown} if page.on is None else set()
    return {
        "since": events[-1][0] if events else since,
        "changed": changed,
        "arrived": _in_list(request, arriving) if arriving else [],
    }


def _in_list(request: StaffRequest, ids: set[int]) -> list[int]:
    matching = listing.matching(request.GET, request.user, request.jurisdiction)
    return sorted(matching.filter(pk__in=ids).values_list("pk", flat=True))
