"""Gathered mail: what changed since the last one, request by request, each change once."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.actions.subscribing import digest_of
from requests_app.clock import app_now
from requests_app.messages import email, limits, timeline, wording
from requests_app.models import (
    ContactPoint,
    Department,
    DigestItem,
    Jurisdiction,
    Message,
    OutboxRow,
    Participation,
    ServiceRequest,
    Subscription,
)
from requests_app.words import say

# So many reports are told one by one; of the rest the mail says how many there are and where to read them.
TOLD = 50
OWN = (Participation.Role.REPORTER, Participation.Role.CALLER)


@dataclass(frozen=True)
class Told:
    """One request: what it is, how it stands, what happened since, and where to read more."""

    name: str
    reference: str
    place: str
    status: str
    changes: list[str]
    url: str


def tell_digest(row: OutboxRow) -> None:
    """Sends one gathered mail and marks what it told, in the row's transaction: a kill sends it again, with the same id."""
    contact_point, subscription, cadence = digest_of(row)
    if contact_point is None or contact_point.bounced_at is not None:
        return
    items = list(
        DigestItem.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(contact_point=contact_point, subscription=subscription, cadence=cadence, sent_at=None)
        .select_related("event", "service_request__service_version", "service_request__department")
        .select_related("service_request__owner", "service_request__service")
        .order_by("event_id")
    )
    jurisdiction = contact_point.person.jurisdiction
    readable = [one for one in items if _may_read(one, contact_point)]
    if readable and not limits.is_over(contact_point):
        with override(contact_point.person.language), timezone.override(jurisdiction.zone):
            mail = compose(jurisdiction, contact_point, subscription, readable)
        mail.extra_headers["Message-ID"] = email.message_id(None, contact_point.pk, row.dedupe_key, jurisdiction)
        email.send(mail, contact_point)
        Message.objects.create(
            jurisdiction=jurisdiction,
            person=contact_point.person,
            contact_point=contact_point,
            kind="digest",
            message_id=mail.extra_headers["Message-ID"],
            sent_at=app_now(),
        )
    DigestItem.objects.filter(pk__in=[one.pk for one in items]).update(sent_at=app_now())


def _may_read(item: DigestItem, contact_point: ContactPoint) -> bool:
    """Asked when it is sent: a request may have turned private since, and its people may have stopped its mails."""
    service_request = item.service_request
    if item.subscription_id is not None:
        return service_request.is_public
    part = Participation.objects.filter(
        service_request=service_request, contact_point=contact_point, stopped_at=None
    ).first()
    return part is not None and (service_request.is_public or part.role in OWN)


def compose(
    jurisdiction: Jurisdiction,
    contact_point: ContactPoint,
    subscription: Subscription | None,
    items: list[DigestItem],
) -> EmailMultiAlternatives:
    """Subject, plain text and HTML, in the active language."""
    by_request: dict[int, list[DigestItem]] = {}
    for one in items:
        by_request.setdefault(one.service_request_id, []).append(one)
    # The newest change first.
    requests = list(reversed(by_request.values()))
    departments = {one.pk: say(one.name) for one in Department.objects.filter(jurisdiction=jurisdiction)}
    owners = timeline.names_of_owners(one.event for one in items)
    site = links.site_of(jurisdiction)
    stop_url = site + reverse("requests_app:stop_digest", args=[links.digest_token(contact_point, subscription)])
    told = []
    for group in requests[:TOLD]:
        service_request = group[0].service_request
        service_request.jurisdiction = jurisdiction
        own = subscription is None and _is_own(service_request, contact_point)
        told.append(
            Told(
                name=say(service_request.service_version.name),
                reference=service_request.spoken_reference,
                place=service_request.address if own else service_request.public_address,
                status=wording.status_words(service_request, to_reporter=own),
                changes=[timeline.words(one.event, service_request, departments, owners, own=own) for one in group],
                url=_url(service_request, contact_point, subscription),
            )
        )
    context: dict[str, Any] = {
        "city": jurisdiction,
        "subscription": subscription,
        "told": told,
        "count": len(items),
        "more": len(requests) - len(told),
        "list_url": site + reverse("requests_app:public_list"),
        "stop_url": stop_url,
        "demo": settings.DEMO,
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string("emails/digest.subject.txt", context).split()),
        body=render_to_string("emails/digest.txt", context),
        from_email=email.sender(jurisdiction),
        to=[contact_point.value],
        headers={
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Lamplighter-Event": "digest",
        },
    )
    mail.attach_alternative(render_to_string("emails/digest.html", context), "text/html")
    return mail


def _is_own(service_request: ServiceRequest, contact_point: ContactPoint) -> bool:
    return service_request.participations.filter(contact_point=contact_point, role__in=OWN).exists()


def _url(service_request: ServiceRequest, contact_point: ContactPoint, subscription: Subscription | None) -> str:
    """To their own reports by the private link; to others as everybody goes."""
    if subscription is None:
        return links.url(links.link_for(contact_point.person, service_request), service_request.jurisdiction)
    path = reverse("requests_app:track", args=[service_request.reference])
    return links.site_of(service_request.jurisdiction) + path
