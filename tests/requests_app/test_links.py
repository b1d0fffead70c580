"""Private links: derived, never stored, and a wrong one reveals nothing."""

import datetime as dt

import pytest
from pytest_django.fixtures import Settings

from requests_app import links
from requests_app.clock import app_now
from requests_app.logs import mask_links
from requests_app.models import AccessLink, ContactPoint, OneTimeLink
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def link() -> AccessLink:
    town = factories.rivermark()
    found = factories.submitted(town.pothole, answers={"where": "lane"}).link
    assert found is not None
    return found


@pytest.mark.shows("2.7")
def test_its_token_opens_it_and_holds_130_bits(link: AccessLink) -> None:
    token = links.token(link)
    assert links.find_link(token) == link
    assert len(token.split("-")[1]) * 5 == links.SECRET_BITS == 130


@pytest.mark.parametrize("change", ["wrong secret", "another id", "cut", "empty", "junk", "another alphabet"])
def test_a_wrong_one_opens_nothing(link: AccessLink, change: str) -> None:
    number, secret = links.token(link).split("-")
    wrong = {
        "wrong secret": f"{number}-{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}",
        "another id": f"{int(number) + 1}-{secret}",
        "cut": f"{number}-{secret[:20]}",
        "empty": "",
        "junk": "9" * 400 + "-x",
        "another alphabet": f"{number}-{'ñ' * 26}",
    }[change]
    assert links.find_link(wrong) is None


def test_it_opens_until_it_expires(link: AccessLink) -> None:
    token = links.token(link)
    for seconds, opens in ((60, True), (-1, False)):
        AccessLink.objects.filter(pk=link.pk).update(expires_at=app_now() + dt.timedelta(seconds=seconds))
        assert (links.find_link(token) is not None) == opens


def test_a_raised_generation_revokes_it(link: AccessLink) -> None:
    token = links.token(link)
    AccessLink.objects.filter(pk=link.pk).update(generation=2)
    assert links.find_link(token) is None
    assert links.find_link(links.token(AccessLink.objects.get(pk=link.pk))) == link


@pytest.mark.shows("2.7")
def test_keys_rotate_without_breaking_older_links(link: AccessLink, settings: Settings) -> None:
    old = links.token(link)
    settings.LINK_KEYS = ["a new key of more than thirty-two characters", *settings.LINK_KEYS]
    assert links.find_link(old) == link
    assert links.token(link) != old
    settings.LINK_KEYS = settings.LINK_KEYS[:1]
    assert links.find_link(old) is None


def test_it_lives_on_its_jurisdictions_own_host(link: AccessLink) -> None:
    city = link.service_request.jurisdiction
    city.hosts = ["311.rivermark.example"]
    assert links.url(link, city).startswith("http://311.rivermark.example")


def test_logs_mask_it(link: AccessLink) -> None:
    logged = mask_links(None, "info", {"event": f"GET /l/{links.token(link)} 200"})
    assert logged["event"] == f"GET /l/{link.pk}-… 200"


def test_a_one_time_link_opens_in_its_own_city_alone(link: AccessLink) -> None:
    city = link.service_request.jurisdiction
    contact_point = ContactPoint.objects.get(person=link.person, kind="email")
    once = OneTimeLink.objects.create(
        jurisdiction=city, purpose="sign_in", contact_point=contact_point, expires_at=app_now()
    )
    token = links.one_time_url(once).rstrip("/").rpartition("/")[2]
    assert links.find_one_time_link(token, city) == once
    assert links.find_one_time_link(token, factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])) is None


@pytest.mark.parametrize("change", ["another address", "another subscription", "wrong secret", "no secret"])
def test_a_digests_unsubscribe_link_is_of_one_address_and_one_subscription(link: AccessLink, change: str) -> None:
    contact_point = ContactPoint.objects.get(person=link.person, kind="email")
    token = links.digest_token(contact_point, None)
    assert links.parse_digest_token(token) == (contact_point.pk, 0)
    secret = token.partition("-")[2]
    forged = {
        "another address": f"{contact_point.pk + 1}.0-{secret}",
        "another subscription": f"{contact_point.pk}.1-{secret}",
        "wrong secret": f"{contact_point.pk}.0-{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}",
        "no secret": f"{contact_point.pk}.0-",
    }[change]
    assert links.parse_digest_token(forged) is None
