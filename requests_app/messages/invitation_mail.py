"""The email that invites somebody to work for the city."""

from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.actions.people import invitations
from requests_app.messages import email
from requests_app.messages.letters import letter
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
    known = User.objects.filter(email=invitation.email).first()
    with override(known.language if known else city.languages[0]), timezone.override(city.zone):
        message_id = email.message_id(None, invitation.pk, f"invitation:{generation}", city)
        context = {"invitation": invitation}
        mail = letter("invitation", context, city=city, to=invitation.email, message_id=message_id, url=url)
    email.send(mail, None)
