"""Emails that are nothing but two templates, a subject and a text: about accounts, invitations, links, keys and approvals."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from requests_app.messages import email, html_part
from requests_app.models import Jurisdiction


def letter(
    name: str,
    context: dict[str, Any],
    *,
    city: Jurisdiction,
    to: str,
    message_id: str,
    url: str = "",
    reply_to: Sequence[str] = (),
    frame: html_part.Frame | None = None,
) -> EmailMultiAlternatives:
    """emails/NAME.subject.txt and emails/NAME.txt, in the active language and time zone. Not sent yet.

    message_id: the same on every try. url: its own link, which becomes a button. reply_to: empty: back to the sender.
    """
    context = {**context, "city": city, "url": url, "demo": settings.DEMO}
    subject = " ".join(render_to_string(f"emails/{name}.subject.txt", context).split())
    body = render_to_string(f"emails/{name}.txt", context)
    headers = {"Message-ID": message_id, "X-Lamplighter-Event": name, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(
        subject=subject,
        body=body,
        from_email=email.sender(city),
        reply_to=list(reply_to),
        to=[to],
        headers=headers,
    )
    html = html_part.as_html(body, title=subject, city=city, url=url, frame=frame)
    mail.attach_alternative(html, "text/html")
    return mail
