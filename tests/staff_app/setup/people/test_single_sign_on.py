"""Single sign-on against a provider in a process of its own: groups are roles, and who is removed there is out here."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from requests_app.actions.people import sign_ins
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, Role, SetupChange, SignInAccount, SignInProvider, User
from requests_app.openid import LOGOUT_EVENT, with_userinfo
from tests import factories
from tests.factories import PASSWORD, Rivermark
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, PERSON, Provider

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4", "13.11")]
SETUP = "/staff/setup/sign-in/"


@pytest.fixture(scope="module")
def _process() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(_process: Provider) -> Provider:
    _process.control(person=PERSON, removed=False, wrong="", down=False, has_other_key=False)
    return _process


@pytest.fixture
def set_up(town: Rivermark, ada: Client, provider: Provider) -> SignInProvider:
    """By Ada, in the browser: the provider, and a group that triages for Streets."""
    typed = {
        "name": "Rivermark ID",
        "server_url": provider.url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "groups_claim": "groups",
        "active": "on",
    }
    assert ada.post(SETUP, typed).status_code == 302
    triage = factories.role(town.city, "triage")
    group = {"add_group": "1", "group": "311-triage", "role": triage.pk, "department": town.streets.pk}
    assert ada.post(SETUP, group).status_code == 302
    return SignInProvider.objects.get()


def come_back(client: Client, provider: Provider) -> str:
    """Through the provider to the address with the code."""
    there = client.get("/staff/sign-in/")["Location"]
    back = urlsplit(provider.authorize(there))
    return f"{back.path}?{back.query}"


def sign_in(provider: Provider, client: Client | None = None) -> Client:
    client = client or Client()
    client.get(come_back(client, provider))
    return client


def is_in(client: Client) -> bool:
    return client.get("/staff/").status_code == 200


def nia() -> User:
    return User.objects.get(email=PERSON["email"])


def age(minutes: int) -> None:
    SignInAccount.objects.update(checked_at=app_now() - dt.timedelta(minutes=minutes))


def test_a_group_gives_its_role_and_the_sign_in_page_has_the_button(set_up: Any, provider: Provider) -> None:
    page = Client().get("/accounts/login/?next=/staff/mine/").content.decode()
    assert "Sign in with Rivermark ID" in page
    client = Client()
    answer = client.get(come_back(client, provider))
    assert answer["Location"] == "/staff/"
    assert is_in(client)
    membership = nia().memberships.get()
    assert (membership.role.code, str(membership.department), membership.is_from_group) == ("triage", "Streets", True)
    assert (nia().name, nia().has_usable_password()) == ("Nia Park", False)


def test_the_secret_is_in_no_page_and_no_log_of_setup(set_up: SignInProvider, ada: Client) -> None:
    assert CLIENT_SECRET not in set_up.client_secret
    assert CLIENT_SECRET not in ada.get(SETUP).content.decode()
    changes = list(SetupChange.objects.filter(kind="sign_in").values_list("before", "after", "note"))
    assert changes
    assert CLIENT_SECRET not in str(changes)


def test_without_a_mapped_group_nobody_gets_in(set_up: Any, provider: Provider) -> None:
    provider.control(person={**PERSON, "groups": ["gardeners"]})
    client = Client()
    page = client.get(come_back(client, provider), follow=True).content.decode()
    assert "Your account has no role here" in page
    assert not User.objects.filter(email=PERSON["email"]).exists()


@pytest.mark.parametrize(
    "wrong",
    ["issuer", "audience", "age", "nonce", "none", "secret", "signature", "party", "parties", "moved", "large"],
)
def test_a_token_that_is_not_right_opens_nothing(set_up: Any, provider: Provider, wrong: str) -> None:
    provider.control(wrong=wrong)
    client = Client()
    answer = client.get(come_back(client, provider))
    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)
    assert not SignInAccount.objects.exists()


def test_a_key_of_a_kind_that_we_do_not_know_stops_nobody(set_up: Any, provider: Provider) -> None:
    provider.control(has_other_key=True)
    assert is_in(sign_in(provider))


def test_an_answer_works_once_and_in_its_own_browser(set_up: Any, provider: Provider) -> None:
    client, thief = Client(), Client()
    back = come_back(client, provider)
    come_back(thief, provider)
    thief.get(back)
    assert not is_in(thief), "its state is another"
    client.get(back)
    assert is_in(client)
    again = Client()
    again.get(back)
    assert not is_in(again)


def test_groups_are_mapped_again_at_each_sign_in(set_up: SignInProvider, town: Rivermark, provider: Provider) -> None:
    ada, crew = town.ada, factories.role(town.city, "crew")
    sign_ins.add_group(set_up, group="crews", role=crew, department=town.parks, actor=ada)
    sign_in(provider)
    provider.control(person={**PERSON, "groups": ["crews"]})
    sign_in(provider)
    assert [one.role.code for one in nia().memberships.all()] == ["crew"]


def test_who_is_removed_there_is_out_at_the_next_check(set_up: Any, provider: Provider) -> None:
    client = sign_in(provider)
    age(30)
    factories.run_part("check_sign_ins")
    assert is_in(client), "still there"
    provider.control(removed=True)
    factories.run_part("check_sign_ins")
    assert is_in(client), "asked a moment ago"
    age(30)
    factories.run_part("check_sign_ins")
    assert not is_in(client)
    assert not nia().is_active
    assert not nia().memberships.exists()
    # Back there, back here.
    provider.control(removed=False)
    assert is_in(sign_in(provider))


def test_who_left_all_mapped_groups_is_out_and_a_role_given_by_hand_stays(
    set_up: Any, town: Rivermark, provider: Provider, ada: Client
) -> None:
    client = sign_in(provider)
    ada.post(f"/staff/setup/people/{nia().pk}/", {"role": factories.role(town.city, "crew").pk})
    provider.control(person={**PERSON, "groups": []})
    age(30)
    sign_ins.check_due()
    assert not is_in(client)
    assert [one.role.code for one in nia().memberships.all()] == ["crew"]


def test_while_the_provider_is_silent_people_stay_for_an_hour_and_no_longer(set_up: Any, provider: Provider) -> None:
    client = sign_in(provider)
    provider.control(down=True)
    age(30)
    sign_ins.check_due()
    assert is_in(client)
    age(56)
    sign_ins.check_due()
    assert not is_in(client)
    assert nia().is_active
    provider.control(down=False)
    assert is_in(sign_in(provider))


def test_a_signed_logout_token_ends_the_sessions_once(set_up: Any, provider: Provider) -> None:
    client = sign_in(provider)
    good = {"sub": "u-1", "sid": "s-1", "events": {LOGOUT_EVENT: {}}}

    def send(token: str) -> int:
        return Client(enforce_csrf_checks=True).post("/staff/sign-in/logout/", {"logout_token": token}).status_code

    for bad in (
        {"sub": "u-1", "sid": "s-1"},
        {**good, "nonce": "x"},
        {"events": good["events"]},
        {**good, "jti": None},
    ):
        assert send(provider.logout_token(**bad)) == 400
    for wrong in ("issuer", "audience", "age", "none", "secret", "signature"):
        provider.control(wrong=wrong)
        assert send(provider.logout_token(**good)) == 400
    provider.control(wrong="")
    assert is_in(client)
    token = provider.logout_token(**good)
    assert send(token) == 200
    assert not is_in(client)
    again = sign_in(provider)
    assert send(token) == 400
    assert is_in(again), "a replay ends nothing"


def test_a_password_does_not_go_around_the_provider(set_up: Any, provider: Provider) -> None:
    sign_in(provider)
    user = nia()
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    page = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, follow=True).content.decode()
    assert "Use “Sign in with Rivermark ID.”" in page
    assert not is_in(client)


def test_a_provider_does_not_open_an_account_of_another_city_or_one_that_ended(
    set_up: Any, town: Rivermark, provider: Provider, ada: Client
) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    Jurisdiction.objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    eve = factories.staff("Eve", "crew", there)
    ada.post(f"/staff/setup/people/{town.dev.pk}/end/")
    for person in (eve, town.dev):
        provider.control(person={**PERSON, "sub": f"u-{person.pk}", "email": person.email})
        client = Client()
        assert "already has an account" in client.get(come_back(client, provider), follow=True).content.decode()
        assert not is_in(client)


# --- An account that was here before ---------------------------------------------------------------------------------------

# What isn't JSON's true: the provider didn't verify the address, or doesn't say.
UNPROVED: list[Any] = [None, False, "false", "true", 1, [True]]


def of(user: User, verified: Any, **claims: Any) -> dict[str, Any]:
    """Nia's account at the provider, with the address of somebody here. verified: None leaves it out."""
    person = {**PERSON, "email": user.email, **claims}
    del person["email_verified"]
    return person if verified is None else {**person, "email_verified": verified}


