"""The email that invites somebody to work for the city."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.actions.people import invitations
from requests_app.messages import email, html_part
from requests_app.models import Invitation, OutboxRow, User


def mail_invitation(row: OutboxRow) -> None:
    """Sends the link of one generation, unless the invitation was accepted, canceled or sent again meanwhile."""
    _kind, invitation_id, generation = row.dedupe_key.split(":")
    invitation = (
        Invitation.objects.filter(Invitation.OPEN, pk=int(invitation_id), generation=int(generation))
        .select_related("jurisdiction", "invited_by", "role")
        .first()
    )
    if invitation is None or invitations.is_expired(invitation):
        return
    city, url = invitation.jurisdiction, links.invitation_url(invitation)
    context = {"city": city, "url": url, "invitation": invitation, "demo": settings.DEMO}
    known = User.objects.filter(email=invitation.email).first()
    with override(known.language if known else city.languages[0]), timezone.override(city.zone):
        subject = " ".join(render_to_string("emails/invitation.subject.txt", context).split())
        body = render_to_string("emails/invitation.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=email.sender(city),
            to=[invitation.email],
            headers={
                "Message-ID": email.message_id(None, invitation.pk, f"invitation:{generation}", city),
                "X-Lamplighter-Event": "invitation",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html_part.as_html(body, title=subject, city=city, url=url), "text/html")
    email.send(mail, None)
