"""Email updates on an area, a service, a place or an asset: daily or weekly digests, each change once, one-click unsubscribe."""

import datetime as dt
import math
import re

import pytest
from django.core import mail
from django.test import Client

from requests_app import links
from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation, endings
from requests_app.clock import app_now
from requests_app.messages import notifications
from requests_app.models import (
    AccessLink,
    ContactPoint,
    DigestItem,
    OneTimeLink,
    OutboxRow,
    Participation,
    ServiceRequest,
    Subscription,
)
from requests_app.places.public_place import BLOCK_M, METRES_PER_DEGREE, block_point
from requests_app.worker.tasks import drain
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.31")]

LANE = {"where": "lane"}
DEV = "dev@press.example"
ELM = f"{factories.ELM_ST[1]},{factories.ELM_ST[0]},300"


class Clock:
    """The database's own, moved for this test alone."""

    def set(self, at: dt.datetime) -> None:
        set_time(at)

    def forward(self, **length: int) -> None:
        self.set(app_now() + dt.timedelta(**length))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def run_outbox() -> list[str]:
    """Empties the outbox and returns the recipient of each email."""
    mail.outbox.clear()
    factories.thirty_seconds_later()
    while drain("database") or drain("outside"):
        pass
    return [one.to[0] for one in mail.outbox]


def ask(query: str, email: str = DEV, **more: str) -> Client:
    client = Client()
    answer = client.post(f"/follow/?{query}", {"email": email, "cadence": "daily", "radius": "500", **more})
    assert answer.status_code == 200, answer.content.decode()
    return client


def subscribed(query: str, email: str = DEV, **more: str) -> Subscription:
    """Asked for, and confirmed by the button on the mailed link's page."""
    client = ask(query, email, **more)
    run_outbox()
    (told,) = [one for one in mail.outbox if one.to == [email]]
    path = re.search(r"http://[^/]+(/c/\S+/)", str(told.body))
    assert path is not None
    assert client.post(path[1]).status_code == 200
    return Subscription.objects.latest("id")


def tomorrow(clock: Clock) -> None:
    """It is eight in the morning of the next day in the city, and the alarm clock rings."""
    city = ServiceRequest.objects.all()[0].jurisdiction
    zone = city.zone
    local = app_now().astimezone(zone)
    morning = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(8), zone)
    clock.set(morning)
    notifications.send_due_digests(city)


# --- Asking and confirming --------------------------------------------------------------------------------------------


def test_the_page_says_what_is_followed_and_asks_for_an_address(cast: Rivermark) -> None:
    html = Client().get("/follow/?service=pothole").content.decode()
    assert "Updates on Pothole" in html
    assert "How often?" in html
    assert "How far around it?" not in html
    assert "How far around it?" in Client().get(f"/follow/?near={ELM}").content.decode()


def test_a_wrong_address_is_told_and_what_was_typed_stays(cast: Rivermark) -> None:
    answer = Client().post("/follow/?service=pothole", {"email": "dev at press", "cadence": "weekly"})
    assert answer.status_code == 422
    assert "dev at press" in answer.content.decode()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("query", ["service=nothing", "area=ward", "near=a,b,c", "near=91,0,5", "asset=%00", "area=:"])
def test_what_the_city_does_not_have_is_404_and_says_how_to_go_on(cast: Rivermark, query: str) -> None:
    answer = Client().get(f"/follow/?{query}")
    assert answer.status_code == 404
    assert "See the reports" in answer.content.decode()


def test_another_citys_area_and_service_cannot_be_followed_here(cast: Rivermark) -> None:
    there = factories.lakeside().city
    factories.area(there, code="9")
    factories.service(there, "pier")
    for query in ("area=ward:9", "service=pier"):
        assert Client().get(f"/follow/?{query}").status_code == 404
        assert Client().get(f"/follow/?{query}", headers={"host": "lakeside.example"}).status_code == 200


def test_a_private_service_cannot_be_followed(cast: Rivermark) -> None:
    assert Client().get("/follow/?service=outreach").status_code == 404


