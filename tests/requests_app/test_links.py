"""Private links: derived, never stored, and a wrong one reveals nothing."""

import base64
import datetime as dt
import hashlib
import hmac
import re
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from requests_app import links
from requests_app.clock import app_now
from requests_app.core.logs import mask_links
from requests_app.imports.bulk import copy_rows
from requests_app.models import (
    AccessLink,
    Alarm,
    AlarmCall,
    CitySwitch,
    ContactPoint,
    Event,
    Invitation,
    OneTimeLink,
    User,
)
from requests_app.models.signed_row import SignedRow
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
    assert links.parse_digest_token(token) == links.DigestLink(contact_point.pk, None, contact_point.nonce)
    name, _, secret = token.partition("-")
    nonce = name.rpartition(".")[2]
    forged = {
        "another address": f"{contact_point.pk + 1}.0.{nonce}-{secret}",
        "another subscription": f"{contact_point.pk}.1.{nonce}-{secret}",
        "wrong secret": f"{name}-{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}",
        "no secret": f"{name}-",
    }[change]
    assert links.parse_digest_token(forged) is None


def secret_of(message: str) -> str:
    """As it was before rows had nonces."""
    digest = hmac.new(settings.LINK_KEYS[0].encode(), message.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:26].decode().lower()


def test_links_of_rows_without_a_nonce_open_them_as_before(link: AccessLink) -> None:
    city, tomorrow = link.service_request.jurisdiction, app_now() + dt.timedelta(days=1)
    ana = ContactPoint.objects.get(person=link.person, kind="email")
    tom = User.objects.get(name="Tom")
    once = OneTimeLink.objects.create(
        jurisdiction=city, purpose="sign_in", contact_point=ana, expires_at=tomorrow, nonce=None
    )
    city_switch = CitySwitch.objects.create(user=tom, jurisdiction=city, expires_at=tomorrow, nonce=None)
    invited = Invitation.objects.create(
        jurisdiction=city,
        email="new@rivermark.example",
        role=factories.role(city, "crew"),
        generation=2,
        expires_at=tomorrow,
        nonce=None,
    )
    alarm = Alarm.objects.create(
        jurisdiction=city, service_request=link.service_request, reason="words", started_at=app_now()
    )
    call = AlarmCall.objects.create(alarm=alarm, step=0, round=0, level="desk", channel="email", nonce=None)
    AccessLink.objects.filter(pk=link.pk).update(nonce=None)
    assert links.find_link(f"{link.pk}-{secret_of(f'{link.pk}:follow:1')}") == link
    token = f"{once.pk}-{secret_of(f'once:sign_in:{once.pk}')}"
    assert links.find_one_time_link(token, city) == once
    assert links.find_city_switch(f"{city_switch.pk}-{secret_of(f'city_switch:{city_switch.pk}')}", city) == city_switch
    assert links.find_alarm_call(f"{call.pk}-{secret_of(f'alarm:{call.pk}')}", city) == call
    for generation, is_newest in ((1, False), (2, True)):
        token = f"{invited.pk}-{secret_of(f'invitation:{invited.pk}:{generation}')}"
        assert links.find_invitation(token, city) == (invited, is_newest)
    name = f"{ana.pk}.0"
    old = links.parse_digest_token(f"{name}-{secret_of(f'digest:{name}')}")
    assert old == links.DigestLink(ana.pk, None, None)
    assert not old.is_of(ana), "a row that has its id now"
    ana.nonce = None
    assert old.is_of(ana)


def test_each_new_row_has_a_nonce_of_its_own(link: AccessLink) -> None:
    second = factories.submitted(link.service_request.service_version, answers={"where": "lane"}).link
    assert second is not None
    rows = [
        {"person_id": one.person_id, "service_request_id": one.service_request_id, "purpose": "draft"}
        for one in (link, second)
    ]
    copy_rows(AccessLink, rows)
    nonces = [
        *AccessLink.objects.values_list("nonce", flat=True),
        *ContactPoint.objects.values_list("nonce", flat=True),
    ]
    assert len(nonces) >= 6
    assert None not in nonces
    assert len(set(nonces)) == len(nonces)
    event = Event.objects.filter(kind="submitted").first()
    assert event is not None
    assert event.nonce is None, "no department gets a link for it"


def test_every_statement_that_writes_such_a_row_writes_a_nonce() -> None:
    tables = [model._meta.db_table for model in SignedRow.__subclasses__()]
    statements = [
        statement
        for path in Path("requests_app").rglob("*.py")
        for statement in re.findall(rf"INSERT INTO (?:{'|'.join(tables)}) \(([^)]*)\)", path.read_text())
    ]
    assert len(statements) == 2
    assert all("nonce" in columns.split(", ") for columns in statements)