def next_page(answer: Any) -> str:
    """Where the sign-in page leads to."""
    return parse_qs(urlsplit(answer["Location"]).query)["next"][0]


def with_password(client: Client, user: User, following: str) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": PASSWORD, "next": following})


def add_second_step(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def test_a_verified_address_opens_its_account(set_up: Any, town: Rivermark, provider: Provider) -> None:
    provider.control(person=of(town.pia, True))
    assert is_in(sign_in(provider))
    assert SignInAccount.objects.get().user == town.pia


@pytest.mark.parametrize("verified", UNPROVED, ids=repr)
def test_without_its_providers_true_an_address_opens_nothing_until_its_owner_signed_in(
    set_up: Any, town: Rivermark, provider: Provider, verified: Any
) -> None:
    provider.control(person=of(town.pia, verified))
    roles = set(town.pia.memberships.values_list("role__code", flat=True))
    client = Client()
    answer = client.get(come_back(client, provider))
    asked = client.get(answer["Location"]).content.decode()
    assert "already has an account here" in asked
    # The provider's button would only lead back here.
    assert 'href="/staff/sign-in/' not in asked
    assert 'href="/staff/sign-in/?next=' in Client().get("/staff/", follow=True).content.decode()
    assert not is_in(client)
    assert not SignInAccount.objects.exists()
    # By their own password, on the page that said so.
    done = client.get(with_password(client, town.pia, next_page(answer))["Location"], follow=True)
    assert "Your account is connected" in done.content.decode()
    account = SignInAccount.objects.get()
    assert (account.user, account.subject) == (town.pia, "u-1")
    assert set(town.pia.memberships.values_list("role__code", flat=True)) == roles | {"triage"}
    # Once: from now on the subject is known, whatever address comes with it.
    provider.control(person={**of(town.pia, verified), "email": town.ada.email})
    later = sign_in(provider)
    assert is_in(later)
    assert later.get("/staff/profile/").context["user"] == town.pia


def test_the_wrong_person_or_the_wrong_page_connects_nothing(set_up: Any, town: Rivermark, provider: Provider) -> None:
    provider.control(person=of(town.pia, None))
    client = Client()
    answer = client.get(come_back(client, provider))
    page = client.get(with_password(client, town.tom, next_page(answer))["Location"], follow=True).content.decode()
    assert "Your account wasn’t connected" in page
    # Pia signs in at this computer without having seen what waits, or with another link.
    for following in ("/staff/", "/staff/sign-in/connect/?key=guessed", "/staff/sign-in/connect/"):
        client = Client()
        client.get(come_back(client, provider))
        client.get(with_password(client, town.pia, following)["Location"], follow=True)
        assert is_in(client)
    # Too late.
    client = Client()
    answer = client.get(come_back(client, provider))
    session = client.session
    session["unconnected_sign_in"] |= {"at": session["unconnected_sign_in"]["at"] - 601}
    session.save()
    client.get(with_password(client, town.pia, next_page(answer))["Location"], follow=True)
    assert not SignInAccount.objects.exists()


def test_a_session_that_was_left_open_connects_nothing(set_up: Any, town: Rivermark, provider: Provider) -> None:
    client = Client()
    client.force_login(town.pia)
    provider.control(person=of(town.pia, None))
    answer = client.get(come_back(client, provider))
    assert not is_in(client)
    assert client.get(next_page(answer))["Location"].startswith("/accounts/login/")
    assert not SignInAccount.objects.exists()


@pytest.mark.parametrize("verified", [True, None])
def test_a_second_step_is_asked_before_an_account_is_connected(
    set_up: Any, town: Rivermark, provider: Provider, verified: Any
) -> None:
    secret = add_second_step(town.pia)
    provider.control(person=of(town.pia, verified))
    client = Client()
    following = next_page(client.get(come_back(client, provider)))
    assert not is_in(client)
    asked = with_password(client, town.pia, following)
    assert asked["Location"].startswith("/accounts/2fa/authenticate/")
    client.get(following)
    assert not SignInAccount.objects.exists(), "the password alone is half of it"
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    done = client.get(client.post(asked["Location"], {"code": code})["Location"], follow=True)
    assert "Your account is connected" in done.content.decode()
    assert SignInAccount.objects.get().user == town.pia
    assert is_in(sign_in(provider))


def test_a_second_step_that_the_role_requires_is_set_up_first(set_up: Any, town: Rivermark, provider: Provider) -> None:
    Role.objects.filter(memberships__user=town.pia).update(requires_second_step=True)
    provider.control(person=of(town.pia, True))
    client = Client()
    following = next_page(client.get(come_back(client, provider)))
    answer = client.get(with_password(client, town.pia, following)["Location"])
    assert answer["Location"] == "/staff/second-step/"
    assert not SignInAccount.objects.exists()


@pytest.mark.parametrize("said", [*({"email_verified": one} for one in (False, "false", "no", 0)), {"email": ""}])
def test_a_new_address_that_is_not_verified_gets_no_account(
    set_up: Any, town: Rivermark, provider: Provider, said: dict[str, Any]
) -> None:
    provider.control(person={**PERSON, **said})
    client = Client()
    page = client.get(come_back(client, provider), follow=True).content.decode()
    assert "didn’t send a confirmed email address" in page
    assert not User.objects.filter(email__in=["", PERSON["email"]]).exists()


def test_what_was_verified_is_the_address_that_it_was_said_of() -> None:
    token, page = {"sub": "u-1", "email": "pia@a.example"}, {"sub": "u-1", "email_verified": True, "name": "Nia"}
    other = {**page, "email": "nia@a.example"}
    assert with_userinfo(token, other) == {"sub": "u-1", "email": "pia@a.example", "name": "Nia"}
    assert with_userinfo(token, {**page, "email": "pia@a.example"})["email_verified"] is True
    assert with_userinfo({"sub": "u-1"}, other)["email_verified"] is True
    assert with_userinfo(token, {**page, "sub": "u-2"}) == token


def test_a_subject_is_known_at_its_own_provider_alone(
    set_up: SignInProvider, town: Rivermark, provider: Provider
) -> None:
    """Another city's provider calls somebody u-1, too."""
    sign_in(provider)
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    Jurisdiction.objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    other = SignInProvider.objects.create(
        jurisdiction=there, name="Elsewhere ID", server_url=provider.url, client_id="x", active=True
    )
    sign_ins.add_group(other, group="crews", role=factories.role(there, "crew"), department=None, actor=town.ada)
    claims = {"sub": "u-1", "groups": ["crews"], "email": "u1@elsewhere.example", "email_verified": True}
    user = sign_ins.sign_in(other, claims, "")
    assert user != nia()
    with pytest.raises(sign_ins.NotTheirs):
        sign_ins.sign_in(other, {**claims, "sub": "u-2", "email": nia().email}, "")


def test_the_button_tries_it_and_says_what_happened(set_up: SignInProvider, ada: Client, provider: Provider) -> None:
    page = ada.post(SETUP, {"try": "1"}).content.decode()
    assert f"{provider.url} answers." in page
    assert "publishes 1 key to check" in page
    SignInProvider.objects.update(server_url="http://127.0.0.1:9")
    assert "nothing answers there" in ada.post(SETUP, {"try": "1"}).content.decode()
    SignInProvider.objects.update(server_url=provider.url.replace("127.0.0.1", "localhost"))
    assert "it identifies itself with another address" in ada.post(SETUP, {"try": "1"}).content.decode()


def test_a_plain_address_is_refused(town: Rivermark, ada: Client) -> None:
    typed = {"name": "X", "server_url": "http://login.city.example", "client_id": "x", "groups_claim": "groups"}
    answer = ada.post(SETUP, typed)
    assert answer.status_code == 422
    assert "begins with https://" in answer.content.decode()


def test_a_role_that_a_group_gives_is_not_removed(set_up: Any, town: Rivermark, ada: Client) -> None:
    role = Role.objects.get(jurisdiction=town.city, code="triage")
    town.tom.memberships.all().delete()
    ada.post(f"/staff/setup/roles/{role.pk}/remove/")
    assert Role.objects.filter(pk=role.pk).exists()