def test_nothing_comes_before_the_button_is_pressed_and_a_visit_presses_nothing(cast: Rivermark) -> None:
    ask("service=pothole")
    assert run_outbox() == [DEV]
    path = re.search(r"http://[^/]+(/c/\S+/)", str(mail.outbox[0].body))
    assert path is not None
    for _visit in range(2):
        assert Client().get(path[1]).status_code == 200
    wished = Subscription.objects.get()
    assert wished.confirmed_at is None
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    assert not DigestItem.objects.filter(subscription=wished).exists()
    assert Client().post(path[1]).status_code == 200
    wished.refresh_from_db()
    assert wished.confirmed_at is not None
    # The link works once.
    assert Client().post(path[1]).status_code == 410


def test_an_expired_link_and_a_forged_one_do_nothing(cast: Rivermark, clock: Clock) -> None:
    ask("service=pothole")
    run_outbox()
    link = OneTimeLink.objects.get()
    url = "/c/" + links.one_time_url(link).split("/c/")[1]
    assert Client().post(url[:-3] + "aa/").status_code == 404
    assert Client().post("/c/nonsense/").status_code == 404
    assert Client().post("/c/999999-" + "a" * 26 + "/").status_code == 404
    clock.forward(days=3)
    assert Client().post(url).status_code == 410
    assert Subscription.objects.get().confirmed_at is None


def test_a_stranger_who_types_a_confirmed_address_again_changes_nothing(cast: Rivermark) -> None:
    first = subscribed("service=pothole", cadence="weekly")
    ask("service=pothole", cadence="at_once")
    first.refresh_from_db()
    assert first.cadence == "weekly"
    assert Subscription.objects.count() == 1


def test_no_circle_is_smaller_than_200_meters(cast: Rivermark) -> None:
    answer = Client().post(f"/follow/?near={ELM}", {"email": DEV, "cadence": "daily", "radius": "5"})
    assert answer.status_code == 422
    assert subscribed(f"near={ELM}", radius="200").radius_m == 200


def test_an_address_gets_at_most_five_links_in_an_hour(cast: Rivermark) -> None:
    sent = 0
    for number in range(7):
        Client().post(f"/follow/?near={ELM[:-3]}{300 + number}", {"email": DEV, "cadence": "daily", "radius": "500"})
        sent += len(run_outbox())
    assert sent <= 5


# --- What comes -------------------------------------------------------------------------------------------------------


def test_a_day_is_one_mail_and_each_change_is_in_it_once(cast: Rivermark, clock: Clock) -> None:
    subscribed("service=pothole")
    for number in range(3):
        made = factories.routed(cast.pothole, f"Hole {number}.", answers=LANE)
        conversation.comment(made.pk, text="We were there.", actor=cast.tom)
    assert DEV not in run_outbox()
    tomorrow(clock)
    notifications.send_due_digests(cast.city)
    assert run_outbox().count(DEV) == 1
    body = str(next(one for one in mail.outbox if one.to == [DEV]).body)
    assert body.count("We got the report") == 3
    # Each with its page and "Me too".
    assert (body.count("/r/"), body.count("/me-too/")) == (6, 3)
    clock.forward(days=1)
    notifications.send_due_digests(cast.city)
    assert DEV not in run_outbox()


def test_at_once_means_a_mail_for_each_change(cast: Rivermark) -> None:
    subscribed("service=pothole", cadence="at_once")
    made = factories.routed(cast.pothole, "A hole.", answers=LANE)
    assert run_outbox().count(DEV) == 1
    conversation.comment(made.pk, text="We were there.", actor=cast.tom)
    assert run_outbox().count(DEV) == 1


def test_a_week_waits_for_monday(cast: Rivermark, clock: Clock) -> None:
    clock.set(dt.datetime(2026, 6, 2, 15, tzinfo=cast.city.zone))  # a Tuesday
    subscribed("service=pothole", cadence="weekly")
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    for _day in range(5):
        tomorrow(clock)
        assert DEV not in run_outbox()
    tomorrow(clock)
    assert run_outbox() == [DEV]


