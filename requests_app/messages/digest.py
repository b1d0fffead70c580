"""Digest emails: the changes since the last one, grouped by request, each change once."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.messages import email, email_parts, limits, timeline, wording
from requests_app.messages.notifications import digest_of
from requests_app.models import (
    Comment,
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
from requests_app.places import named

# Reports listed in one email; it links to the rest.
REPORTS_LISTED = 50
# Changes listed per report: the latest ones.
CHANGES_LISTED = 10


@dataclass(frozen=True)
class Change:
    """text: the city's comment that came with it, in its own language."""

    sentence: str
    text: str = ""
    language: str = ""


@dataclass(frozen=True)
class ReportChanges:
    """A report in the email: its name, status, changes since the last email, and URL."""

    name: str
    reference: str
    place: str
    line: email_parts.StatusLine
    changes: list[Change]
    url: str
    me_too_url: str


def send_digest(row: OutboxRow) -> None:
    """Sends a digest and marks its items as sent, in the row's transaction. If it dies midway, it is sent again, same id."""
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
    changes = Changes(contact_point, subscription, items)
    if changes.readable and limits.is_over(contact_point):
        # Skipping it would lose the changes, so the queue retries until the limit allows it.
        raise limits.Full
    if changes.readable:
        with override(contact_point.person.language), timezone.override(jurisdiction.zone):
            mail = compose(jurisdiction, contact_point, subscription, changes)
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


class Changes:
    """The changes this address may read, checked when the email is sent: since then a request may have become private, a
    comment may have been hidden, or the recipient may have unsubscribed."""

    def __init__(self, contact_point: ContactPoint, subscription: Subscription | None, items: list[DigestItem]) -> None:
        self.of_subscription = subscription is not None
        self.roles: dict[int, str] = {}
        if subscription is None:
            parts = Participation.objects.filter(
                service_request__in={one.service_request_id for one in items},
                contact_point=contact_point,
                unsubscribed_at=None,
            )
            # Someone who both reported and joined a request reads it as its reporter.
            for part in sorted(parts, key=lambda part: part.role in Participation.OWN):
                self.roles[part.service_request_id] = part.role
        about = {one.event.data.get("comment_id") for one in items} - {None}
        self.comments = {one.pk: one for one in Comment.objects.filter(pk__in=about, hidden_at=None)}
        self.readable = [one for one in items if self._may_read(one)]

    def is_own(self, service_request: ServiceRequest) -> bool:
        return self.roles.get(service_request.pk, "") in Participation.OWN

    def _may_read(self, item: DigestItem) -> bool:
        if item.event.kind == "asked":
            return self.is_own(item.service_request) and self.words_of(item) is not None
        if item.event.kind == "commented" and self.words_of(item) is None:
            return False
        if self.is_own(item.service_request):
            return True
        return item.service_request.is_public and (self.of_subscription or item.service_request_id in self.roles)

    def words_of(self, item: DigestItem) -> Comment | None:
        """The city's public comment, or its question if the recipient is the reporter."""
        comment = self.comments.get(item.event.data.get("comment_id") or 0)
        if comment is None:
            return None
        asked = comment.kind == Comment.Kind.QUESTION and self.is_own(item.service_request)
        return comment if comment.public or asked else None

    def by_request(self) -> list[list[DigestItem]]:
        """Each request's changes, oldest first. The most recently changed request comes first."""
        groups: dict[int, list[DigestItem]] = {}
        for one in self.readable:
            groups.setdefault(one.service_request_id, []).append(one)
        return sorted(groups.values(), key=lambda group: group[-1].event_id, reverse=True)


def compose(
    jurisdiction: Jurisdiction, contact_point: ContactPoint, subscription: Subscription | None, changes: Changes
) -> EmailMultiAlternatives:
    """Subject, plain text and HTML, in the active language."""
    requests = changes.by_request()
    departments = {one.pk: localized(one.name) for one in Department.objects.filter(jurisdiction=jurisdiction)}
    owners = timeline.names_of_owners(one.event for one in changes.readable)
    site = links.base_url(jurisdiction)
    stop_url = site + reverse(
        "requests_app:unsubscribe_digest_link", args=[links.digest_token(contact_point, subscription)]
    )
    told, now = [], wording.now_for(group[0].service_request for group in requests[:REPORTS_LISTED])
    for group in requests[:REPORTS_LISTED]:
        service_request = group[0].service_request
        service_request.jurisdiction = jurisdiction
        own = changes.is_own(service_request)
        told.append(
            ReportChanges(
                name=localized(service_request.service_version.name),
                reference=service_request.display_reference,
                place=service_request.address if own else named.public_words(service_request.public_address),
                line=email_parts.StatusLine(
                    wording.status_words(service_request, to_reporter=own, now=now),
                    email_parts.tone_now(service_request),
                ),
                changes=[
                    _change(
                        one, changes, timeline.sentence_of(one.event, service_request, departments, owners, own=own)
                    )
                    for one in group[-CHANGES_LISTED:]
                ],
                url=_url(service_request, contact_point, subscription),
                me_too_url=email_parts.me_too_url(service_request, own=own),
            )
        )
    context: dict[str, Any] = {
        "city": jurisdiction,
        "subscription": subscription,
        "told": told,
        "count": len(changes.readable),
        "more": len(requests) - len(told),
        "list_url": site + reverse("requests_app:public_list"),
        "stop_url": stop_url,
        "demo": settings.DEMO,
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string("emails/digest.subject.txt", context).split()),
        body=render_to_string("emails/digest.txt", context),
        from_email=email.sender(jurisdiction),
        reply_to=email.reply_to(jurisdiction),
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


def _change(item: DigestItem, changes: Changes, text: str) -> Change:
    comment = changes.words_of(item)
    return Change(text, comment.text, comment.language) if comment else Change(text)


def _url(service_request: ServiceRequest, contact_point: ContactPoint, subscription: Subscription | None) -> str:
    """The private link for their own reports; the public page for others."""
    if subscription is None:
        return links.url(links.get_or_create_link(contact_point.person, service_request), service_request.jurisdiction)
    path = reverse("requests_app:track", args=[service_request.reference])
    return links.base_url(service_request.jurisdiction) + path
