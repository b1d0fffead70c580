"""Members of a role that requires a second step set it up before anything else."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from requests_app.models import Role, User
from tests.factories import PASSWORD, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.4")]


def test_they_are_led_to_set_it_up_and_can_leave(town: Rivermark) -> None:
    Role.objects.filter(code="triage").update(requires_second_step=True)
    tom = Client()
    tom.post("/accounts/login/", {"login": town.tom.email, "password": PASSWORD})
    for path in ("/staff/", "/staff/mine/", "/staff/setup/", "/staff/review/"):
        assert tom.get(path)["Location"] == "/staff/second-step/"
    assert tom.post("/staff/review/several/")["Location"] == "/staff/second-step/"
    page = tom.get("/staff/second-step/")
    assert page.status_code == 200
    assert "/accounts/2fa/totp/activate/" in page.content.decode()
    for path in ("/staff/profile/", "/accounts/2fa/totp/activate/", "/accounts/logout/"):
        assert not tom.get(path, follow=True).redirect_chain or "2fa" in path, path
        assert tom.get(path, follow=True).status_code == 200, path
    # Recovery codes alone are no second step.
    Authenticator.objects.create(user=town.tom, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    assert tom.get("/staff/").status_code == 302
    Authenticator.objects.create(user=town.tom, type="totp", data={"secret": "x"})
    assert tom.get("/staff/").status_code == 200
    assert tom.get("/staff/second-step/")["Location"] == "/staff/"


def test_others_are_not_asked(town: Rivermark, signed_in: Callable[[User], Client]) -> None:
    Role.objects.filter(code="triage").update(requires_second_step=True)
    assert signed_in(town.pia).get("/staff/").status_code == 200
