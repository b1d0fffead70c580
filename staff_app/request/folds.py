"""Parts of the request page that are read now and then: earlier activity, the public view, routing and email."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.messages.outbox_words import outbox_words
from requests_app.models import OutboxRow, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app.decorators import StaffRequest, reads_for_department, staff_page
from staff_app.moderation import public_view as public_views
from staff_app.request import timeline

EMAILS_MAX = 50


@dataclass(frozen=True)
class Email:
    """state: sent, waiting, skipped or undeliverable; label: the state with its reason."""

    what: str
    state: str
    label: str
    at: Any


@staff_page
def earlier(request: StaffRequest, reference: str, event_id: int) -> HttpResponse:
    """The activity before an event."""
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    if not 0 < event_id < 10**18:
        raise Http404
    page = activity(request, service_request, before=event_id)
    return render(request, "staff_app/request/earlier.html", {"service_request": service_request, "activity": page})


def activity(request: StaffRequest, service_request: ServiceRequest, *, before: int | None = None) -> timeline.Page:
    return timeline.page(
        service_request,
        request.user,
        before=before,
        for_department=reads_for_department(request.user, service_request),
        reads_hidden=permissions.can(request.user, "hide", service_request),
    )


@staff_page
def public_view(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    photos = list(service_request.photos.order_by("id"))
    if not permissions.reads_identity(request.user, service_request):
        redaction.redact_photos(photos)
    view = public_views.public_view(service_request, request.user, photos)
    context = {"service_request": service_request, "view": view}
    return render(request, "staff_app/request/public_view.html", context)


@staff_page
def routing_and_email(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    context = {
        "service_request": service_request,
        "routing": timeline.routing(service_request),
        "emails": _emails(service_request),
        "sets_up_routing": permissions.can_in_city(request.user, "administer", request.jurisdiction),
    }
    return render(request, "staff_app/request/routing_and_email.html", context)


def _emails(service_request: ServiceRequest) -> list[Email]:
    """Emails sent, waiting or undeliverable, without the addresses."""
    emails = []
    outside = OutboxRow.objects.filter(service_request=service_request, lane=OutboxRow.Lane.OUTSIDE, done_at=None)
    for row in outside.order_by("-id")[:EMAILS_MAX]:
        what = outbox_words(row.kind)
        if row.dead_at is not None:
            words = _("Undeliverable (%(error)s)") % {"error": row.last_error}
            emails.append(Email(what, "undeliverable", words, row.dead_at))
        else:
            emails.append(Email(what, "waiting", _("Waiting to be sent"), row.created_at))
    for message in service_request.messages.select_related("contact_point").order_by("-id")[:EMAILS_MAX]:
        what = outbox_words(f"email_{message.kind}")
        if message.sent_at is None:
            emails.append(Email(what, "skipped", _("Not sent: too many emails to this address"), message.created_at))
        elif message.contact_point is not None and message.contact_point.bounced_at is not None:
            emails.append(
                Email(what, "undeliverable", _("Sent, but email to this address now bounces"), message.sent_at)
            )
        else:
            emails.append(Email(what, "sent", _("Sent"), message.sent_at))
    return emails
