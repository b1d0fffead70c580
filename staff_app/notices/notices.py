"""The signed-in user's notices, newest first, and marking them as read."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.people import staff_notices
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.core.paging import Order, page_or_first_page
from requests_app.messages import staff_words, wording
from requests_app.models import CONFIDENTIAL, StaffNotice
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import bulk_words

NEWEST: Order = [("id", "desc")]
PAGE_SIZE = 30
ALL = "all"


@dataclass(frozen=True)
class Row:
    """reference: empty if the user may no longer see the request, of which nothing is said then; and of a job's notice."""

    notice: StaffNotice
    text: str
    ago: str
    reference: str = ""
    service: str = ""
    place: str = ""


@staff_page
def my_notices(request: StaffRequest) -> HttpResponse:
    """Unread ones; `?show=all`: read ones too."""
    user, city = request.user, request.jurisdiction
    shows_all = request.GET.get("show") == ALL
    notices = StaffNotice.objects.filter(user=user, jurisdiction=city, in_page=True)
    if not shows_all:
        notices = notices.filter(read_at=None)
    notices = notices.select_related(
        "event__user",
        "away",
        "service_request__department",
        "service_request__service",
        "service_request__service_version",
        "bulk_job",
        "article",
        "call_back",
    )
    page = page_or_first_page(notices, NEWEST, request.GET.get("cursor"), PAGE_SIZE)
    kept = f"show={ALL}&" if shows_all else ""
    rows = [_row(request, notice) for notice in page.rows]
    context = {
        "rows": rows,
        "shows_all": shows_all,
        "has_unread": any(row.notice.read_at is None for row in rows),
        "newest": rows[0].notice.pk if rows else 0,
        "pager": page.urls(lambda cursor: f"?{kept}cursor={cursor}"),
    }
    return render(request, "staff_app/notices/my_notices.html", context)


def _row(request: StaffRequest, notice: StaffNotice) -> Row:
    about = notice.service_request
    ago = wording.ago(notice.created_at, app_now())
    if notice.article is not None:
        title = localized(notice.article.title)
        return Row(notice, _("A colleague says that “%(title)s” is wrong") % {"title": title}, ago)
    if notice.call_back is not None:
        due = wording.long_time(notice.call_back.due_at, request.jurisdiction.zone)
        return Row(notice, _("Nobody called back by %(time)s") % {"time": due}, ago)
    if about is None:
        return Row(notice, bulk_words.notice_words(notice.bulk_job) if notice.bulk_job else "", ago)
    if not permissions.can(request.user, "view", about):
        return Row(notice, _("You can’t see this request anymore"), ago)
    redaction.redact_addresses(request.user, [about], request.jurisdiction)
    return Row(
        notice,
        staff_words.sentence_of(notice),
        ago,
        reference=about.reference,
        service=localized(about.service_version.name),
        place="" if about.public_state in CONFIDENTIAL else about.address,
    )


@staff_page
@require_POST
def mark_notice_read(request: StaffRequest, notice_id: int) -> HttpResponse:
    staff_notices.mark_read(request.user, request.jurisdiction, pk=notice_id)
    return _back(request)


@staff_page
@require_POST
def mark_all_notices_read(request: StaffRequest) -> HttpResponse:
    """All up to the newest one of the page: what came in since has not been read."""
    newest = request.POST.get("newest", "")
    if newest.isascii() and newest.isdecimal() and len(newest) <= 18:
        staff_notices.mark_all_read(request.user, request.jurisdiction, up_to=int(newest))
        messages.success(request, _("All marked as read."))
    return _back(request)


def _back(request: StaffRequest) -> HttpResponse:
    response = redirect("staff_app:my_notices")
    if request.POST.get("show") == ALL:
        response["Location"] += f"?show={ALL}"
    return response
