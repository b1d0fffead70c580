"""The counter's slip: number, code and promise, and the private link for the person at the counter alone."""

import re

import pytest
from django.test import Client

from requests_app import links
from requests_app.actions.contacts import contacts
from requests_app.models import AccessLink, Contact, ContactRequest, ServiceRequest, User
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def page(user: User, path: str, *, post: bool = False, **data: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    answer = client.post(path, data) if post else client.get(path, data)
    return answer.status_code, answer.content.decode()


def made_at_the_counter(cast: Rivermark, channel: str = "counter") -> tuple[Call, ServiceRequest]:
    call = Call(cast.cal, channel=channel).to_check(cast)
    call.send(create="1", version=str(cast.pothole.pk))
    return call, ServiceRequest.objects.get()


def test_it_has_the_number_the_code_and_the_promise_in_the_persons_language(cast: Rivermark) -> None:
    call, request = made_at_the_counter(cast)
    assert f"/staff/desk/{call.number}/slip/{request.reference}/" in call.html
    contacts.change(call.row, language="es")
    _status, html = page(cast.cal, f"/staff/desk/{call.number}/slip/{request.reference}/")
    slip = re.search(r'<article class="slip slip--receipt" lang="es".*?</article>', html, re.DOTALL)
    assert slip, re.findall("<article[^>]*>", html)
    for part in (request.display_reference, "<svg", "Número de reporte", "lo revisará", f"/r/{request.reference}/"):
        assert part in slip[0], part
    assert "/l/" not in slip[0]
    assert "slip--letter" in page(cast.cal, f"/staff/r/{request.reference}/slip/", size="letter")[1]


def test_the_private_link_is_on_it_only_if_the_person_at_the_counter_wants_it(cast: Rivermark) -> None:
    call, request = made_at_the_counter(cast)
    path = f"/staff/desk/{call.number}/slip/{request.reference}/"
    token = links.token(AccessLink.objects.get(service_request=request))
    assert token not in page(cast.cal, path)[1]
    html = page(cast.cal, path, post=True)[1]
    assert token in html
    assert "Anyone who has it can read your report" in html
    # Nobody else's: another taker, another's report, and none once they have left.
    assert token not in page(factories.staff("Cleo", "call_taker", cast.city), path, post=True)[1]
    other = factories.report(cast.tree, "A branch")
    contacts.link(call.row, other)
    assert page(cast.cal, f"/staff/desk/{call.number}/slip/{other.reference}/", post=True)[0] == 404
    contacts.link(call.row, other, ContactRequest.Role.JOINED)
    theirs = links.token(AccessLink.objects.get(service_request=other))
    assert theirs not in page(cast.cal, f"/staff/desk/{call.number}/slip/{other.reference}/", post=True)[1]
    contacts.close(call.row, Contact.Outcome.REQUEST_MADE)
    assert token not in page(cast.cal, path, post=True)[1]


@pytest.mark.parametrize(
    ("columns", "has"),
    [
        ({}, True),
        ({"channel": "phone"}, False),
        ({"relation": "neighbor"}, False),
        ({"relation": "neighbor", "has_consent": False}, False),
        ({"relation": "neighbor", "has_consent": True}, True),
    ],
)
def test_who_speaks_for_another_needs_their_consent_and_a_voice_on_the_phone_gets_none(
    cast: Rivermark, columns: dict[str, object], has: bool
) -> None:
    call, request = made_at_the_counter(cast)
    contacts.change(call.row, **columns)
    html = page(cast.cal, f"/staff/desk/{call.number}/slip/{request.reference}/", post=True)[1]
    assert ("/l/" in html) is has


def test_a_private_report_has_no_address_without_its_link(cast: Rivermark) -> None:
    request = factories.routed(cast.outreach, "A tent")
    _status, html = page(cast.tom, f"/staff/r/{request.reference}/slip/")
    assert request.display_reference in html
    assert "<svg" not in html.partition('<article class="slip')[2]
    assert page(cast.pia, f"/staff/r/{request.reference}/slip/")[0] == 404
    other = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    client = Client()
    client.force_login(factories.staff("Eve", "supervisor", other))
    assert client.get(f"/staff/r/{request.reference}/slip/", headers={"host": "lakeside.example"}).status_code == 404
