"""Who is counted already, and whose subscriptions match: of this city, and of what may be known of a place."""

import pytest

from requests_app.clock import app_now
from requests_app.models import Draft, Participation, Service, ServiceRequest, Subscription
from requests_app.rules.following import follow_target, subscriptions, votes
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_who_reported_or_joined_it_is_counted_and_who_only_follows_is_not(town: Rivermark) -> None:
    first = factories.report(town.pothole, answers={"where": "lane"})
    mine, other, third = (first, *factories.copies(first, 2))
    person = Participation.objects.get(service_request=mine).person
    Participation.objects.filter(service_request__in=[other, third]).delete()
    for made, role, counted in (
        (mine, "reporter", True),
        (other, "affected", True),
        (other, "follower", False),
        (third, "caller", True),
        (third, "follower", False),
    ):
        Participation.objects.filter(service_request=made).delete()
        Participation.objects.create(service_request=made, person=person, role=role)
        assert votes.is_reporter("browser", person, [made.pk]) is counted, role
        assert not votes.is_reporter("browser", None, [made.pk])
    assert not votes.is_reporter("browser", person, [third.pk])
    Draft.objects.create(
        jurisdiction=town.city, visitor_hash="browser", service_request=third, expires_at=app_now(), language="en"
    )
    assert votes.is_reporter("browser", None, [other.pk, third.pk])
    assert not votes.is_reporter("another", None, [other.pk, third.pk])


def subscription(town: Rivermark, made: ServiceRequest, email: str, **columns: object) -> Subscription:
    person = made.jurisdiction.people.create(name="")  # type: ignore[attr-defined]
    point = person.contact_points.create(kind="email", value=email, normalized=email)
    defaults = {"jurisdiction": town.city, "contact_point": point, "confirmed_at": app_now()}
    return Subscription.objects.create(**{**defaults, **columns})


def test_a_subscription_of_this_city_matches_where_the_place_may_be_known(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    lamp = factories.asset(town.city, "L1")
    made = factories.routed(town.pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=made.pk).update(asset=lamp)
    made = ServiceRequest.objects.get(pk=made.pk)
    whole = subscription(town, made, "whole@x.example")
    by_asset = subscription(town, made, "asset@x.example", asset=lamp)
    by_service = subscription(town, made, "service@x.example", service=made.service)
    subscription(town, made, "tree@x.example", service=town.tree.service)
    subscription(town, made, "theirs@x.example", jurisdiction=lakeside.city)
    subscription(town, made, "unconfirmed@x.example", confirmed_at=None)
    subscription(town, made, "over@x.example", unsubscribed_at=app_now())
    subscription(town, made, factories.ANA.email)
    assert set(subscriptions.matching(made)) == {whole, by_asset, by_service}
    # Of a service that shows no exact place, an asset would tell it.
    made.service_version.visibility = "area"
    assert set(subscriptions.matching(made)) == {whole, by_service}
    made.public_state = "private"
    assert not subscriptions.matching(made).exists()


def test_what_can_be_followed_is_this_citys_public_and_in_use(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.service(lakeside.city, "pier")
    factories.area(lakeside.city, "bay", "1")
    ward = factories.area(town.city, "ward", "5")
    factories.area(lakeside.city, "ward", "5")
    lamp = factories.asset(town.city, "L1")
    factories.asset(lakeside.city, "L2")
    inside = factories.service(town.city, "inside", visibility="staff")
    Service.objects.filter(pk=town.tree.service_id).update(active=False)

    def target(**query: str) -> follow_target.FollowTarget | None:
        return follow_target.follow_target(town.city, query)

    found = target(service="pothole", area="ward:5")
    assert found is not None
    assert (found.service, found.area) == (town.pothole.service, ward)
    by_asset = target(asset="L1")
    assert by_asset is not None
    assert by_asset.asset == lamp
    near = target(near="40.50000,-69.00000,500")
    assert near is not None
    assert near.radius_m == 500
    for query in (
        *({"service": code} for code in ("pier", "tree", "outreach", inside.service.service_code, "gone")),
        *({"area": code} for code in ("bay:1", "ward:6")),
        {"asset": "L2"},
        {"near": "here"},
        {"collection": "ward:5"},
        {"collection": "bay:1"},
        {},
    ):
        assert target(**query) is None, query
