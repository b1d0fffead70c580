"""The email with a link that verifies an address. It says what the link does, and that it can be ignored."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from requests_app import links
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.messages import email, html_part, limits
from requests_app.messages.email_parts import StatusLine
from requests_app.messages.letters import letter
from requests_app.models import Message, OneTimeLink, OutboxRow

# Somebody who reported often this hour can still sign in, since that is how they verify the address.
SIGN_INS = (OneTimeLink.Purpose.SIGN_IN, OneTimeLink.Purpose.OWN_KEYS)


def _frame(link: OneTimeLink) -> html_part.Frame:
    """Of a report that waits for its confirmation: nothing of it but its service, since the address may be mistyped."""
    if link.purpose != OneTimeLink.Purpose.CONFIRM or link.service_request is None:
        return html_part.Frame()
    status_line = StatusLine(_("Your report hasn’t been sent yet"), "waits")
    return html_part.Frame(status_line, localized(link.service_request.service_version.name))


def mail_link(row: OutboxRow) -> None:
    link = (
        OneTimeLink.objects.select_related(
            "jurisdiction", "contact_point__person", "service_request__service_version", "subscription", "key_request"
        )
        .filter(pk=int(row.dedupe_key.split(":")[1]))
        .first()
    )
    if link is None or link.used_at is not None or link.expires_at <= app_now():
        return
    contact_point, jurisdiction = link.contact_point, link.jurisdiction
    if contact_point.bounced_at is not None:
        return
    is_over = link.purpose not in SIGN_INS and limits.is_over(contact_point)
    if is_over or limits.had_links(contact_point):
        if link.purpose in (OneTimeLink.Purpose.CONFIRM, OneTimeLink.Purpose.SHOW_KEY):
            # A report or a key depends on it, so the queue retries until the limit allows it.
            raise limits.Full
        return
    # Before the reader's language is active: the address itself has none.
    url = links.one_time_url(link)
    name = f"link_{link.purpose}"
    context = {"link": link, "service_request": link.service_request, "subscription": link.subscription}
    with override(contact_point.person.language), timezone.override(jurisdiction.zone):
        mail = letter(
            name,
            context,
            city=jurisdiction,
            to=contact_point.value,
            message_id=email.message_id(None, link.pk, name, jurisdiction),
            url=url,
            reply_to=email.reply_to(jurisdiction),
            frame=_frame(link),
        )
    email.send(mail, contact_point)
    Message.objects.create(
        jurisdiction=jurisdiction,
        service_request=link.service_request,
        person=contact_point.person,
        contact_point=contact_point,
        kind=name,
        message_id=mail.extra_headers["Message-ID"],
        sent_at=app_now(),
    )
