"""The review queue: who sees which reports, what they can do, and that two moderators never overwrite each other."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from requests_app.actions.following import subscriptions
from requests_app.actions.publication import moderation
from requests_app.actions.work import assignment
from requests_app.models import (
    ContactPoint,
    Counter,
    CounterDelta,
    DigestItem,
    Event,
    ModerationTerm,
    OutboxRow,
    SearchDocument,
    ServiceRequest,
    Subscription,
    User,
)
from requests_app.rules.following.follow_target import FollowTarget
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.35")]
SignIn = Callable[[User], Client]
THREAT = "I will hurt you if you do not fix it."


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    """Ada administers the whole city."""
    ModerationTerm.objects.create(jurisdiction=town.city, kind="threat", value="i will hurt you")
    ModerationTerm.objects.create(jurisdiction=town.city, kind="link", value="spam.example")
    return signed_in(town.ada)


@pytest.fixture
def sue(town: Rivermark, signed_in: SignIn) -> Client:
    """Sue supervises Streets."""
    return signed_in(factories.staff("Sue", "supervisor", town.city, town.streets))


def held(town: Rivermark, text: str = THREAT, **options: Any) -> ServiceRequest:
    made = factories.routed(town.pothole, text, answers={"where": "lane"}, **options)
    assert made.public_state == "pending_review"
    return made


def look(client: Client, one: ServiceRequest, **data: str) -> Any:
    return client.post(f"/staff/review/{one.reference}/", data, follow=True)


def test_it_shows_why_what_and_where_oldest_first(town: Rivermark, ada: Client) -> None:
    first = held(town, place=_place(note="Behind spam.example"))
    second = held(town, "Buy at https://shop.spam.example/")
    page = ada.get("/staff/review/").content.decode()
    assert page.index(first.display_reference) < page.index(second.display_reference)
    assert "It may contain a threat." in page
    assert "<mark>i will hurt you</mark>" in page
    assert "<mark>spam.example</mark>" in page
    assert THREAT in page
    assert "Behind spam.example" in page
    assert "Ana" not in page.split("<main", 1)[1], "the reporter's name is nobody's business here"
    assert '<span class="nav-count">2</span>' in page


def _place(**more: Any) -> Any:
    from requests_app.actions.report.submission import Place

    return Place(factories.at(), "12 Elm St", source="address", **more)


def test_publishing_shows_it_to_everybody_and_tells_those_who_follow_but_not_the_reporter_again(
    town: Rivermark, ada: Client, client: Client
) -> None:
    area = factories.area(town.city)
    one = held(town)
    wished = subscriptions.subscribe(
        town.city,
        FollowTarget("Ward 5", area=area),
        email="sy@example.org",
        cadence="daily",
        language="en",
    )
    Subscription.objects.filter(pk=wished.pk).update(confirmed_at=one.submitted_at)
    ContactPoint.objects.filter(pk=wished.contact_point_id).update(verified_at=one.submitted_at)
    assert one.description not in client.get(f"/r/{one.reference}/").content.decode()
    factories.run_worker()
    emails = OutboxRow.objects.filter(service_request=one, kind__startswith="email_")
    told = emails.count()
    assert told > 0, "its reporter heard that it arrived"
    answer = look(ada, one, publish="1")
    assert f"Everyone can see {one.display_reference} now." in answer.content.decode()
    one.refresh_from_db()
    assert (one.public_state, one.review_reason) == ("public", "")
    factories.run_worker()
    assert client.get(f"/r/{one.reference}/").status_code == 200
    assert SearchDocument.objects.filter(kind="request", object_id=one.pk).exists()
    assert emails.count() == told
    assert DigestItem.objects.filter(subscription=wished, event__kind="published").count() == 1
    event = Event.objects.filter(service_request=one).latest("id")
    assert (event.kind, event.user) == ("published", town.ada)


def test_what_is_kept_hidden_needs_a_reason_and_is_worked_on(town: Rivermark, ada: Client, client: Client) -> None:
    one = held(town)
    assert "Choose a reason for hiding it." in look(ada, one).content.decode()
    assert "Choose a reason for hiding it." in look(ada, one, reason="nonsense").content.decode()
    look(ada, one, reason="abuse")
    one.refresh_from_db()
    assert (one.public_state, one.review_reason, one.status) == ("hidden", "threat", "routed")
    assert client.get(f"/r/{one.reference}/").status_code == 404
    event = Event.objects.filter(service_request=one).latest("id")
    assert (event.kind, event.data) == ("hidden", {"reason": "abuse"})
    # The crew still reads that it may hold a threat.
    assert "Threat" in ada.get(f"/staff/r/{one.reference}/").content.decode()


def test_the_second_of_two_moderators_reads_what_the_first_one_did(town: Rivermark, ada: Client, sue: Client) -> None:
    one = held(town)
    look(sue, one, publish="1")
    answer = look(ada, one, reason="abuse")
    assert answer.status_code == 409
    assert "Sue published it just now." in answer.content.decode()
    one.refresh_from_db()
    assert one.public_state == "public"
    assert Event.objects.filter(service_request=one, kind__in=["published", "hidden"]).count() == 1


@pytest.mark.shows("A35")
@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_the_same_moment_decide_once(town: Rivermark, ada: Client) -> None:
    one = held(town)
    went: list[str] = []
    together = threading.Barrier(2)

    def press(publish: bool) -> None:
        together.wait()
        try:
            if publish:
                moderation.approve(one.pk, actor=town.ada)
            else:
                moderation.keep_hidden(one.pk, reason="abuse", actor=town.ada)
            went.append("published" if publish else "hidden")
        except moderation.AlreadyReviewed as decided:
            went.append(f"late: {decided.event.kind}" if decided.event else "late")
        connection.close()

    threads = [threading.Thread(target=press, args=[publish]) for publish in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = Event.objects.filter(service_request=one, kind__in=["published", "hidden"])
    [kind] = [event.kind for event in events]
    assert sorted(went) == sorted([kind, f"late: {kind}"])


def test_each_sees_those_of_their_own_department_and_only_who_may_publish_sees_any(
    town: Rivermark, ada: Client, pia: Client, sue: Client, tom: Client, signed_in: SignIn
) -> None:
    one = held(town)
    for client in (ada, sue):
        assert one.display_reference in client.get("/staff/review/").content.decode()
    page = pia.get("/staff/review/").content.decode()
    assert one.display_reference not in page
    assert "Nothing to review." in page
    assert look(pia, one, publish="1").status_code == 404
    for client in (tom, signed_in(town.cal), signed_in(town.dev)):
        assert client.get("/staff/review/").status_code == 403
        assert look(client, one, publish="1").status_code in (403, 404)
        assert "/staff/review/" not in client.get("/staff/profile/").content.decode()
    one.refresh_from_db()
    assert one.public_state == "pending_review"


def test_a_report_that_turns_out_private_leaves_the_queue_and_is_never_published_from_it(
    town: Rivermark, ada: Client
) -> None:
    one = held(town)
    assignment.change_service(one.pk, version=town.outreach, actor=town.ada)
    assert one.display_reference not in ada.get("/staff/review/").content.decode()
    with pytest.raises(moderation.AlreadyReviewed):
        moderation.approve(one.pk, actor=town.ada)
    one.refresh_from_db()
    assert one.public_state == "private"


def test_what_everybody_read_can_be_held_back_after_a_change(town: Rivermark, client: Client) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    assert client.get(f"/r/{one.reference}/").status_code == 200
    moderation.send_to_review(one.pk, reason="link")
    factories.run_worker()
    assert one.description not in client.get(f"/r/{one.reference}/").content.decode()
    assert not SearchDocument.objects.filter(kind="request", object_id=one.pk).exists()
    # What staff hid is not held a second time.
    moderation.hide(one.pk, reason="abuse", actor=town.ada)
    moderation.send_to_review(one.pk, reason="link")
    one.refresh_from_db()
    assert one.public_state == "hidden"


def test_a_flood_is_looked_at_at_once_and_what_others_decided_stays(town: Rivermark, ada: Client) -> None:
    flood = [held(town, f"{THREAT} {number}") for number in range(3)]
    moderation.approve(flood[0].pk, actor=town.ada)
    chosen = [one.reference for one in flood] + ["nonsense", "0" * 8]
    answer = ada.post("/staff/review/several/", {"chosen": chosen}, follow=True)
    assert "Choose a reason for hiding it." in answer.content.decode()
    answer = ada.post("/staff/review/several/", {"chosen": chosen, "reason": "not_a_report"}, follow=True)
    assert "2 reports stay hidden." in answer.content.decode()
    states = [ServiceRequest.objects.get(pk=one.pk).public_state for one in flood]
    assert states == ["public", "hidden", "hidden"]
    assert "Select at least one report." in ada.post("/staff/review/several/", {}, follow=True).content.decode()


def test_nobody_publishes_several_of_another_department(town: Rivermark, ada: Client, pia: Client) -> None:
    one = held(town)
    pia.post("/staff/review/several/", {"chosen": [one.reference], "publish": "1"})
    one.refresh_from_db()
    assert one.public_state == "pending_review"


def test_what_waits_longer_than_a_day_is_a_warning_on_every_page(town: Rivermark, ada: Client) -> None:
    one = held(town)
    assert "nav-count--late" not in ada.get("/staff/profile/").content.decode()
    ServiceRequest.objects.filter(pk=one.pk).update(submitted_at=one.submitted_at - dt.timedelta(days=2, hours=1))
    assert "nav-count--late" in ada.get("/staff/profile/").content.decode()
    page = ada.get("/staff/review/").content.decode()
    assert "Waiting 2 days" in page
    assert "Some have waited more than a day." in page


def test_the_count_in_the_navigation_goes_no_further_than_it_says(town: Rivermark, ada: Client) -> None:
    one = held(town)
    copies = []
    for number in range(24):
        copy = ServiceRequest.objects.get(pk=one.pk)
        copy.pk, copy.reference = None, f"HE{number:06}"
        copies.append(copy)
    ServiceRequest.objects.bulk_create(copies)
    page = ada.get("/staff/review/").content.decode()
    assert '<span class="nav-count">20+</span>' in page
    assert page.count('class="panel review__item"') == 20
    further = page.split("cursor=", 1)[1].split('"', 1)[0]
    assert ada.get(f"/staff/review/?cursor={further}").content.decode().count('class="panel review__item"') == 5
    assert ada.get("/staff/review/?cursor=nonsense").status_code == 200


def test_the_public_counts_only_what_was_published(town: Rivermark, ada: Client) -> None:
    from requests_app.actions.shared import counters

    one = held(town)
    before = counters.read(town.city, "submitted")
    moderation.approve(one.pk, actor=town.ada)
    assert counters.read(town.city, "submitted") == before + 1
    assert Counter.objects.count() + CounterDelta.objects.count() > 0


def test_the_metrics_say_how_long_the_oldest_waits(town: Rivermark, ada: Client, client: Client) -> None:
    one = held(town)
    ServiceRequest.objects.filter(pk=one.pk).update(submitted_at=one.submitted_at - dt.timedelta(hours=5))
    said = client.get("/metrics", REMOTE_ADDR="").content.decode()
    assert "lamplighter_requests_pending_review 1.0" in said
    assert "lamplighter_pending_review_oldest_seconds 180" in said
