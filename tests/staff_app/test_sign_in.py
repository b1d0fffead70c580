"""Staff sign in with email and password; nobody makes an account; a wrong password tells nothing."""

import math
import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core import mail
from django.test import Client, RequestFactory

from requests_app.actions.privacy import expiry
from requests_app.core.cache import breaker
from requests_app.models import LimitCount, User
from staff_app.sign_in import StaffAccountAdapter
from tests.factories import PASSWORD, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("6.1")]
SignIn = Callable[[User], Client]


def sign_in(client: Client, email: str, password: str = PASSWORD) -> bool:
    client.post("/accounts/login/", {"login": email, "password": password})
    return "_auth_user_id" in client.session


def test_email_and_password_lead_to_the_queue(town: Rivermark, client: Client) -> None:
    answer = client.post(
        "/accounts/login/?next=/staff/mine/", {"login": town.tom.email, "password": PASSWORD, "next": "/staff/mine/"}
    )
    assert answer["Location"] == "/staff/mine/"
    answer = Client().post("/accounts/login/", {"login": town.tom.email.upper(), "password": PASSWORD})
    assert answer["Location"] == "/staff/"


def test_no_page_of_ours_sends_people_elsewhere_after_it(town: Rivermark, client: Client) -> None:
    typed = {"login": town.tom.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/accounts/login/", typed)["Location"] == "/staff/"


def test_a_wrong_password_and_an_unknown_address_say_the_same(town: Rivermark) -> None:
    def errors(email: str) -> list[str]:
        page = Client().post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
        return [words.replace(email, "") for words in re.findall(r"<li>(.*?)</li>", page, re.S) if "pass" in words]

    known = errors(town.tom.email)
    assert known
    assert known == errors("nobody@rivermark.example")


def test_who_left_does_not_get_in(town: Rivermark, client: Client) -> None:
    town.tom.is_active = False
    town.tom.save()
    assert not sign_in(client, town.tom.email)


def test_guessing_is_slowed_down(town: Rivermark, client: Client) -> None:
    settings_on = settings.RATE_LIMITS
    assert settings_on
    for _ in range(10):
        sign_in(client, town.tom.email, "wrong")
    assert not sign_in(client, town.tom.email), "after ten wrong ones, the right one waits too"


def test_guessing_is_slowed_down_while_redis_is_down(
    town: Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "open_until", math.inf)
    for _ in range(10):
        sign_in(client, town.tom.email, "wrong")
    assert not sign_in(client, town.tom.email), "counted in PostgreSQL"
    assert LimitCount.objects.exists()
    LimitCount.objects.update(expires_at="2020-01-01T00:00:00Z")
    expiry.sweep()
    assert not LimitCount.objects.exists()


def test_attempts_without_an_address_share_no_count(
    town: Rivermark, rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without Redis, so that only our own count is at work.
    monkeypatch.setattr(breaker, "open_until", math.inf)
    adapter = StaffAccountAdapter()
    for number in range(11):
        # As when somebody signs in again whose account has no primary address. None is refused.
        adapter.pre_authenticate(rf.post("/", REMOTE_ADDR=f"192.0.2.{number}"), password="x")


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(town: Rivermark, client: Client, method: str) -> None:
    typed = {"email": "eve@example.org", "password1": PASSWORD, "password2": PASSWORD}
    answer = getattr(client, method)("/accounts/signup/", typed)
    assert "You can’t sign up here" in answer.content.decode()
    assert not User.objects.filter(email="eve@example.org").exists()


def test_signing_out_takes_a_press(tom: Client) -> None:
    assert tom.get("/accounts/logout/").status_code == 200
    assert tom.get("/staff/").status_code == 200
    tom.post("/accounts/logout/")
    assert tom.get("/staff/").status_code == 302


def test_a_forgotten_password_is_replaced_by_a_mailed_link_once(town: Rivermark, client: Client) -> None:
    answer = client.post("/accounts/password/reset/", {"email": town.tom.email}, follow=True)
    known = answer.content.decode()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [town.tom.email]
    assert mail.outbox[0].subject == "Choose a new password"
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert link
    answer = client.get(link.group(1), follow=True)
    form = answer.redirect_chain[-1][0]
    new = "an entirely other battery"
    client.post(form, {"password1": new, "password2": new})
    assert sign_in(Client(), town.tom.email, new)
    assert not sign_in(Client(), town.tom.email)
    assert "doesn’t work anymore" in Client().get(link.group(1), follow=True).content.decode()
    # The same page for an address that nobody has, and no mail to it.
    other = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert "Check your email" in known
    assert "Check your email" in other.content.decode()
    assert len(mail.outbox) == 1


def test_a_second_step_can_be_switched_on_and_is_then_asked(town: Rivermark, client: Client) -> None:
    assert sign_in(client, town.tom.email)
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert "Enter your password again" in asked.content.decode()
    client.post(asked.redirect_chain[-1][0], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml' in page
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert secret

    def code() -> str:
        counter = next(iter(yield_hotp_counters_from_time()))
        return format_hotp_value(hotp_value(secret.group(1), counter))

    answer = client.post("/accounts/2fa/totp/activate/", {"code": code()})
    assert answer.status_code == 302
    other = Client()
    assert not sign_in(other, town.tom.email)
    page = other.get("/accounts/2fa/authenticate/").content.decode()
    assert "authenticator code" in page
    assert other.get("/staff/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/"],
)
def test_the_pages_at_the_door_are_in_our_design_and_both_languages(town: Rivermark, client: Client, path: str) -> None:
    for prefix, language in (("", "en"), ("/es", "es")):
        page = client.get(prefix + path).content.decode()
        assert f'<html lang="{language}"' in page
        assert "css/staff.css" in page
        assert "<script>" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
        "/staff/profile/",
    ],
)
def test_the_pages_of_ones_own_account_open(town: Rivermark, client: Client, path: str) -> None:
    sign_in(client, town.tom.email)
    page = client.get(path)
    assert page.status_code == 200
    assert "css/staff.css" in page.content.decode()


def test_ones_own_name_and_language(town: Rivermark, tom: Client) -> None:
    assert tom.post("/staff/profile/", {"name": "Tomás", "language": "es"}).status_code == 302
    town.tom.refresh_from_db()
    assert (town.tom.name, town.tom.language) == ("Tomás", "es")
    assert tom.post("/staff/profile/", {"name": "", "language": "xx"}).status_code == 422
