"""The review queue: publish each pending report or keep it hidden, one at a time or in bulk. What is private is published on a
page of its own, where its words can be changed first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from requests_app import references
from requests_app.access import get_request_or_404
from requests_app.actions.publication import moderation
from requests_app.actions.work import staff_actions
from requests_app.clock import app_now
from requests_app.core.paging import page_or_first_page
from requests_app.messages import wording
from requests_app.models import Event, ReviewReason, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.publication import review as rules
from requests_app.rules.publication.publication import messages_of
from staff_app import last_event
from staff_app.decorators import StaffRequest, staff_page
from staff_app.moderation import review_queue as waiting
from staff_app.moderation.forms import PublishForm
from staff_app.request import conflict
from staff_app.request.forms import HIDE_REASONS
from staff_app.request.undo import undo_tag


def need_to_publish(request: StaffRequest) -> None:
    """Raises Denied if the user may not publish anything in this city."""
    if not permissions.can_in_city(request.user, "publish", request.jurisdiction):
        raise permissions.Denied("publish")


@staff_page
def review(request: StaffRequest) -> HttpResponse:
    need_to_publish(request)
    page = page_or_first_page(
        waiting.with_all(waiting.for_user(request)), waiting.OLDEST, request.GET.get("cursor"), waiting.PAGE_SIZE
    )
    rows = waiting.rows(request, page.rows)
    context = {
        "rows": rows,
        "late": bool(rows) and rows[0].is_late and not request.GET.get("cursor"),
        "oldest": rows[0].waits if rows else "",
        "reasons": HIDE_REASONS,
        "has_several": any(not row.is_private for row in rows),
        "pager": page.urls(),
    }
    return render(request, "staff_app/moderation/review.html", context)


@staff_page
@require_POST
def review_request(request: StaffRequest, reference: str) -> HttpResponse:
    """Reviews one report. POST: "publish", or a "reason" to keep it hidden."""
    service_request = get_request_or_404(request.user, reference, "publish", jurisdiction=request.jurisdiction)
    reason = request.POST.get("reason", "")
    if rules.is_private_review(service_request) and "publish" in request.POST:
        return redirect("staff_app:publish_private", service_request.reference)
    if "publish" not in request.POST and "keep" not in request.POST and reason not in dict(HIDE_REASONS):
        messages.error(request, _("Choose a reason for hiding it."))
        return redirect("staff_app:review")
    try:
        event = _decide(request, service_request, reason, last_event.posted(request))
    except moderation.AlreadyReviewed as error:
        return _already_reviewed(request, error)
    except staff_actions.Changed as error:
        current = ServiceRequest.objects.select_related("service_version", "jurisdiction").get(pk=service_request.pk)
        if not rules.awaits_review(current):
            return _already_reviewed(request, moderation.AlreadyReviewed(current))
        return conflict.page(request, service_request, error.changes)
    if "publish" in request.POST:
        message = _("Everyone can see %(reference)s now.")
    elif "keep" in request.POST:
        message = _("%(reference)s stays private. Work on it continues.")
    else:
        message = _("%(reference)s stays hidden. Work on it continues.")
    messages.success(request, message % {"reference": service_request.display_reference}, extra_tags=undo_tag(event))
    return redirect("staff_app:review")


def _decide(
    request: StaffRequest, service_request: ServiceRequest, reason: str, last_event_id: int | None
) -> Event | None:
    """Publishes it or keeps it hidden. Raises AlreadyReviewed, or Changed if its text isn't what the moderator read."""

    def act() -> None:
        if "publish" in request.POST:
            moderation.approve(service_request.pk, actor=request.user)
        elif "keep" in request.POST:
            moderation.keep_for_staff(service_request.pk, actor=request.user)
        else:
            moderation.keep_hidden(service_request.pk, reason=reason, actor=request.user)

    return staff_actions.perform(
        service_request.pk, act, form="review", actor=request.user, last_event_id=last_event_id
    )


