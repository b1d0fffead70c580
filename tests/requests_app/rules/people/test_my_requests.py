"""What belongs to an address: its own in any state, others while they are public, and nothing of another city or of nobody yet."""

import pytest

from requests_app.actions.people.reporters import Reporter
from requests_app.models import ContactPoint, Participation, RelatedRequest, ServiceRequest
from requests_app.rules.people import my_requests
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
BEN = Reporter(name="Ben", email="ben@example.org")


def test_own_in_any_state_and_others_while_public(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    first = factories.report(town.pothole, answers={"where": "lane"})
    own, hidden, draft, erased = (first, *factories.copies(first, 3))
    theirs = factories.report(town.pothole, answers={"where": "lane"}, reporter=BEN)
    followed, private = (theirs, *factories.copies(theirs, 1))
    factories.report(lakeside.pothole)
    point = ContactPoint.objects.get(kind="email", person__participations__service_request=own)
    for made in (followed, private):
        Participation.objects.create(
            service_request=made, person=point.person, role=Participation.Role.FOLLOWER, contact_point=point
        )
    for made, state in (
        (own, "public"),
        (hidden, "hidden"),
        (draft, "unconfirmed"),
        (erased, "erased"),
        (followed, "public"),
        (private, "private"),
    ):
        ServiceRequest.objects.filter(pk=made.pk).update(public_state=state)
    assert set(my_requests.requests(point)) == {own, hidden, followed}
    assert {one.person.jurisdiction for one in my_requests.same_address(point)} == {town.city}
    # With whom it was sent: of Ana's, those that are hers and can be seen.
    for earlier, later in ((own, hidden), (own, erased), (own, followed)):
        RelatedRequest.objects.create(earlier=earlier, later=later)
    assert my_requests.sent_together(point, [own, followed]) == {own.pk: [hidden.reference], hidden.pk: [own.reference]}
