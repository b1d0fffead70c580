"""The queue of what waits for a look before everybody can read it: [Publish] or [Keep hidden], one press each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from requests_app import references
from requests_app.access import get_request_or_404
from requests_app.actions import moderation
from requests_app.clock import app_now
from requests_app.messages import wording
from requests_app.models import ServiceRequest
from requests_app.paging import page_or_first
from requests_app.rules import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.moderation import review_queue as waiting
from staff_app.request.forms import HIDE_REASONS


def need_to_publish(request: StaffRequest) -> None:
    """Raises Denied for whoever may publish nothing here."""
    if not permissions.can_in_city(request.user, "publish", request.jurisdiction):
        raise permissions.Denied("publish")


@staff_page
def review(request: StaffRequest) -> HttpResponse:
    need_to_publish(request)
    found = page_or_first(
        waiting.with_all(waiting.for_user(request)), waiting.OLDEST, request.GET.get("cursor"), waiting.PAGE_SIZE
    )
    rows = waiting.rows(request, found.rows)
    context = {
        "rows": rows,
        "late": bool(rows) and rows[0].is_late and not request.GET.get("cursor"),
        "oldest": rows[0].waits if rows else "",
        "reasons": HIDE_REASONS,
        "pager": found.urls(),
    }
    return render(request, "staff_app/moderation/review.html", context)


@staff_page
@require_POST
def review_request(request: StaffRequest, reference: str) -> HttpResponse:
    """One of them was looked at: "publish", or "hide" with a reason."""
    service_request = get_request_or_404(request.user, reference, "publish", jurisdiction=request.jurisdiction)
    reason = request.POST.get("reason", "")
    if "publish" not in request.POST and reason not in dict(HIDE_REASONS):
        messages.error(request, _("Choose why the public should not see it."))
        return redirect("staff_app:review")
    try:
        if "publish" in request.POST:
            moderation.approve(service_request.pk, actor=request.user)
            done = _("Everyone can see %(reference)s now.")
        else:
            moderation.keep_hidden(service_request.pk, reason=reason, actor=request.user)
            done = _("%(reference)s stays hidden. The work on it goes on.")
    except moderation.AlreadyReviewed as decided:
        return _decided(request, decided)
    messages.success(request, done % {"reference": service_request.display_reference})
    return redirect("staff_app:review")


def _decided(request: StaffRequest, decided: moderation.AlreadyReviewed) -> HttpResponse:
    """Somebody was faster: nothing is overwritten, and what they did is said."""
    event = decided.event
    by = (event.user and str(event.user)) if event else ""
    words = {
        "published": _("%(name)s published it %(ago)s."),
        "hidden": _("%(name)s hid it %(ago)s."),
    }.get(event.kind if event else "", "")
    context = {
        "service_request": decided.service_request,
        "words": words % {"name": by or _("Somebody"), "ago": wording.ago(event.at, app_now())}
        if event and words
        else _("It does not wait for a look any more."),
    }
    return render(request, "staff_app/moderation/already_reviewed.html", context, status=409)


@staff_page
@require_POST
def review_several(request: StaffRequest) -> HttpResponse:
    """A flood: what was ticked, at once. What somebody else decided meanwhile stays as they decided."""
    need_to_publish(request)
    ticked = [references.parse(one) for one in request.POST.getlist("chosen")[: waiting.PAGE_SIZE]]
    chosen = waiting.for_user(request).filter(reference__in=[one for one in ticked if one])
    reason = request.POST.get("reason", "")
    if not ticked:
        messages.error(request, _("Tick at least one report."))
    elif "publish" not in request.POST and reason not in dict(HIDE_REASONS):
        messages.error(request, _("Choose why the public should not see it."))
    else:
        done = sum(_done(request, one, reason) for one in chosen)
        if "publish" in request.POST:
            words = ngettext("Everyone can see %(n)d report now.", "Everyone can see %(n)d reports now.", done)
        else:
            words = ngettext("%(n)d report stays hidden.", "%(n)d reports stay hidden.", done)
        messages.success(request, words % {"n": done})
    return redirect("staff_app:review")


def _done(request: StaffRequest, service_request: ServiceRequest, reason: str) -> bool:
    try:
        if "publish" in request.POST:
            moderation.approve(service_request.pk, actor=request.user)
        else:
            moderation.keep_hidden(service_request.pk, reason=reason, actor=request.user)
    except moderation.AlreadyReviewed:
        return False
    return True
