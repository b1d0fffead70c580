"""A passkey as the second step, in a real browser with a virtual authenticator."""

from typing import Any

import pytest

from requests_app.models import Role
from tests.factories import PASSWORD, Rivermark
from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("13.4")]


def test_who_must_have_a_second_step_adds_a_passkey_and_signs_in_with_it(
    town: Rivermark, live_site: Site, page: Any
) -> None:
    Role.objects.filter(code="triage").update(requires_second_step=True)
    # A passkey belongs to a name, not to a number.
    site = live_site.url.replace("127.0.0.1", "localhost")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def sign_in() -> None:
        page.goto(f"{site}/accounts/login/")
        page.fill("[name=login]", town.tom.email)
        page.fill("[name=password]", PASSWORD)
        page.click("form[action*=login] button[type=submit]")

    sign_in()
    page.wait_for_url("**/staff/second-step/")
    page.get_by_role("link", name="Add a passkey or security key").click()
    page.fill("[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.goto(f"{site}/staff/")
    assert page.get_by_role("heading", level=1).is_visible()
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Sign out", exact=True).click()

    sign_in()
    page.wait_for_url("**/2fa/authenticate/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/staff/")
