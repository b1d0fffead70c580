"""The email to a member of staff whose password somebody tries to guess."""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.core.limits import DAY
from requests_app.messages import email, html_part
from requests_app.models import OutboxRow, User


def mail_guesses(row: OutboxRow) -> None:
    """Sends nothing to somebody who can't sign in anyway."""
    _kind, user_id, day = row.dedupe_key.split(":")
    user = User.objects.filter(pk=int(user_id), is_active=True).first()
    membership = user.memberships.select_related("jurisdiction").order_by("id").first() if user is not None else None
    if user is None or membership is None:
        return
    city = membership.jurisdiction
    with override(user.language), timezone.override(city.zone):
        url = links.base_url(city) + reverse("account_reset_password")
        until = dt.datetime.fromtimestamp((int(day) + 1) * DAY, dt.UTC)
        context = {"city": city, "url": url, "until": until, "demo": settings.DEMO}
        subject = " ".join(render_to_string("emails/password_guesses.subject.txt", context).split())
        body = render_to_string("emails/password_guesses.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=email.sender(city),
            to=[user.email],
            headers={
                "Message-ID": email.message_id(None, user.pk, f"password_guesses:{day}", city),
                "X-Lamplighter-Event": "password_guesses",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html_part.as_html(body, title=subject, city=city, url=url), "text/html")
    email.send(mail, None)
