"""The slip of the counter: whose private link it may have. It's as good as a key, so it's only for the person at the counter."""

from requests_app.models import AccessLink, Channel, Contact, ContactRequest, ServiceRequest, User

OWN = (ContactRequest.Role.MADE, ContactRequest.Role.JOINED)


def has_own(contact: Contact, service_request: ServiceRequest) -> bool:
    """Whether the report was made or joined in this conversation."""
    return contact.contact_requests.filter(service_request=service_request, role__in=OWN).exists()


def private_link(contact: Contact, service_request: ServiceRequest, *, user: User) -> AccessLink | None:
    """The link of the person at the counter to what they reported or joined right now. None for a report of anybody else, for
    somebody who speaks for another without their consent, and once they have left."""
    is_here = contact.closed_at is None and contact.channel == Channel.COUNTER and contact.taker_id == user.pk
    is_own = contact.relation == Contact.Relation.NONE or contact.has_consent is True
    if not is_here or not is_own or contact.person_id is None or not has_own(contact, service_request):
        return None
    return AccessLink.objects.filter(
        service_request=service_request, person=contact.person_id, purpose=AccessLink.Purpose.FOLLOW
    ).first()