@pytest.mark.parametrize(
    ("query", "hears"),
    [
        ("area=ward:5", True),
        ("area=ward:6", False),
        ("service=pothole", True),
        ("service=tree", False),
        (f"near={ELM}", True),
        ("near=40.52,-69.03,300", False),
        ("service=pothole&area=ward:5", True),
        ("service=tree&area=ward:5", False),
    ],
)
def test_what_lies_there_and_nothing_else_is_told(cast: Rivermark, query: str, hears: bool) -> None:
    factories.area(cast.city, "ward", "5", factories.square(-69.01, 40.49, -68.99, 40.51))
    factories.area(cast.city, "ward", "6", factories.square(-69.04, 40.51, -69.02, 40.53))
    subscribed(query, cadence="at_once")
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    assert (DEV in run_outbox()) is hears


def test_nobody_hears_where_in_its_block_a_coarse_report_is(cast: Rivermark) -> None:
    """Neither a circle that holds the true place alone nor an asset gives it away."""
    rodent = factories.service(cast.city, "rodent", visibility="coarse", duplicate_policy="never")
    high = BLOCK_M / METRES_PER_DEGREE
    # Near the northern edge of its block.
    home = (math.floor(factories.ELM_ST[1] / high) + 0.98) * high
    middle = block_point(factories.at(latitude=home)).y
    light = factories.asset(cast.city, "L00417")
    queries = {
        "home@press.example": f"near={home + 180 / METRES_PER_DEGREE},{factories.ELM_ST[0]},200",
        "asset@press.example": "asset=L00417",
        "block@press.example": f"near={middle - 180 / METRES_PER_DEGREE},{factories.ELM_ST[0]},200",
    }
    for email, query in queries.items():
        subscribed(query, email, cadence="at_once", radius="200")
    made = factories.report(rodent, "Rats.", point=factories.at(latitude=home), reporter=factories.NOBODY)
    ServiceRequest.objects.filter(pk=made.pk).update(asset=light)
    assert run_outbox() == ["block@press.example"]


def test_a_private_report_is_told_to_nobody(cast: Rivermark, clock: Clock) -> None:
    factories.area(cast.city, "ward", "5", factories.square(-69.01, 40.49, -68.99, 40.51))
    subscribed("area=ward:5")
    factories.routed(cast.outreach, "Somebody sleeps here.")
    run_outbox()
    assert not DigestItem.objects.exists()


def test_what_turned_private_before_the_mail_went_is_not_in_it(cast: Rivermark, clock: Clock) -> None:
    subscribed("service=pothole")
    kept = factories.routed(cast.pothole, "A hole.", answers=LANE)
    hidden = factories.routed(cast.pothole, "My neighbor.", answers=LANE)
    run_outbox()
    moderation.hide(hidden.pk, reason="abuse", actor=cast.pia)
    tomorrow(clock)
    run_outbox()
    body = str(next(one for one in mail.outbox if one.to == [DEV]).body)
    assert kept.reference in body
    assert hidden.reference not in body


def test_whoever_reported_it_hears_of_it_once_and_not_as_a_follower_too(cast: Rivermark) -> None:
    subscribed("service=pothole", email="ana@example.org", cadence="at_once")
    made = factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    conversation.comment(made.pk, text="We were there.", actor=cast.tom)
    assert run_outbox() == ["ana@example.org"]


def test_two_subscriptions_of_one_address_tell_a_change_once(cast: Rivermark) -> None:
    subscribed("service=pothole", cadence="at_once")
    subscribed(f"near={ELM}", cadence="at_once")
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    assert run_outbox().count(DEV) == 1


# --- Reporters' own reports -------------------------------------------------------------------------------------------


def anas(made: ServiceRequest) -> Client:
    client = Client()
    client.get(f"/l/{links.token(AccessLink.objects.filter(service_request=made)[0])}/")
    return client


