""" "Me too" and "Thank the crew": counted once for each device, undone, and impossible for what the public may not see."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from requests_app import links
from requests_app.actions.following import votes
from requests_app.actions.privacy import expiry
from requests_app.actions.publication import moderation
from requests_app.actions.work import endings, merges
from requests_app.clock import app_now
from requests_app.models import AccessLink, ContactPoint, RequestVote, ServiceRequest
from requests_app.web.request import votes as pages
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = pytest.mark.django_db


@pytest.fixture
def pothole(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, "A deep hole.", answers={"where": "lane"})


def press(made: ServiceRequest, device: Client | None = None, page: str = "me-too", **data: Any) -> str:
    answer = (device or Client()).post(f"/r/{made.reference}/{page}/", data or {"vote": "1"}, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def affected(made: ServiceRequest) -> int:
    return ServiceRequest.objects.get(pk=made.pk).affected_count


def test_a_device_counts_once_and_undoes_it(client: Client, pothole: ServiceRequest) -> None:
    path = f"/r/{pothole.reference}/me-too/"
    track = client.get(f"/r/{pothole.reference}/").content.decode()
    assert f'href="{path}"' in track
    assert "people are affected" not in track, "the reporter alone isn't a count"
    assert "Is this a problem for you too?" in client.get(path).content.decode()
    assert affected(pothole) == 1, "opening it counts nobody"
    for _twice in range(2):
        html = press(pothole, client)
        assert "You’re counted" in html
        assert "2 people are affected." in html
    assert affected(pothole) == 2
    press(pothole)
    assert affected(pothole) == 3
    assert "3 people are affected." in client.get(f"/r/{pothole.reference}/").content.decode()
    assert "Is this a problem for you too?" in press(pothole, client, undo="1")
    press(pothole, client, undo="1")
    assert affected(pothole) == 2
    pothole.refresh_from_db()
    assert (pothole.people_count, pothole.participations.count()) == (1, 1), "nobody joined it"


def test_a_row_says_neither_which_device_nor_what_else_it_selected(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    press(pothole, client)
    press(factories.routed(cast.pothole, answers={"where": "lane"}), client)
    devices = set(RequestVote.objects.values_list("device", flat=True))
    assert len(devices) == 2
    assert not devices & {client.cookies["visitor"].value}


def test_who_reported_or_joined_it_is_counted_already(client: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    link = AccessLink.objects.get(service_request=pothole)
    client.get(f"/l/{links.token(link)}/")
    assert "You reported or joined it" in press(pothole, client)
    assert "/me-too/" not in client.get(f"/r/{pothole.reference}/").content.decode()
    assert affected(pothole) == 1
    # In the browser that they reported it with, also without the link.
    walk = Walk(Client()).to_details().on("duplicates", follow=pothole.reference)
    assert affected(pothole) == 2
    walk.client.cookies.pop(links.COOKIE, None)
    press(pothole, walk.client)
    assert affected(pothole) == 2


def test_me_too_and_then_following_it_instead_of_reporting_counts_once(pothole: ServiceRequest) -> None:
    walk = Walk(Client()).to_details()
    press(pothole, walk.client)
    walk.on("duplicates", follow=pothole.reference, email="tia@example.org")
    assert affected(pothole) == 2
    assert pothole.participations.get(role="follower").contact_point is not None


@pytest.mark.parametrize("state", ["private", "hidden", "pending_review", "unconfirmed", "staff", "erased"])
@pytest.mark.parametrize("page", ["me-too", "thanks", "follow"])
def test_what_the_public_may_not_see_takes_none(client: Client, pothole: ServiceRequest, state: str, page: str) -> None:
    ServiceRequest.objects.update(public_state=state)
    for answer in (client.get(f"/r/{pothole.reference}/{page}/"), client.post(f"/r/{pothole.reference}/{page}/")):
        assert answer.status_code == 404
        assert "deep hole" not in answer.content.decode()
    assert not RequestVote.objects.exists()


def test_hidden_or_closed_at_the_same_time_it_counts_nobody(
    client: Client, cast: Rivermark, pothole: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, vote = f"/r/{pothole.reference}/me-too/", votes.vote

    def first(act: Any) -> None:
        def meanwhile(*args: Any, **kwargs: Any) -> Any:
            act()
            return vote(*args, **kwargs)

        monkeypatch.setattr(votes, "vote", meanwhile)

    first(lambda: endings.resolve(pothole.pk, disposition="fixed", text="Filled.", visited=True, actor=cast.tom))
    answer = client.post(path)
    assert answer.status_code == 409
    assert "This report isn’t open anymore" in answer.content.decode()
    first(lambda: moderation.hide(pothole.pk, reason="abuse", actor=cast.pia))
    assert client.post(f"/r/{pothole.reference}/thanks/").status_code == 404
    assert not RequestVote.objects.exists()


def test_a_fixed_one_takes_thanks_also_from_its_reporter(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    assert "Thank the crew" not in client.get(f"/r/{pothole.reference}/").content.decode()
    assert client.post(f"/r/{pothole.reference}/thanks/").status_code == 409
    endings.resolve(pothole.pk, disposition="fixed", text="Filled.", visited=True, actor=cast.tom)
    client.get(f"/l/{links.token(AccessLink.objects.get(service_request=pothole))}/")
    for _twice in range(2):
        assert "1 person thanked them." in press(pothole, client, "thanks")
    press(pothole, page="thanks")
    assert "Thank the crew · 2" in " ".join(client.get(f"/r/{pothole.reference}/").content.decode().split())
    press(pothole, client, "thanks", undo="1")
    pothole.refresh_from_db()
    assert pothole.thanks_count == 1


def test_a_merged_report_counts_for_the_one_it_was_merged_into(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    child = factories.routed(cast.pothole, answers={"where": "lane"})
    press(child, client)
    merges.merge(child.pk, parent=pothole, actor=cast.tom)
    assert affected(pothole) == 3
    press(child, client)
    press(pothole, Client())
    press(child, Client())
    assert affected(pothole) == 5, "the first device voted before the merge"
    press(child, client, undo="1")
    assert affected(pothole) == 4
    press(child, client)
    merges.unmerge(child.pk, actor=cast.tom)
    assert (affected(pothole), affected(child)) == (4, 1)


def test_who_reported_one_and_selected_me_too_on_the_other_counts_once(
    cast: Rivermark, pothole: ServiceRequest
) -> None:
    neighbor = Client()
    press(pothole, neighbor)
    walk = Walk(neighbor).to_details().on("duplicates", different="1").on("details/1", text="Deep.", q_where="lane")
    walk.on("contact", email="neighbor@example.org", language="en").send()
    theirs = ServiceRequest.objects.latest("pk")
    assert (theirs.description, affected(theirs), affected(pothole)) == ("Deep.", 1, 2)
    for child, parent in ((theirs, pothole), (pothole, theirs)):
        merges.merge(child.pk, parent=ServiceRequest.objects.get(pk=parent.pk), actor=cast.tom)
        assert affected(parent) == 2
        for choice in ("vote", "undo"):
            assert "You reported or joined it" in press(parent, neighbor, **{choice: "1"})
            assert affected(parent) == 2
        merges.unmerge(child.pk, actor=cast.tom)
        assert (affected(theirs), affected(pothole)) == (1, 2)
    # By an address that was verified for both.
    for made in (theirs, pothole):
        ContactPoint.objects.filter(person__participations__service_request=made).update(
            normalized="neighbor@example.org", verified_at=app_now()
        )
    RequestVote.objects.all().delete()
    ServiceRequest.objects.filter(pk=pothole.pk).update(me_too_count=0)
    merges.merge(theirs.pk, parent=ServiceRequest.objects.get(pk=pothole.pk), actor=cast.tom)
    assert affected(pothole) == 1


def test_a_storm_stops_at_the_limits(
    client: Client, pothole: ServiceRequest, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = True
    for limit in ("BY_DEVICE_AN_HOUR", "BY_NETWORK_AN_HOUR", "BY_NETWORK_ON_ONE_AN_HOUR", "ON_ONE_AN_HOUR"):
        with monkeypatch.context() as patch:
            patch.setattr(pages, limit, 0)
            answer = client.post(f"/r/{pothole.reference}/me-too/")
        assert answer.status_code == 429, limit
        assert "Please wait a little while" in answer.content.decode()
    assert affected(pothole) == 1
    press(pothole, client)
    assert affected(pothole) == 2
    # Many devices of one network.
    cache.clear()
    monkeypatch.setattr(pages, "BY_NETWORK_ON_ONE_AN_HOUR", 10)
    for _device in range(20):
        Client().post(f"/r/{pothole.reference}/me-too/", {"vote": "1"})
    assert affected(pothole) == 12
    # A list has the same for who voted as for everybody, so that it can be kept for all.
    path = reverse("requests_app:public_list")
    lists = [one.get(path) for one in (client, Client())]
    assert "12" in lists[0].content.decode().partition("/me-too/")[2].partition("</a>")[0]
    assert lists[0].content == lists[1].content
    assert all("public" in one["Cache-Control"] and not one.cookies for one in lists)


def test_who_follows_with_an_address_is_not_counted_as_affected(client: Client, pothole: ServiceRequest) -> None:
    path = reverse("requests_app:follow_request", args=[pothole.reference])
    answer = client.post(path, {"email": "not an address"})
    assert answer.status_code == 422
    assert 'value="not an address"' in answer.content.decode()
    answer = client.post(path, {"email": "tia@example.org"}, follow=True)
    assert answer.redirect_chain == [(f"/r/{pothole.reference}/", 302)]
    html = answer.content.decode()
    assert "We’ll email you when something happens." in html
    assert "Unsubscribe" in html
    assert client.post(path, {"email": "tia@example.org"}).status_code == 302
    assert "You’re following this report." in client.get(path, follow=True).content.decode()
    follower = pothole.participations.get(role="follower")
    assert follower.contact_point is not None
    assert follower.contact_point.value == "tia@example.org"
    assert affected(pothole) == 1


def test_after_a_year_only_the_count_is_left(client: Client, pothole: ServiceRequest) -> None:
    press(pothole, client)
    RequestVote.objects.update(created_at=app_now() - dt.timedelta(days=364))
    expiry.sweep()
    assert RequestVote.objects.exists()
    RequestVote.objects.update(created_at=app_now() - dt.timedelta(days=366))
    expiry.sweep()
    assert not RequestVote.objects.exists()
    assert affected(pothole) == 2
