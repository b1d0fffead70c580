"""The email to an administrator about approvals of emergency checks that end soon."""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.messages import email, html_part
from requests_app.models import Jurisdiction, OutboxRow, ServiceApproval
from requests_app.rules.people import permissions


def mail_endings(row: OutboxRow) -> None:
    """Lists the services whose approvals were found to end on the day of the row; not those that were approved again meanwhile."""
    _kind, city_id, day, user_id = row.dedupe_key.split(":")
    city = Jurisdiction.objects.defer("boundary").filter(pk=int(city_id)).first()
    user = permissions.administrators(city).filter(pk=int(user_id)).first() if city is not None else None
    if city is None or user is None:
        return
    told = ServiceApproval.objects.filter(service__jurisdiction=city, notified_on=dt.date.fromisoformat(day))
    approvals = list(told.filter(service__active=True).select_related("service__current").order_by("review_by", "pk"))
    if not approvals:
        return
    url = links.base_url(city) + reverse("staff_app:go_live")
    context = {"city": city, "approvals": approvals, "url": url, "demo": settings.DEMO}
    with override(user.language), timezone.override(city.zone):
        subject = " ".join(render_to_string("emails/approvals_end.subject.txt", context).split())
        body = render_to_string("emails/approvals_end.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=email.sender(city),
            reply_to=email.reply_to(city),
            to=[user.email],
            headers={
                "Auto-Submitted": "auto-generated",
                "Message-ID": email.message_id(None, user.pk, row.dedupe_key, city),
                "X-Lamplighter-Event": "approvals_end",
            },
        )
        mail.attach_alternative(html_part.as_html(body, title=subject, city=city, url=url), "text/html")
    email.send(mail, None)
