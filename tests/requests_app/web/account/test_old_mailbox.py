"""After a change of email address, links sent to the old address no longer open the account."""

import pytest
from django.test import Client

from requests_app.models import OneTimeLink, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.account.test_my import page
from tests.requests_app.web.account.test_my_data import ask_to_change
from tests.resident import ANA, asked, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.44")]

NEW = "ana.new@example.org"


@pytest.fixture
def anas(cast: Rivermark) -> ServiceRequest:
    return factories.report(cast.tree, "A branch.")


def change(client: Client) -> None:
    assert client.post(ask_to_change(client, NEW)).status_code == 302
    assert NEW in page(client)


def test_who_is_signed_in_elsewhere_with_the_old_address_is_so_no_longer(anas: ServiceRequest) -> None:
    elsewhere = signed_in()
    assert anas.display_reference in page(elsewhere)
    here = signed_in()
    change(here)
    for path in ("/my/", "/my/contact/", f"/my/r/{anas.reference}/"):
        html = page(elsewhere, path)
        assert NEW not in html
        assert anas.display_reference not in html
    assert elsewhere.get("/my/contact/").status_code == 302
    assert anas.display_reference in page(here), "this one proved the new address"


@pytest.mark.parametrize("address", [ANA, NEW])
def test_a_link_that_waits_in_the_old_mailbox_signs_in_nobody(anas: ServiceRequest, address: str) -> None:
    old = Client()
    path = asked(old)
    change(signed_in())
    for browser, data in ((old, {}), (Client(), {"email": address})):
        assert browser.post(path, data).status_code == 410
        assert anas.display_reference not in page(browser)


def test_a_link_by_which_the_old_address_would_become_somebodys_ends_too(cast: Rivermark, anas: ServiceRequest) -> None:
    factories.report(cast.tree, "A twig.", reporter=factories.Reporter(email="bo@example.org"))
    bo = signed_in("bo@example.org")
    path = ask_to_change(bo, ANA)
    change(signed_in())
    assert OneTimeLink.objects.filter(purpose="change", used_at=None).count() == 1
    assert bo.post(path).status_code == 410
    assert anas.display_reference not in page(bo)


def test_links_to_the_new_address_go_on_working(anas: ServiceRequest) -> None:
    client = signed_in()
    change(client)
    assert anas.display_reference in page(signed_in(NEW))
