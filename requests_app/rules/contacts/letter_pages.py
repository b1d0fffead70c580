"""Scans of letters: which request's they are, and who may open a page."""

from django.db.models import Exists, OuterRef

from requests_app.models import ContactRequest, LetterPage, ServiceRequest, User
from requests_app.rules.contacts.slips import OWN
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory

# The right to type in what came on paper.
ENTERS = "submit_for_others"


def has_some() -> Exists:
    """For a queryset of requests: whether there's a scan of what made or joined it."""
    own = {"contact__contact_requests__service_request": OuterRef("pk"), "contact__contact_requests__role__in": OWN}
    return Exists(LetterPage.objects.filter(**own))


def of_request(service_request: ServiceRequest) -> list[LetterPage]:
    """Of the letters that made it or joined it, in their order."""
    letters = ContactRequest.objects.filter(service_request=service_request, role__in=OWN)
    return list(LetterPage.objects.filter(contact__in=letters.values("contact")))


def may_open(user: User, page: LetterPage) -> bool:
    """Takers, while the letter is being typed in; after that, who may read how to reach the reporter of one of its requests."""
    contact = page.contact
    if contact.closed_at is None and permissions.can_in_city(user, ENTERS, contact.jurisdiction):
        return True
    own = contact.contact_requests.filter(role__in=OWN).select_related("service_request__service_version")
    requests = [link.service_request for link in own]
    for service_request in requests:
        service_request.jurisdiction = contact.jurisdiction
    directory.of(contact.jurisdiction).fill(requests)
    return any(permissions.may_read_reporter(user, service_request) for service_request in requests)
