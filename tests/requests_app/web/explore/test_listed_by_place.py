"""What is about somebody's home (code enforcement) is found by no place smaller than an area: on no page, in no feed or mail."""

import io

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from requests_app.actions.following import subscriptions
from requests_app.models import Asset, SearchDocument, ServiceRequest, ServiceVersion, Subscription
from requests_app.rules.following.follow_target import FollowTarget
from requests_app.worker.tasks import drain
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.shows("5.30")

NEAR = f"near={factories.ELM_ST[1]},{factories.ELM_ST[0]},5000"
READER = "reader@example.org"


@pytest.fixture
def enforcement(cast: Rivermark) -> ServiceVersion:
    return factories.service(
        cast.city, "blight", visibility="reporter_to_named_staff", listed_by_place=False, duplicate_policy="never"
    )


def unlisted(version: ServiceVersion) -> None:
    """The city says so in a new version; what was reported keeps its old one."""
    newer = ServiceVersion.objects.get(pk=version.pk)
    newer.pk, newer.number, newer.listed_by_place = None, version.number + 1, False
    newer.save()
    version.service.current = newer
    version.service.save(update_fields=["current"])


@pytest.mark.parametrize("page", ["/requests/", "/requests/feed/", "/map/"])
def test_it_is_found_by_area_and_service_but_by_no_place(
    cast: Rivermark, enforcement: ServiceVersion, page: str
) -> None:
    factories.area(cast.city)
    made = factories.routed(enforcement, "A roof that falls in.")
    hole = factories.routed(cast.tree, "A branch hangs low.")

    def found(query: str) -> list[bool]:
        html = Client().get(f"{page}?{query}").content.decode()
        return [one.reference in html for one in (made, hole)]

    assert found("") == [True, True]
    assert found("area=ward:5") == [True, True]
    assert found("service=blight") == [True, False]
    assert found(NEAR) == [False, True]


@pytest.mark.shows("5.43")
@pytest.mark.parametrize("page", ["/requests/", "/requests/feed/", "/map/"])
def test_words_find_no_house_and_what_is_about_a_home_by_no_street(
    cast: Rivermark, enforcement: ServiceVersion, page: str
) -> None:
    roof = factories.routed(enforcement, "A roof that falls in.", address="12 Elm St")
    branch = factories.routed(cast.tree, "A branch hangs low.", address="12 Elm St")
    said = factories.routed(cast.tree, "A branch on the roof at 12 Elm St.", address="40 Oak St")

    def found(words: str) -> list[bool]:
        html = Client().get(page, {"q": words}).content.decode()
        return [one.reference in html for one in (roof, branch, said)]

    assert found("12 elm st") == [False, False, True], "what somebody wrote of it is theirs to say"
    assert found("elm st") == [False, True, True]
    assert found("roof") == [True, False, True]


def test_the_rule_of_today_reaches_older_reports_by_a_command(cast: Rivermark) -> None:
    made = factories.routed(cast.tree, "A branch hangs low.", address="12 Elm St")
    hidden = factories.routed(cast.tree, "A branch of a person.")
    # As an earlier release indexed them, and as a hand in the database left them.
    SearchDocument.objects.filter(object_id=made.pk).update(text="A branch hangs low.\n12 Elm St")
    ServiceRequest.objects.filter(pk=hidden.pk).update(public_state="hidden")

    def found(words: str) -> bool:
        return made.reference in Client().get("/requests/", {"q": words}).content.decode()

    assert found("12 elm")
    call_command("index_requests", stdout=io.StringIO())
    assert [found("12 elm"), found("elm st"), found("low")] == [False, True, True]
    assert not SearchDocument.objects.filter(kind="request", object_id=hidden.pk).exists()
    unlisted(cast.tree)
    call_command("index_requests", stdout=(told := io.StringIO()))
    assert told.getvalue() == "2 reports indexed.\n"
    assert [found("elm st"), found("low")] == [False, True]


@pytest.mark.parametrize("where", ["lat=40.5&long=-69.0&radius=5000", "bbox=-69.05,40.45,-68.95,40.55"])
def test_nor_does_the_api_find_it_by_its_place(cast: Rivermark, enforcement: ServiceVersion, where: str) -> None:
    made = factories.routed(enforcement, "A roof that falls in.")
    other = factories.routed(cast.tree, "A branch hangs low.")
    everything = Client().get("/open311/v2/requests.json").content.decode()
    assert made.display_reference in everything
    there = Client().get(f"/open311/v2/requests.json?{where}").content.decode()
    assert made.display_reference not in there
    assert other.display_reference in there


def test_nor_by_a_thing_of_the_city(cast: Rivermark, enforcement: ServiceVersion) -> None:
    light = factories.asset(cast.city, "L00417")
    for version in (enforcement, cast.tree):
        made = factories.routed(version, "Beside the light.")
        made.asset = light
        made.save(update_fields=["asset"])
    feed = Client().get("/requests/feed/?asset=l00417").content.decode()
    assert "Tree to prune" in feed
    assert "Blight" not in feed


def test_what_the_city_says_today_counts_for_older_reports_too(cast: Rivermark) -> None:
    made = factories.routed(cast.tree, "A branch hangs low.")
    assert made.reference in Client().get(f"/requests/feed/?{NEAR}").content.decode()
    unlisted(cast.tree)
    assert made.reference not in Client().get(f"/requests/feed/?{NEAR}").content.decode()


@pytest.mark.parametrize(
    ("what", "mails"), [("area", 1), ("service", 1), ("place", 0), ("thing", 0), ("said today", 0)]
)
def test_no_mail_about_a_place_tells_of_it(cast: Rivermark, enforcement: ServiceVersion, what: str, mails: int) -> None:
    light = factories.asset(cast.city, "L00417")
    place = FollowTarget("here", point=factories.at(), radius_m=200)
    follow_target = {
        "area": FollowTarget("Ward 5", area=factories.area(cast.city)),
        "service": FollowTarget("Blight", service=enforcement.service),
        "thing": FollowTarget("a light", asset=Asset.objects.get(pk=light.pk)),
    }.get(what, place)
    version = cast.tree if what == "said today" else enforcement
    subscriptions.subscribe(cast.city, follow_target, email=READER, cadence="at_once", language="en")
    Subscription.objects.update(confirmed_at="2020-01-01T00:00Z")
    if what == "said today":
        unlisted(cast.tree)
    made = factories.report(version, "A roof that falls in.", reporter=factories.NOBODY)
    made.asset = light
    made.save(update_fields=["asset"])
    while drain("database") or drain("outside"):
        pass
    told = [one for one in mail.outbox if one.to == [READER] and made.display_reference in str(one.body)]
    assert bool(told) == bool(mails)
