"""Limits on email to one inbox: other spellings of its address share the same count."""

import re

import pytest
from django.core import mail
from django.test import Client

from requests_app.actions.privacy import expiry
from requests_app.models import ContactPoint, Message, ModerationTerm, OneTimeLink, Person, ServiceVersion
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.account.test_my import forward
from tests.resident import run_outbox, signed_in
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.44")]

VICTIM, THROWAWAY = "victim@example.org", "throwaway@example.org"


@pytest.fixture
def swings(cast: Rivermark) -> ServiceVersion:
    return factories.service(cast.city, "swings", must_confirm=True, duplicate_policy="never")


def write(swings: ServiceVersion, email: str = VICTIM) -> Walk:
    """A report in somebody's name, which waits for the link in its mail."""
    walk = Walk(Client()).begin("The third swing hangs").on("service", service=swings.service.service_code)
    walk.on("location", address="12 Elm St").on("details/1", text="The third swing hangs")
    assert walk.on("contact", email=email, language="en").send().at == "sent"
    return walk


def mails_to(address: str) -> list[mail.EmailMessage]:
    return [one for one in run_outbox() if one.to == [address]]


def not_me(told: mail.EmailMessage) -> None:
    path = re.search(r"http://[^/]+(/c/\S+/)", str(told.body))
    assert path is not None
    assert Client().post(path[1], {"not_me": "1"}).status_code == 200


def test_another_address_in_between_does_not_begin_the_count_anew(swings: ServiceVersion) -> None:
    went = 0
    for number in range(7):
        walk = write(swings)
        went += len(mails_to(VICTIM))
        walk.on("resend-confirmation", email=f"{number}{THROWAWAY}")
        assert mails_to(f"{number}{THROWAWAY}")
    assert went == 5


@pytest.mark.slow
def test_that_was_not_me_does_not_begin_the_count_anew(swings: ServiceVersion) -> None:
    went = 0
    for _report in range(7):
        write(swings)
        told = mails_to(VICTIM)
        went += len(told)
        for one in told:
            not_me(one)
    assert went == 5


def test_of_whoever_it_was_not_nothing_but_the_address_is_kept_for_a_month(swings: ServiceVersion) -> None:
    write(swings)
    (told,) = mails_to(VICTIM)
    not_me(told)
    person = Person.objects.get()
    assert (person.name, person.postal_address, person.participations.count()) == ("", "", 0)
    assert Message.objects.get().service_request is None
    assert not OneTimeLink.objects.exists()
    forward(days=29)
    expiry.sweep()
    assert ContactPoint.objects.exists()
    forward(days=2)
    expiry.sweep()
    assert not Person.objects.exists()
    assert not Message.objects.exists()


def test_who_asked_for_another_address_and_never_pressed_its_link_leaves_it_no_longer_than_that(
    cast: Rivermark,
) -> None:
    factories.report(cast.tree, "A branch.")
    client = signed_in()
    client.post("/my/contact/", {"email": THROWAWAY})
    assert mails_to(THROWAWAY)
    forward(days=29)
    expiry.sweep()
    assert ContactPoint.objects.filter(normalized=THROWAWAY).exists()
    forward(days=2)
    expiry.sweep()
    assert not ContactPoint.objects.filter(normalized=THROWAWAY).exists()
    assert ContactPoint.objects.filter(normalized="ana@example.org").exists(), "a report is theirs"


def test_a_listed_address_is_refused_as_another_one_of_ones_own(cast: Rivermark) -> None:
    factories.report(cast.tree, "A branch.")
    client = signed_in()
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="address", value="@spam.example")
    answer = client.post("/my/contact/", {"email": "x@spam.example"})
    assert answer.status_code == 422
    assert "We can’t accept reports from this email address." in answer.content.decode()
    assert not OneTimeLink.objects.filter(purpose="change").exists()
    assert run_outbox() == []


def test_the_sweep_of_an_old_mail_does_not_begin_the_count_of_todays_anew(cast: Rivermark) -> None:
    factories.report(cast.tree, "A branch.")
    for later in ({"days": 29, "hours": 23, "minutes": 40}, {"minutes": 40}):
        signed_in().post("/my/contact/", {"email": THROWAWAY})
        assert mails_to(THROWAWAY)
        forward(**later)
        expiry.sweep()
    assert ContactPoint.objects.filter(normalized=THROWAWAY).exists()
    assert Message.objects.filter(kind="link_change").count() == 2
