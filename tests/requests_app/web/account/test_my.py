"""My requests: signing in by a mailed link, and all that was sent, joined or followed with the address."""

import datetime as dt
import html
import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.following import followers, subscriptions
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.shared import verify_email
from requests_app.actions.work import conversation, endings
from requests_app.clock import app_now
from requests_app.models import ContactPoint, OneTimeLink, Person, ServiceRequest, Subscription
from requests_app.rules.following.follow_target import FollowTarget
from tests import factories
from tests.factories import Rivermark
from tests.resident import ANA, asked, link_from, run_outbox, signed_in

pytestmark = pytest.mark.django_db

LANE = {"where": "lane"}
BOB = "bob@example.org"


def forward(**length: int) -> None:
    """The database's own clock, moved for this test alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)",
            [app_now() + dt.timedelta(**length)],
        )


def page(client: Client, path: str = "/my/") -> str:
    return html.unescape(client.get(path).content.decode())


@pytest.fixture
def hole(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, "A hole as big as a plate.", answers=LANE)


# --- Signing in -------------------------------------------------------------------------------------------------------


@pytest.mark.shows("5.4")
def test_the_answer_is_the_same_whether_we_know_the_address_or_not(hole: ServiceRequest) -> None:
    run_outbox()
    answers = [Client().post("/my/", {"email": one}) for one in (ANA, "nobody@example.org")]
    pages = [
        [line.replace(ANA, "X").replace("nobody@example.org", "X") for line in one.content.decode().splitlines()]
        for one in answers
    ]
    assert [one.status_code for one in answers] == [200, 200]
    assert pages[0] == pages[1]
    assert all("visitor" in one.cookies for one in answers)
    assert [one.to for one in run_outbox()] == [[ANA]]


def test_an_address_of_another_city_is_not_known_here(hole: ServiceRequest) -> None:
    run_outbox()
    elsewhere = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    type(hole.jurisdiction).objects.filter(pk=hole.jurisdiction_id).update(hosts=["testserver"])
    person = Person.objects.create(jurisdiction=elsewhere)
    ContactPoint.objects.create(person=person, kind="email", value=BOB, normalized=BOB)
    Client().post("/my/", {"email": BOB})
    assert run_outbox() == []


@pytest.mark.parametrize(
    "typed", ["", "ana", "ana@", "ana@example.org\nbcc: x@example.org", "a" * 300 + "@example.org"]
)
def test_what_is_no_address_is_told_and_stays_in_the_box(hole: ServiceRequest, typed: str) -> None:
    answer = Client().post("/my/", {"email": typed})
    assert answer.status_code == 422
    assert "name@example.com" in answer.content.decode() or "254" in answer.content.decode()


def test_one_address_gets_few_links_and_so_does_one_network(hole: ServiceRequest, settings: object) -> None:
    settings.RATE_LIMITS = True  # type: ignore[attr-defined]
    from django.core.cache import cache

    cache.clear()
    client = Client()
    answers = [client.post("/my/", {"email": ANA}) for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert ANA in answers[-1].content.decode()
    cache.clear()
    answers = [client.post("/my/", {"email": f"somebody{number}@example.org"}) for number in range(21)]
    assert answers[-1].status_code == 429
    cache.clear()


@pytest.mark.shows("5.4")
def test_a_press_in_the_browser_that_asked_signs_in_and_a_visit_does_not(hole: ServiceRequest) -> None:
    client = Client()
    path = asked(client)
    for scanner in (Client(), Client(), client):
        assert scanner.get(path).status_code == 200
        assert "resident" not in scanner.cookies
    assert 'autocomplete="email"' not in page(client, path)
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    cookie = client.cookies["resident"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 24 * 3600
    assert "Signed in as:" in page(client)
    # All the rows of the address are proved with it, and the session knows a row and a hash, never the address.
    assert not ContactPoint.objects.filter(normalized=ANA, verified_at=None).exists()
    kept = Session.objects.get(pk=cookie.value).get_decoded()
    assert set(kept) == {"resident", "since", "proved", "_session_expiry"}
    assert ANA not in str(kept)


def test_a_link_works_once_and_says_so_with_the_way_to_a_new_one(hole: ServiceRequest) -> None:
    client = Client()
    path = asked(client)
    assert client.post(path).status_code == 302
    for again in (client.post(path), client.get(path), Client().post(path, {"email": ANA})):
        assert again.status_code == 410
        assert "already used" in again.content.decode()
        assert "Get a new link" in again.content.decode()


def test_a_link_of_yesterday_signs_in_nobody(hole: ServiceRequest) -> None:
    client = Client()
    path = asked(client)
    forward(minutes=31)
    for answer in (client.get(path), client.post(path), Client().post(path, {"email": ANA})):
        assert answer.status_code == 410
        assert "has expired" in answer.content.decode()
    assert "resident" not in client.cookies


@pytest.mark.shows("5.4")
def test_a_forwarded_link_asks_for_the_address_and_a_press_alone_signs_in_nobody(hole: ServiceRequest) -> None:
    path, mallory = asked(Client()), Client()
    assert 'autocomplete="email"' in page(mallory, path)
    for typed in ({}, {"email": ""}, {"email": BOB}, {"email": "ana"}):
        answer = mallory.post(path, typed)
        assert answer.status_code == 422
        assert "resident" not in mallory.cookies
    assert OneTimeLink.objects.get(purpose="sign_in").used_at is None
    # Ana herself, on her other phone.
    phone = Client()
    assert phone.post(path, {"email": " ANA@example.org"}).status_code == 302
    assert "Signed in as:" in page(phone)


def test_nobody_tries_addresses_on_a_forwarded_link_for_long(hole: ServiceRequest, settings: object) -> None:
    settings.RATE_LIMITS = True  # type: ignore[attr-defined]
    from django.core.cache import cache

    path, mallory = asked(Client()), Client()
    answers = [mallory.post(path, {"email": f"guess{number}@example.org"}).status_code for number in range(11)]
    assert answers == [422] * 10 + [429]
    assert mallory.post(path, {"email": ANA}).status_code == 429
    cache.clear()


@pytest.mark.shows("5.4")
def test_a_session_that_somebody_put_into_the_browser_is_not_taken_over(hole: ServiceRequest) -> None:
    mallory = signed_in(email=_reporter(hole, "mallory@example.org"))
    planted = mallory.cookies["resident"].value
    ana = Client()
    path = asked(ana)
    ana.cookies["resident"] = planted
    ana.post(path)
    assert ana.cookies["resident"].value != planted
    # The planted one is gone, and shows nothing of Ana's.
    assert "Signed in as:" not in page(mallory)
    assert "A hole as big as a plate." in page(ana)


@pytest.mark.shows("5.4")
def test_a_staff_session_and_a_residents_do_not_touch_each_other(cast: Rivermark, hole: ServiceRequest) -> None:
    both = Client()
    both.force_login(cast.tom)
    staff_cookie = both.cookies["session"].value
    signed_in(client=both)
    assert both.cookies["session"].value == staff_cookie
    assert both.get("/staff/").status_code == 200
    # Each key in the other's place opens nothing.
    swapped = Client()
    swapped.cookies["session"] = both.cookies["resident"].value
    swapped.cookies["resident"] = staff_cookie
    assert swapped.get("/staff/").status_code == 302
    assert "Signed in as:" not in page(swapped)
    swapped.post("/my/sign-out/")
    assert both.get("/staff/").status_code == 200
    both.logout()
    assert Session.objects.count() == 1
    both.cookies["resident"] = signed_in().cookies["resident"].value
    assert "Signed in as:" in page(both)


def test_signing_out_of_the_staff_pages_leaves_the_resident_signed_in(cast: Rivermark, hole: ServiceRequest) -> None:
    both = signed_in()
    both.force_login(cast.tom)
    both.post("/accounts/logout/")
    assert both.get("/staff/").status_code == 302
    assert "Signed in as:" in page(both)


def test_signing_out_and_forgetting_end_the_session_and_not_the_cookie_alone(hole: ServiceRequest) -> None:
    for path in ("/my/sign-out/", "/forget/"):
        client = signed_in()
        stolen = client.cookies["resident"].value
        assert client.post(path).status_code == 200
        assert client.cookies["resident"].value == ""
        thief = Client()
        thief.cookies["resident"] = stolen
        assert "Signed in as:" not in page(thief)


@pytest.mark.shows("5.46")
@pytest.mark.parametrize("way_out", ["/my/sign-out/", "/forget/", "sign in anew"])
def test_signing_out_closes_the_reports_that_were_opened_from_the_list(
    cast: Rivermark, hole: ServiceRequest, way_out: str
) -> None:
    secrets = [factories.routed(cast.outreach, f"Somebody sleeps here, {number}.") for number in range(2)]
    client = signed_in()
    for secret in secrets:
        assert "Somebody sleeps here" in page(client, client.get(f"/my/r/{secret.reference}/")["Location"])
    if way_out.startswith("/"):
        assert client.post(way_out).status_code == 200
    else:
        signed_in(_reporter(hole, BOB), client)
    for secret in secrets:
        for path in (f"/r/{secret.reference}/", f"/es/r/{secret.reference}/"):
            assert client.cookies[f"private_link {path}"]["max-age"] == 0
            assert client.get(path).status_code == 404


def test_a_browser_keeps_the_last_opened_reports_open_and_closes_the_oldest(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.web.resident.OPENED_MOST", 2)
    made = [factories.routed(cast.outreach, f"Somebody sleeps here, {number}.") for number in range(3)]
    client = signed_in()
    for one in (made[0], made[1], made[0], made[2]):
        client.get(f"/my/r/{one.reference}/")
    kept = [client.cookies[f"private_link /r/{one.reference}/"].value != "" for one in made]
    assert kept == [True, False, True]
    assert "Signed in as:" in page(client)


def test_thirty_days_later_one_signs_in_anew(hole: ServiceRequest) -> None:
    client = signed_in()
    forward(days=29)
    assert "Signed in as:" in page(client)
    forward(days=1)
    assert "Signed in as:" not in page(client)


def test_that_was_not_me_ends_the_link(hole: ServiceRequest) -> None:
    client = Client()
    path = asked(client)
    assert Client().post(path, {"not_me": "1"}).status_code == 200
    assert client.post(path).status_code == 410


def test_the_mail_says_who_asks_and_what_the_link_does(hole: ServiceRequest) -> None:
    Client().post("/my/", {"email": ANA})
    told = next(one for one in run_outbox() if "X-Lamplighter-Event" in one.extra_headers and "/c/" in str(one.body))
    assert told.subject == "Your sign-in link for Rivermark 311"
    assert "No one can sign in without this link." in str(told.body)
    assert "A hole" not in str(told.body)


# --- The list ---------------------------------------------------------------------------------------------------------


def _reporter(hole: ServiceRequest, email: str) -> str:
    followers.join(hole.pk, reporter=Reporter(email=email), language="en")
    return email


@pytest.mark.shows("5.4")
def test_a_list_across_devices_of_what_was_sent_joined_and_followed(cast: Rivermark, hole: ServiceRequest) -> None:
    # Each sent from another browser, as another person with the same address.
    secret = factories.routed(cast.outreach, "Somebody sleeps here.")
    others = factories.routed(cast.tree, "A branch of Bob's.", reporter=Reporter(email=BOB), address="9 Oak St")
    followers.join(others.pk, reporter=Reporter(email="Ana@Example.org"), language="en", role="follower")
    strangers = factories.routed(cast.tree, "Nobody of ours.", reporter=Reporter(email=BOB))
    found = page(signed_in())
    order = [found.index(one) for one in ("9 Oak St", "Somebody sleeps here.", "A hole as big as a plate.")]
    assert order == sorted(order)
    assert "Sent to Streets" in found
    assert "Only you and the city can see this." in found
    assert "You joined or follow this report" in found
    assert strangers.display_reference not in found
    assert secret.display_reference in found
    # Bob's own words are on the request's page, and not here.
    assert "Somebody sleeps here." not in page(signed_in(BOB))


def test_it_says_that_we_asked_a_question(cast: Rivermark, hole: ServiceRequest) -> None:
    client = signed_in()
    assert "We asked you a question" not in page(client)
    conversation.ask(hole.pk, question="Which lane?", actor=cast.tom)
    assert "We asked you a question. Please answer." in page(client)


def test_who_joined_is_not_shown_what_was_hidden_meanwhile_and_who_sent_it_is(
    cast: Rivermark, hole: ServiceRequest
) -> None:
    joiner, owner = signed_in(_reporter(hole, BOB)), signed_in()
    moderation.hide(hole.pk, reason="abuse", actor=cast.pia)
    assert hole.display_reference not in page(joiner)
    assert joiner.get(f"/my/r/{hole.reference}/").status_code == 404
    assert hole.display_reference in page(owner)
    ServiceRequest.objects.filter(pk=hole.pk).update(public_state="erased")
    assert hole.display_reference not in page(owner)
    assert owner.get(f"/my/r/{hole.reference}/").status_code == 404


def test_an_owner_opens_a_private_request_and_a_stranger_does_not(cast: Rivermark) -> None:
    secret = factories.routed(cast.outreach, "Somebody sleeps here.")
    client = signed_in()
    answer = client.get(f"/my/r/{secret.reference}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/r/{secret.reference}/")
    shown = page(client, answer["Location"])
    assert "Somebody sleeps here." in shown
    assert "Withdraw report" in shown
    assert Client().get(f"/my/r/{secret.reference}/")["Location"] == "/my/"
    factories.routed(cast.tree, "A branch.", reporter=Reporter(email=BOB))
    bob = signed_in(BOB)
    assert bob.get(f"/my/r/{secret.reference}/").status_code == 404
    assert Client().get(f"/r/{secret.reference}/").status_code == 404


def test_who_sent_it_and_joined_it_too_opens_it_as_the_one_who_sent_it(hole: ServiceRequest) -> None:
    _reporter(hole, ANA)
    client = signed_in()
    client.get(f"/my/r/{hole.reference}/")
    assert "Withdraw report" in page(client, f"/r/{hole.reference}/")


def test_a_joined_report_stands_as_the_one_it_was_joined_with(cast: Rivermark, hole: ServiceRequest) -> None:
    from requests_app.actions.work import merges

    second = factories.routed(cast.pothole, "The same hole.", answers=LANE, reporter=Reporter(email=BOB))
    merges.merge(second.pk, parent=hole, actor=cast.tom)
    endings.resolve(hole.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    assert "status-tag--fixed" in page(signed_in(BOB))


def test_many_are_paged_by_key_and_a_made_up_cursor_begins_anew(cast: Rivermark) -> None:
    made = [factories.report(cast.tree, f"Branch {number}.", reporter=Reporter(email=ANA)) for number in range(27)]
    client = signed_in()
    first = page(client)
    assert first.count("/my/r/") == 25
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = page(client, f"/my/{following[1]}")
    assert made[0].display_reference in second
    assert made[26].display_reference not in second
    assert page(client, "/my/?cursor=made-up").count("/my/r/") == 25


def test_the_list_costs_the_same_for_one_and_for_many(cast: Rivermark) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client)
        return len(captured)

    factories.routed(cast.tree, "A branch.", reporter=Reporter(email=ANA))
    client = signed_in()
    page(client)
    few = cost()
    for _ in range(12):
        factories.routed(cast.tree, "A branch.", reporter=Reporter(email=ANA))
    # What is kept for some seconds only may have to be read again by now.
    page(client)
    assert cost() == few <= 8


def test_with_nothing_sent_the_page_says_what_to_do(cast: Rivermark) -> None:
    verify_email.get_contact_point(cast.city, BOB, language="en")
    found = page(signed_in(BOB))
    assert "There are no reports with this address" in found
    assert "Choose what to follow" in found


def test_a_page_of_ones_own_is_kept_by_no_cache(hole: ServiceRequest) -> None:
    client = signed_in()
    for path in ("/my/", "/es/my/", f"/my/r/{hole.reference}/"):
        assert "no-store" in client.get(path)["Cache-Control"]


# --- Updates ----------------------------------------------------------------------------------------------------------


def _wish(cast: Rivermark, email: str = ANA) -> Subscription:
    follow_target = FollowTarget("Potholes", service=cast.pothole.service)
    return subscriptions.subscribe(cast.city, follow_target, email=email, cadence="daily", language="en")


def test_what_one_follows_is_confirmed_changed_and_stopped_here(cast: Rivermark, hole: ServiceRequest) -> None:
    wished = _wish(cast)
    client = signed_in()
    assert "not confirmed yet" in page(client)
    path = f"/my/updates/{wished.pk}/"
    assert client.post(path, {"cadence": "weekly"}).status_code == 302
    wished.refresh_from_db()
    assert (wished.cadence, wished.confirmed_at is not None) == ("weekly", True)
    assert "not confirmed yet" not in page(client)
    client.post(path, {"cadence": "hourly"})
    wished.refresh_from_db()
    assert wished.cadence == "weekly"
    client.post(path, {"stop": "1"})
    wished.refresh_from_db()
    assert wished.unsubscribed_at is not None
    # Twice, from another tab.
    assert "already unsubscribed" in html.unescape(client.post(path, {"stop": "1"}, follow=True).content.decode())


def test_nobody_changes_anothers_news(cast: Rivermark, hole: ServiceRequest) -> None:
    wished = _wish(cast, BOB)
    for client in (signed_in(), Client()):
        client.post(f"/my/updates/{wished.pk}/", {"stop": "1"})
        client.post(f"/my/updates/{wished.pk}/", {"cadence": "weekly"})
    wished.refresh_from_db()
    assert (wished.cadence, wished.confirmed_at, wished.unsubscribed_at) == ("daily", None, None)


def test_in_spanish(hole: ServiceRequest) -> None:
    client = Client()
    assert client.get("/es/my/").status_code == 200
    client.post("/es/my/", {"email": ANA})
    assert link_from(next(one for one in run_outbox() if "/c/" in str(one.body)))
    assert mail.outbox
