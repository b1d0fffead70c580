"""A mailed link: a visit changes nothing, the button acts once, and "That wasn’t me" ends it."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client

from requests_app import links
from requests_app.clock import app_now
from requests_app.models import ContactPoint, ModerationTerm, OneTimeLink, Subscription
from requests_app.worker.tasks import drain
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.18", "A16")]

DEV = "dev@press.example"


@pytest.fixture
def path(cast: Rivermark) -> str:
    """The page of the link that somebody had mailed to Dev."""
    answer = Client().post("/follow/?service=pothole", {"email": DEV, "cadence": "daily"})
    assert answer.status_code == 200
    while drain("outside"):
        pass
    (told,) = mail.outbox
    found = re.search(r"http://[^/]+(/c/\S+/)", str(told.body))
    assert found is not None
    return found[1]


def wished() -> Subscription:
    return Subscription.objects.get()


def test_one_press_of_not_me_ends_the_link_and_what_was_asked_for(path: str) -> None:
    page = Client().get(path).content.decode()
    assert "That wasn’t me" in page
    answer = Client().post(path, {"not_me": "1"})
    assert answer.status_code == 200
    assert "The link is canceled." in answer.content.decode()
    assert wished().unsubscribed_at is not None
    assert wished().confirmed_at is None
    later = Client().post(path)
    assert later.status_code == 410
    assert wished().confirmed_at is None
    assert ContactPoint.objects.get(normalized=DEV).verified_at is None, "nobody proved the address"


def test_an_address_that_was_blocked_meanwhile_signs_up_for_nothing(path: str, cast: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind=ModerationTerm.Kind.ADDRESS, value=DEV)
    answer = Client().post(path)
    assert answer.status_code == 403
    assert wished().confirmed_at is None
    assert ContactPoint.objects.get(normalized=DEV).verified_at is None


def test_not_me_is_no_way_to_stop_what_the_address_had_confirmed(path: str) -> None:
    Client().post(path)
    # A stranger enters the address again. Its owner says it wasn't them, and keeps getting updates.
    Client().post("/follow/?service=pothole", {"email": DEV, "cadence": "at_once"})
    again = OneTimeLink.objects.order_by("-id")[0]
    Client().post("/c/" + links.one_time_url(again).split("/c/")[1], {"not_me": "1"})
    assert wished().unsubscribed_at is None
    assert wished().confirmed_at is not None


def test_a_mail_scanner_that_looks_at_it_often_presses_nothing(path: str) -> None:
    for _visit in range(3):
        assert Client().get(path).status_code == 200
        assert Client().head(path).status_code == 200
    assert OneTimeLink.objects.get().used_at is None
    assert wished().confirmed_at is None
    assert Client().post(path).status_code == 200
    assert wished().confirmed_at is not None


def test_a_page_elsewhere_cannot_press_it(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path).status_code == 403
    assert OneTimeLink.objects.get().used_at is None


@pytest.mark.parametrize("press", [{}, {"not_me": "1"}])
def test_used_twice_it_says_so_and_what_to_do(path: str, press: dict[str, str]) -> None:
    Client().post(path)
    answer = Client().post(path, press)
    assert answer.status_code == 410
    html = answer.content.decode()
    assert "This link was already used" in html
    assert "ask for a new one" in html
    assert wished().unsubscribed_at is None


@pytest.mark.parametrize("press", [{}, {"not_me": "1"}])
def test_expired_it_says_so_and_does_nothing(path: str, press: dict[str, str]) -> None:
    set_time(app_now() + dt.timedelta(days=3))
    answer = Client().post(path, press)
    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()
    assert wished().confirmed_at is None


def test_forwarded_to_another_it_confirms_only_the_address_that_it_was_mailed_to(path: str) -> None:
    another = Client()
    another.post(path)
    assert wished().contact_point.normalized == DEV
    assert not another.cookies.get("private_link"), "whoever presses it is let into nothing"
    assert "sessionid" not in another.cookies


def test_the_mail_says_how_to_refuse_and_has_a_part_with_named_links(path: str) -> None:
    told = mail.outbox[0]
    assert "That wasn’t me" in str(told.body)
    html = str(told.alternatives[0][0])  # type: ignore[attr-defined]
    assert "If it was you, open this link and select the button" in html
    assert re.search(rf'<a href="[^"]*{re.escape(path)}"[^>]*>Continue</a>', html)
    assert "That wasn’t me" in html