def test_a_reporter_may_have_a_day_in_one_mail(cast: Rivermark, clock: Clock) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    ana = anas(made)
    assert "How often we email you" in ana.get(f"/r/{made.reference}/").content.decode()
    assert ana.post(f"/r/{made.reference}/updates/", {"cadence": "daily"}).status_code == 302
    conversation.comment(made.pk, text="We were there.", actor=cast.tom)
    endings.resolve(made.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    assert run_outbox() == []
    tomorrow(clock)
    assert run_outbox() == ["ana@example.org"]
    body = str(mail.outbox[0].body)
    assert "Fixed" in body
    assert "/l/" in body


def test_a_question_never_waits_for_the_gathered_mail(cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    Participation.objects.filter(service_request=made).update(cadence="weekly")
    conversation.ask(made.pk, question="Which lane?", actor=cast.tom)
    assert run_outbox() == ["ana@example.org"]


def test_junk_for_how_often_changes_nothing(cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers=LANE)
    assert anas(made).post(f"/r/{made.reference}/updates/", {"cadence": "hourly"}).status_code == 422
    assert Participation.objects.get(service_request=made).cadence == "at_once"


# --- Unsubscribing ----------------------------------------------------------------------------------------------------


def stop_path(told: mail.EmailMessage) -> str:
    path = re.search(r"http://[^/]+(/d/[^>\s]+/stop/)", told.extra_headers["List-Unsubscribe"])
    assert path is not None
    return path[1]


def test_one_press_stops_that_subscription_and_no_other(cast: Rivermark) -> None:
    first = subscribed("service=pothole", cadence="at_once")
    second = subscribed("service=tree", cadence="at_once")
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    told = next(one for one in mail.outbox if one.to == [DEV])
    assert told.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = stop_path(told)
    # GET doesn't unsubscribe; a one-click POST by the email program does, without a cookie.
    assert Client().get(path).status_code == 200
    first.refresh_from_db()
    assert first.unsubscribed_at is None
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.unsubscribed_at is not None
    assert second.unsubscribed_at is None
    factories.routed(cast.pothole, "Another.", answers=LANE)
    assert DEV not in run_outbox()


def stop(subscription: Subscription) -> None:
    token = links.digest_token(subscription.contact_point, subscription)
    assert Client().post(f"/d/{token}/stop/").status_code == 200


def test_what_a_stopped_subscription_gathered_is_gone_and_begins_no_mail(cast: Rivermark, clock: Clock) -> None:
    wished = subscribed("service=pothole")
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    assert DigestItem.objects.exists()
    stop(wished)
    tomorrow(clock)
    assert not DigestItem.objects.exists()
    assert not OutboxRow.objects.filter(kind="send_digest").exists()


def test_what_is_gathered_while_a_subscription_stops_is_not_sent(cast: Rivermark, clock: Clock) -> None:
    wished = subscribed("service=pothole")
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    gathered = DigestItem.objects.get()
    tomorrow(clock)
    stop(wished)
    # As by a change that was matched just before and committed just after.
    gathered.save(force_insert=True)
    assert DEV not in run_outbox()


def test_stopping_what_is_gone_already_is_done_and_no_error(cast: Rivermark) -> None:
    wished = subscribed("service=pothole")
    token = links.digest_token(wished.contact_point, wished)
    wished.delete()
    assert Client().post(f"/d/{token}/stop/").status_code == 200
    assert Client().post(f"/d/{token[:-2]}aa/stop/").status_code == 404


def test_stopping_the_gathered_mail_of_ones_reports_leaves_the_rest(cast: Rivermark, clock: Clock) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    Participation.objects.filter(service_request=made).update(cadence="daily")
    conversation.comment(made.pk, text="We were there.", actor=cast.tom)
    run_outbox()
    tomorrow(clock)
    run_outbox()
    Client().post(stop_path(mail.outbox[0]))
    conversation.comment(made.pk, text="And again.", actor=cast.tom)
    run_outbox()
    tomorrow(clock)
    assert run_outbox() == []


def test_a_dead_address_gets_nothing(cast: Rivermark, clock: Clock) -> None:
    wished = subscribed("service=pothole")
    ContactPoint.objects.filter(pk=wished.contact_point_id).update(bounced_at=app_now())
    factories.routed(cast.pothole, "A hole.", answers=LANE)
    run_outbox()
    tomorrow(clock)
    assert DEV not in run_outbox()
