"""Practice: staff send a report on the residents' own pages, and it reaches nobody else."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from requests_app.actions.following import subscriptions
from requests_app.actions.shared import counters
from requests_app.models import (
    Counter,
    CounterDelta,
    Draft,
    OutboxRow,
    PublicState,
    ScreeningCount,
    SearchDocument,
    Service,
    ServiceRequest,
    ServiceTest,
    User,
)
from requests_app.rules.following.follow_target import FollowTarget
from requests_app.rules.setup import go_live
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.2")]
SignIn = Callable[[User], Client]
PAGE = "/staff/setup/services/pothole/go-live/"
WORDS = "Practice makes potholes"


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def started(client: Client) -> Walk:
    walk = Walk(client)
    return walk.post(f"{PAGE}test/")


def sent(client: Client) -> tuple[Walk, ServiceRequest]:
    walk = started(client)
    walk.on("problem", text=WORDS)
    walk.on("location", address="12 Elm St")
    walk.on("details/1", text=WORDS, q_where="lane", q_damage="")
    walk.on("contact", email="stranger@example.org", language="en")
    assert "Test request." in walk.html, walk.page
    walk.send()
    return walk, ServiceRequest.objects.get(description=WORDS)


def test_the_real_pages_say_that_it_is_a_test_and_the_tester_marks_it_as_passed(town: Rivermark, ada: Client) -> None:
    town.pothole.service.active = False
    town.pothole.service.save()
    walk, made = sent(ada)
    assert "We got it." in walk.html
    assert "Test request." in walk.html
    assert (made.is_test, made.public_state) == (True, PublicState.TEST)
    assert "It isn’t routed yet." in ada.post(f"{PAGE}tests/{made.service_test.pk}/pass/", follow=True).content.decode()
    factories.run_worker()
    html = ada.get(PAGE).content.decode()
    assert "Routed to Streets." in html
    assert f"Report received ({town.ada.email})" in " ".join(html.split())
    ada.post(f"{PAGE}tests/{made.service_test.pk}/pass/")
    service = Service.objects.get(pk=town.pothole.service_id)
    assert "test" not in [check.code for check in go_live.missing(service)]


def test_email_reaches_only_the_tester(town: Rivermark, ada: Client) -> None:
    subscriptions.subscribe(
        town.city,
        FollowTarget("Pothole", service=town.pothole.service),
        email="follower@example.org",
        cadence="at_once",
        language="en",
    )
    sent(ada)
    factories.run_worker()
    tasks.drain("outside")
    assert [one for one in mail.outbox if one.to == [town.ada.email]]
    assert {address for message in mail.outbox for address in message.to} <= {town.ada.email, "follower@example.org"}
    # The follower was asked to confirm, and got nothing else.
    assert not [one for one in mail.outbox if WORDS in one.body and one.to != [town.ada.email]]
    assert not OutboxRow.objects.filter(kind__in=["mail_owner", "alert_next"]).exists()


def test_it_is_in_no_count_queue_feed_list_or_search(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    _walk, made = sent(ada)
    factories.run_worker()
    counters.recount()
    assert not CounterDelta.objects.exists()
    assert not Counter.objects.exists()
    assert not ScreeningCount.objects.exists()
    assert not SearchDocument.objects.filter(kind="request").exists()
    everyone = Client()
    for address in (
        "/", "/requests/", "/requests/feed/", "/open311/v2/requests.json", "/open311/v2/requests.json?status=open",
        "/service/pothole/", "/numbers/",
    ):  # fmt: skip
        answer = everyone.get(address, follow=True)
        assert answer.status_code == 200, address
        assert WORDS not in answer.content.decode(), address
        assert made.reference not in answer.content.decode().replace("-", ""), address
    assert everyone.get(f"/r/{made.reference}/").status_code == 404
    assert everyone.get(f"/open311/v2/requests/{made.reference}.json").status_code == 404
    for user in (town.tom, town.ada):
        html = signed_in(user).get("/staff/").content.decode()
        assert WORDS not in html
        assert made.reference not in html.replace("-", "")


def test_a_test_of_danger_is_not_counted_and_rings_nobody(town: Rivermark, ada: Client) -> None:
    walk = started(ada)
    walk.on("problem", text="I smell gas in the street")
    assert walk.at == "emergency"
    assert "Test request." in walk.html
    walk.on("emergency", no="1")
    assert not ScreeningCount.objects.exists()


def test_only_the_tester_signed_in_can_go_on(town: Rivermark, ada: Client, client: Client) -> None:
    walk = started(ada)
    client.cookies["visitor"] = ada.cookies["visitor"].value
    assert client.get(walk.page).status_code == 404
    assert str(walk.draft.pk) not in ada.get("/").content.decode()
    ada.post("/staff/sign-out/")
    ada.logout()
    assert ada.get(walk.page).status_code == 404


def test_what_follows_a_test_is_a_test_and_joins_no_real_report(town: Rivermark, ada: Client) -> None:
    real = factories.routed(town.pothole, answers={"where": "lane"})
    walk, made = sent(ada)
    assert "duplicates" not in walk.page
    again = walk.post(f"/report/{walk.draft.pk}/another/")
    assert Draft.objects.get(pk=again.draft.pk).tester == town.ada
    walk.on("duplicates", follow=real.reference)
    assert not real.participations.filter(person__contact_points__value=town.ada.email).exists()
    assert ServiceTest.objects.get().service_request == made


def test_only_administrators_start_one(town: Rivermark, signed_in: SignIn) -> None:
    assert signed_in(town.tom).post(f"{PAGE}test/").status_code == 403
    assert not Draft.objects.exists()
