"""The mail with a link that proves an address: it says what the link does, and that nobody need press it."""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.clock import app_now
from requests_app.messages import email
from requests_app.models import ContactPoint, Message, OneTimeLink, OutboxRow

# What an address that confirmed nothing may get in an hour and a day, whoever typed it into whatever form.
AN_HOUR, A_DAY = 5, 10


def mail_link(row: OutboxRow) -> None:
    link = (
        OneTimeLink.objects.select_related(
            "jurisdiction", "contact_point__person", "service_request__service_version", "subscription"
        )
        .filter(pk=int(row.dedupe_key.split(":")[1]))
        .first()
    )
    if link is None or link.used_at is not None or link.expires_at <= app_now():
        return
    contact_point, jurisdiction = link.contact_point, link.jurisdiction
    if contact_point.bounced_at is not None or _too_many(contact_point):
        return
    context = {
        "link": link,
        "city": jurisdiction,
        "url": links.one_time_url(link),
        "service_request": link.service_request,
        "subscription": link.subscription,
        "demo": settings.DEMO,
    }
    with override(contact_point.person.language), timezone.override(jurisdiction.zone):
        name = f"emails/link_{link.purpose}"
        mail = EmailMultiAlternatives(
            subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
            body=render_to_string(f"{name}.txt", context),
            from_email=email.sender(jurisdiction),
            to=[contact_point.value],
            headers={
                "Message-ID": email.message_id(None, link.pk, f"link_{link.purpose}", jurisdiction),
                "X-Lamplighter-Event": f"link_{link.purpose}",
                "Auto-Submitted": "auto-generated",
            },
        )
    email.send(mail, contact_point)
    Message.objects.create(
        jurisdiction=jurisdiction,
        service_request=link.service_request,
        person=contact_point.person,
        contact_point=contact_point,
        kind=f"link_{link.purpose}",
        message_id=mail.extra_headers["Message-ID"],
        sent_at=app_now(),
    )


def _too_many(contact_point: ContactPoint) -> bool:
    """Counted also for a confirmed address: these mails are sent because somebody typed it, which may be anybody."""
    now = app_now()
    sent = Message.objects.filter(
        kind__startswith="link_", contact_point__kind="email", contact_point__normalized=contact_point.normalized
    )
    return (
        sent.filter(sent_at__gt=now - dt.timedelta(hours=1))[:AN_HOUR].count() >= AN_HOUR
        or sent.filter(sent_at__gt=now - dt.timedelta(days=1))[:A_DAY].count() >= A_DAY
    )
