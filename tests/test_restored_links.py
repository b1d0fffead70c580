"""A restored database hands out the same ids again: no link of before the restore opens what has its id now.

A table of all kinds of links: each address that is marked as secret, and the cookies that hold somebody's way in.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmation, get_emailconfirmation_model
from allauth.account.utils import user_pk_to_url_str
from django.core.management import call_command
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from requests_app import links
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import drafts
from requests_app.actions.setup import draft_links, service_drafts
from requests_app.actions.shared import verify_email
from requests_app.api.open311.tokens import token_of
from requests_app.clock import app_now
from requests_app.core import secret_addresses
from requests_app.models import (
    AccessLink,
    Alarm,
    AlarmCall,
    CitySwitch,
    ContactPoint,
    Department,
    Draft,
    Event,
    Invitation,
    OneTimeLink,
    Participation,
    ServiceDraft,
    ServiceDraftLink,
    ServiceRequest,
    Subscription,
    User,
)
from requests_app.rules.setup.catalog_rows import written_service
from requests_app.web import resident
from tests import factories
from tests.restored import restored

pytestmark = pytest.mark.shows("5.44")

# An address of its own, whose attempts no other test has counted.
STRANGER = "198.51.100.96"


@dataclass
class Owner:
    """Somebody with a row of each kind, by the name of its address."""

    name: str
    user: User
    link: AccessLink
    address: ContactPoint
    # Of a department that works by email: what brought a request there.
    event: Event
    alarm_call: AlarmCall
    subscription: Subscription
    one_time_link: OneTimeLink
    invitation: Invitation
    city_switch: CitySwitch
    draft_link: ServiceDraftLink
    staff_address: EmailAddress
    draft: Draft

    @property
    def request(self) -> ServiceRequest:
        return self.link.service_request


def owner(town: factories.Rivermark, name: str) -> Owner:
    tomorrow = app_now() + dt.timedelta(days=1)
    sent = factories.submitted(
        town.outreach, f"{name} sleeps in the park", reporter=Reporter(email=f"{name}@example.org")
    )
    assert sent.link is not None
    address = ContactPoint.objects.get(person=sent.link.person)
    hole = factories.report(town.pothole, f"{name} fell", answers={"where": "lane"})
    factories.run_worker()
    hole.refresh_from_db()
    alarm = Alarm.objects.create(
        jurisdiction=town.city, service_request=sent.service_request, reason="words", started_at=app_now()
    )
    subscription = Subscription.objects.create(
        jurisdiction=town.city, contact_point=address, label=name, confirmed_at=app_now()
    )
    user = factories.staff(name, "crew", town.city)
    return Owner(
        name,
        user,
        sent.link,
        address,
        Event.objects.get(service_request=hole, kind="routed"),
        AlarmCall.objects.create(
            alarm=alarm, step=0, round=0, level="desk", callee_key=name, name=name, channel="email"
        ),
        subscription,
        verify_email.send_link(address, OneTimeLink.Purpose.SIGN_IN),
        Invitation.objects.create(
            jurisdiction=town.city,
            email=f"new.{name}@example.org",
            role=factories.role(town.city, "crew"),
            expires_at=tomorrow,
        ),
        CitySwitch.objects.create(user=user, jurisdiction=town.city, expires_at=tomorrow),
        draft_links.share(service_draft(town, name, user), actor=user),
        EmailAddress.objects.create(user=user, email=f"new.{user.email}"),
        drafts.create(town.city, visitor="0" * 32, language="en", problem=f"{name} drafts"),
    )


def service_draft(town: factories.Rivermark, name: str, actor: User) -> ServiceDraft:
    written = written_service(town.pothole.service)
    return service_drafts.create(town.city, written | {"service_code": f"of-{name}"}, actor=actor)


# --- The table --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """row: what the link signs. path: its address. opens: whether asking for a path did something with the owner's row."""

    row: Callable[[Owner], models.Model]
    path: Callable[[Owner], str]
    opens: Callable[[Owner, str], bool]
    # Ids are numbers in a row; a draft's is random.
    repeats_ids: bool = True


def leads_to_report(one: Owner, path: str) -> bool:
    return f"/r/{one.request.reference}/" in Client(REMOTE_ADDR=STRANGER).get(path).get("Location", "")


def answers(status: int) -> Callable[[Owner, str], bool]:
    return lambda _one, path: Client(REMOTE_ADDR=STRANGER).get(path).status_code == status


def unsubscribes(one: Owner, path: str) -> bool:
    Client(REMOTE_ADDR=STRANGER).post(path)
    return Participation.objects.filter(person=one.link.person).exclude(unsubscribed_at=None).exists()


def ends_subscription(one: Owner, path: str) -> bool:
    Client(REMOTE_ADDR=STRANGER).post(path)
    return Subscription.objects.filter(pk=one.subscription.pk).exclude(unsubscribed_at=None).exists()


def of_report(name: str, *more: str) -> Callable[[Owner], str]:
    return lambda one: reverse(f"requests_app:{name}", args=[links.token(one.link), *more])


def of_department(one: Owner) -> str:
    assert one.event.service_request is not None
    department = Department.objects.get(pk=one.event.data["department_id"])
    return links.department_url(links.DepartmentLink(one.event, department, "accept"))


def of_password(one: Owner) -> str:
    arguments = {"uidb36": user_pk_to_url_str(one.user), "key": default_token_generator.make_token(one.user)}
    return reverse("account_reset_password_from_key", kwargs=arguments)


