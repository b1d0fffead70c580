"""How a request was opened, by number or private link, and what this reader may do."""

from dataclasses import dataclass

from requests_app import links, references
from requests_app.city_request import CityRequest
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import AccessLink, Disposition, Jurisdiction, Participation, PrivacyChoice, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.report import corrections
from requests_app.rules.truth import surveys
from requests_app.rules.work import reopenings

RELATED = (
    "service__current",
    "service_version__department",
    "department",
    "owner",
    "asset",
    "duplicate_of__service_version__department",
    "duplicate_of__department",
    "duplicate_of__owner",
    "duplicate_of__service",
)


@dataclass(frozen=True)
class RequestAccess:
    """A request and how it was opened. link: its private link, if any; own: the link is its reporter's.

    shows_words: False if it waits for review and the reader isn't its reporter, who read its status only.
    """

    service_request: ServiceRequest
    link: AccessLink | None
    own: bool
    shows_words: bool = True

    @property
    def parent(self) -> ServiceRequest | None:
        """The public request that this one was combined with, whose status counts. Never a private one: it must stay unknown.

        Of a test, another test of the same key.
        """
        parent = self.service_request.duplicate_of
        # It may have been combined again: follow the chain to its end.
        for _step in range(5):
            if parent is None or parent.duplicate_of is None:
                break
            parent = parent.duplicate_of
        if parent is None or parent.is_public:
            return parent
        test = self.service_request
        same_key = test.api_key_id is not None and parent.api_key_id == test.api_key_id
        return parent if parent.is_test and test.is_test and same_key else None

    @property
    def shown(self) -> ServiceRequest:
        return self.parent or self.service_request


def access_request(request: CityRequest, reference: str) -> RequestAccess | None:
    """The request if this reader may see it; None both if it doesn't exist and if it is private.

    A report that waits for review has a number at once, which shows its status to everyone.
    """
    return access_by_link(request.jurisdiction, reference, links.link_from_cookie(request))


_NUMBERED = Prepared(
    lambda: (
        ServiceRequest.objects.exclude(public_state__in=permissions.INVISIBLE)
        .select_related(*RELATED)
        .filter(jurisdiction=Parameter("city"), reference=Parameter("reference"))
    )
)


def access_by_link(city: Jurisdiction, reference: str, link: AccessLink | None) -> RequestAccess | None:
    """The same for who has this private link, which may be of another request."""
    service_request = _NUMBERED.first(city=city.pk, reference=references.parse(reference) or "")
    if service_request is None:
        return None
    if link is not None and link.service_request_id != service_request.pk:
        link = None
    own = (
        link is not None
        and service_request.participations.filter(person=link.person, role__in=Participation.OWN).exists()
    )
    shows_words = service_request.is_public or own
    if not shows_words:
        if not service_request.has_public_number:
            return None
        # Those who joined or follow act on it again once it is public.
        link = None
    for one in (service_request, service_request.duplicate_of):
        if one is not None:
            one.jurisdiction = city
    return RequestAccess(service_request, link, own, shows_words)


def allowed_actions(access: RequestAccess) -> set[str]:
    """Actions this reader may take: they decide the page's buttons and what the server accepts."""
    if access.link is None:
        return set()
    service_request, shown = access.service_request, access.shown
    acts: set[str] = set()
    if service_request.is_open:
        if not service_request.waits_for_reporter:
            acts.add("add")
        elif access.own:
            acts.add("answer")
        if access.own:
            acts.add("withdraw")
            if not corrections.too_late(service_request):
                acts.add("change")
            if corrections.takes_photos(service_request):
                acts.add("add_photos")
    elif service_request.disposition == Disposition.NO_REPLY and access.own:
        acts.add("answer")
    elif not shown.is_open and reopenings.may_reopen(shown, own=access.own and access.parent is None):
        acts.add("not_fixed")
    elif shown.is_open:
        # Combined with a request that is still open.
        acts.add("add")
    if access.own and service_request.privacy_choice == PrivacyChoice.OFFERED:
        acts.add("keep_private")
    if access.own and reopenings.is_over(shown):
        acts.add("report_again")
    if reopenings.reopening_to_undo(shown, access.link.person) is not None:
        acts.add("undo_reopening")
    if surveys.outcome_asked_about(shown, access.link.person, through=service_request) is not None:
        acts.add("survey")
    if gets_updates(access):
        acts |= {"unsubscribe_link", "news"}
    return acts


def gets_updates(access: RequestAccess) -> bool:
    """Whether this reader is sent email about it."""
    if access.link is None:
        return False
    ids = [pk for pk in (access.service_request.pk, access.service_request.duplicate_of_id) if pk]
    return (
        access.link.person.participations.filter(service_request__in=ids, unsubscribed_at=None)
        .filter(contact_point__kind="email")
        .exists()
    )
