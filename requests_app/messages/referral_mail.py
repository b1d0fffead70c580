"""The email to somebody else who does it, in a resident's words: written for the preview, and sent as it was seen."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from requests_app.actions import referrals
from requests_app.actions.referrals import Letter
from requests_app.localized import localized
from requests_app.messages import email, html_part
from requests_app.models import Article, Jurisdiction, OutboxRow
from requests_app.rules.referrals import Receiver


def compose(
    jurisdiction: Jurisdiction, article: Article, receiver: Receiver, *, text: str, referral: Mapping[str, Any]
) -> Letter:
    """In the city's first language, since we don't know the receiver's. referral: as the form cleaned it."""
    with override(jurisdiction.languages[0]):
        is_shared = bool(referral.get("share"))
        context = {
            "city": jurisdiction,
            "title": localized(article.title),
            "receiver": localized(receiver.name),
            "text": text,
            "place": referral.get("place", ""),
            "sender": {name: referral.get(name, "") for name in ("name", "email", "phone")} if is_shared else {},
            "demo": settings.DEMO,
        }
        subject = " ".join(render_to_string("emails/referral.subject.txt", context).split())
        body = render_to_string("emails/referral.txt", context).strip() + "\n"
    return Letter(receiver.email, subject, body, referral.get("email", "") if is_shared else "")


def mail_referral(row: OutboxRow) -> None:
    draft = referrals.draft_of(row)
    if draft is None or not referrals.is_waiting(draft):
        return
    city, letter = draft.jurisdiction, Letter(**draft.typed["letter"])
    with override(city.languages[0]), timezone.override(city.zone):
        mail = EmailMultiAlternatives(
            subject=letter.subject,
            body=letter.body,
            from_email=email.sender(city),
            reply_to=[letter.reply_to] if letter.reply_to else email.reply_to(city),
            to=[letter.to],
            headers={
                "Message-ID": email.message_id(None, None, row.dedupe_key, city),
                "X-Lamplighter-Event": "referral",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html_part.as_html(letter.body, title=letter.subject), "text/html")
    email.send(mail, None)
    # The words are deleted in the transaction that marks the row done.
    draft.typed = {"referred": {name: value for name, value in draft.typed["referred"].items() if name != "failed"}}
    draft.save(update_fields=["typed"])