def of_staff_address(one: Owner) -> str:
    confirmation = get_emailconfirmation_model().create(one.staff_address)
    EmailConfirmation.objects.filter(key=confirmation.key).update(sent=app_now())
    return reverse("account_confirm_email", args=[confirmation.key])


def confirms(one: Owner, path: str) -> bool:
    Client(REMOTE_ADDR=STRANGER).post(path)
    return EmailAddress.objects.filter(pk=one.staff_address.pk, verified=True).exists()


KINDS: dict[str, Kind] = {
    "private_link": Kind(lambda o: o.link, of_report("private_link"), leads_to_report),
    "survey_link": Kind(lambda o: o.link, of_report("survey_link", "no"), leads_to_report),
    "keep_private_link": Kind(lambda o: o.link, of_report("keep_private_link"), leads_to_report),
    "unsubscribe_link": Kind(lambda o: o.link, of_report("unsubscribe_link"), unsubscribes),
    "unsubscribe_digest_link": Kind(
        lambda o: o.subscription,
        lambda o: reverse("requests_app:unsubscribe_digest_link", args=[links.digest_token(o.address, o.subscription)]),
        ends_subscription,
    ),
    "verify": Kind(lambda o: o.one_time_link, lambda o: links.one_time_url(o.one_time_link), answers(200)),
    "alarm": Kind(lambda o: o.alarm_call, lambda o: links.alarm_url(o.alarm_call), answers(200)),
    "invitation": Kind(lambda o: o.invitation, lambda o: links.invitation_url(o.invitation), answers(200)),
    "arrive": Kind(lambda o: o.city_switch, lambda o: links.city_switch_url(o.city_switch), answers(200)),
    "shared_preview": Kind(lambda o: o.draft_link, lambda o: links.service_draft_url(o.draft_link), answers(200)),
    "department_link": Kind(lambda o: o.event, of_department, answers(200)),
    "resume": Kind(lambda o: o.draft, lambda o: links.draft_url(o.draft), answers(200), repeats_ids=False),
    # Signs the hash of the password, too.
    "account_reset_password_from_key": Kind(lambda o: o.user, of_password, answers(302)),
    # Signs the number of the report, which is random.
    "open311_token": Kind(
        lambda o: o.request, lambda o: f"/open311/v2/tokens/{token_of(o.request)}.json", answers(200)
    ),
    # A random key of its own. The last one, since it changes the user.
    "account_confirm_email": Kind(lambda o: o.staff_address, of_staff_address, confirms),
}
# Signs no row, and opens nothing once there is a city; a random token of the city; and an address that ends with the session.
WITHOUT_ROW = {"first_run", "call_event", "ring"}


def resident_cookie(one: Owner) -> dict[str, str]:
    response = resident.sign_in(HttpRequest(), HttpResponse(), one.address)
    return {resident.COOKIE: response.cookies[resident.COOKIE].value}


def staff_cookie(one: Owner) -> dict[str, str]:
    client = Client(REMOTE_ADDR=STRANGER)
    client.force_login(one.user)
    return {"session": client.cookies["session"].value}


# By the page that they open.
COOKIES: dict[str, Callable[[Owner], dict[str, str]]] = {
    "/my/contact/": resident_cookie,
    "/staff/profile/": staff_cookie,
}


def opens_page(path: str, cookies: dict[str, str]) -> bool:
    client = Client(REMOTE_ADDR=STRANGER)
    for name, value in cookies.items():
        client.cookies[name] = value
    return client.get(path).status_code == 200


@contextmanager
def database(name: str) -> Iterator[None]:
    """Lets Django use another database."""
    kept = connection.settings_dict["NAME"]

    def change(name: str) -> None:
        connection.close()
        connection.close_pool()
        connection.settings_dict["NAME"] = name

    change(name)
    try:
        yield
    finally:
        change(kept)


@pytest.mark.django_db(transaction=True)
def test_no_link_from_before_a_restore_opens_the_row_that_has_its_id_now(tmp_path: Path) -> None:
    town = factories.rivermark()
    Department.objects.filter(pk=town.streets.pk).update(works_by_email=True, email="streets@roads.example")
    bea = owner(town, "Bea")
    kept = {name: urlsplit(kind.path(bea)).path for name, kind in KINDS.items()}
    dump = tmp_path / "backup.sql.gz"
    call_command("dump_database", str(dump), verbosity=0)
    zoe = owner(town, "Zoe")
    lost = {name: urlsplit(kind.path(zoe)).path for name, kind in KINDS.items()}
    ids = {name: kind.row(zoe).pk for name, kind in KINDS.items()}
    lost_cookies = {page: cookies(zoe) for page, cookies in COOKIES.items()}
    with restored(dump) as copy, database(copy.name):
        yan = owner(town, "Yan")
        for name, kind in KINDS.items():
            assert (kind.row(yan).pk == ids[name]) == kind.repeats_ids, name
            assert not kind.opens(yan, lost[name]), f"{name} of somebody else"
            assert kind.opens(yan, urlsplit(kind.path(yan)).path), f"{name}: the test asks for the right thing"
            assert kind.opens(bea, kept[name]), f"{name} of before the backup"
        assert yan.address.pk == zoe.address.pk
        for page, cookies in COOKIES.items():
            own = cookies(yan)
            assert not opens_page(page, lost_cookies[page]), page
            assert opens_page(page, own), page


def test_every_address_with_a_secret_is_in_the_table() -> None:
    assert get_resolver().url_patterns
    assert secret_addresses.names() == KINDS.keys() | WITHOUT_ROW