def _already_reviewed(request: StaffRequest, error: moderation.AlreadyReviewed) -> HttpResponse:
    """409: someone else decided first; says who, what and when, and changes nothing."""
    event = error.event
    by = (event.user and str(event.user)) if event else ""
    sentence = {
        "published": _("%(name)s published it %(ago)s."),
        "hidden": _("%(name)s hid it %(ago)s."),
        "kept_private": _("%(name)s kept it private %(ago)s."),
    }.get(event.kind if event else "", "")
    context = {
        "service_request": error.service_request,
        "sentence": sentence % {"name": by or _("Someone"), "ago": wording.ago(event.at, app_now())}
        if event and sentence
        else _("It’s no longer waiting for review."),
    }
    return render(request, "staff_app/moderation/already_reviewed.html", context, status=409)


@staff_page
def publish_private(request: StaffRequest, reference: str) -> HttpResponse:
    """Publishes a report that is private for review, with the words that everyone will read. 422 if it should be read again; 409 if
    somebody else decided or changed a text."""
    service_request = get_request_or_404(request.user, reference, "publish", jurisdiction=request.jurisdiction)
    if not rules.is_private_review(service_request):
        return _already_reviewed(request, moderation.AlreadyReviewed(service_request))
    form = PublishForm(request.POST or None, service_request=service_request, user=request.user)
    if request.method != "POST":
        return _publish_page(request, form)
    if not form.is_valid():
        return _publish_page(request, form, status=422)
    try:
        event = staff_actions.perform(
            service_request.pk,
            lambda: moderation.publish_read(service_request.pk, form.new, actor=request.user),
            form="review",
            actor=request.user,
            last_event_id=last_event.posted(request),
        )
    except moderation.AlreadyReviewed as error:
        return _already_reviewed(request, error)
    except moderation.TextChanged as error:
        return _publish_page(request, form.rebased(set(error.keys)), status=409)
    except staff_actions.Changed as error:
        return conflict.page(request, service_request, error.changes)
    messages.success(
        request,
        _("Everyone can see %(reference)s now.") % {"reference": service_request.display_reference},
        extra_tags=undo_tag(event),
    )
    return redirect("staff_app:review")


def _publish_page(request: StaffRequest, form: PublishForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "service_request": form.service_request,
        "why": waiting.reason_words(form.service_request.review_reason),
        "message_label": waiting.message_label(),
        "later_messages": messages_of(form.service_request)
        if form.service_request.review_reason == ReviewReason.DISTRESS
        else [],
        "photos": form.service_request.photos.filter(is_private=False, hidden_at=None).order_by("id"),
    }
    return render(request, "staff_app/moderation/publish_private.html", context, status=status)


@staff_page
@require_POST
def review_several(request: StaffRequest) -> HttpResponse:
    """Reviews the selected reports, for a flood of them. Skips those that someone else decided meanwhile."""
    need_to_publish(request)
    selected = [references.parse(value) for value in request.POST.getlist("chosen")[: waiting.PAGE_SIZE]]
    service_requests = waiting.for_user(request).filter(reference__in=[value for value in selected if value])
    reason = request.POST.get("reason", "")
    if not selected:
        messages.error(request, _("Select at least one report."))
    elif "publish" not in request.POST and reason not in dict(HIDE_REASONS):
        messages.error(request, _("Choose a reason for hiding it."))
    else:
        chosen = list(service_requests)
        count = sum(_review(request, service_request, reason) for service_request in chosen)
        if count < len(chosen):
            left = ngettext(
                "We left out %(n)d report, which changed while you were reading.",
                "We left out %(n)d reports, which changed while you were reading.",
                len(chosen) - count,
            )
            messages.warning(request, left % {"n": len(chosen) - count})
        if "publish" in request.POST:
            words = ngettext("Everyone can see %(n)d report now.", "Everyone can see %(n)d reports now.", count)
        else:
            words = ngettext("%(n)d report stays hidden.", "%(n)d reports stay hidden.", count)
        messages.success(request, words % {"n": count})
    return redirect("staff_app:review")


def _review(request: StaffRequest, service_request: ServiceRequest, reason: str) -> bool:
    """Whether it was still pending, and as the moderator had read it. A private one is published on its own page only."""
    if rules.is_private_review(service_request):
        return False
    try:
        _decide(request, service_request, reason, last_event.posted(request, of=service_request))
    except (moderation.AlreadyReviewed, staff_actions.Changed):
        return False
    return True
