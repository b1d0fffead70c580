"""The email to somebody else who does it, in a resident's words: written for the preview, and sent as it was seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from requests_app.actions.report import drafts, referrals
from requests_app.actions.report.referrals import Letter
from requests_app.core.localized import localized
from requests_app.messages import email, html_part
from requests_app.models import Article, Draft, Jurisdiction, OutboxRow, Photo
from requests_app.rules.report.referrals import Receiver

# Of all photos together. Encoded they take a third more, and many mail servers take 10 MB.
ATTACHED_MAX_BYTES = 7_000_000


def compose(
    jurisdiction: Jurisdiction,
    article: Article,
    receiver: Receiver,
    *,
    text: str,
    referral: Mapping[str, Any],
    photos: Sequence[Photo] = (),
    verified: str = "",
) -> Letter:
    """In the city's first language, since we don't know the receiver's. referral: as the form cleaned it. verified: the address
    that its writer is signed in with, in lower case.

    Replies go to the address they typed, since the receiver has no other; the email says whether it's confirmed.
    """
    with override(jurisdiction.languages[0]):
        is_shared = bool(referral.get("share"))
        context = {
            "city": jurisdiction,
            "title": localized(article.title),
            "receiver": localized(receiver.name),
            "text": text,
            "place": referral.get("place", ""),
            "sender": {name: referral.get(name, "") for name in ("name", "email", "phone")} if is_shared else {},
            "is_verified": bool(verified) and referral.get("email", "").lower() == verified,
            "photo_count": len(photos),
            "demo": settings.DEMO,
        }
        subject = " ".join(render_to_string("emails/referral.subject.txt", context).split())
        body = render_to_string("emails/referral.txt", context).strip() + "\n"
    reply_to = referral.get("email", "") if is_shared else ""
    return Letter(receiver.email, subject, body, reply_to, tuple(photo.name for photo in photos))


def attached_bytes(photos: Sequence[Photo]) -> int:
    return sum(default_storage.size(photo.path) for photo in photos)


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
        _attach(mail, draft, letter.photos)
    email.send(mail, None)
    # The words and photos are deleted with the transaction that marks the row done.
    drafts.remove_photos(draft)
    draft.typed = {"referred": {name: value for name, value in draft.typed["referred"].items() if name != "failed"}}
    draft.save(update_fields=["typed"])


def _attach(mail: EmailMultiAlternatives, draft: Draft, names: Sequence[str]) -> None:
    """The files have no metadata: they were encoded again when they were stored."""
    found = {photo.name: photo for photo in draft.photos.filter(name__in=names)}
    for number, name in enumerate(names, 1):
        with default_storage.open(found[name].path) as file:
            mail.attach(_("photo") + f"-{number}.jpg", file.read(), "image/jpeg")
