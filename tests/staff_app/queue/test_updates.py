"""An open list learns what is new without moving, and who is on which request, for the price of one look at the event log."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.work import conversation, progress
from requests_app.models import ServiceRequest, Snooze
from staff_app.queue import presence
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
LANE = {"where": "lane"}


class OpenPage:
    """A page in a browser that polls."""

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.since = client, ""
        page = client.get(url).content.decode()
        found = re.search(r'data-updates\s+hidden[^>]*data-page="([^"]+)"\s+data-list="([^"]*)"', page)
        assert found
        self.page, self.query = found[1], found[2].replace("&amp;", "&")
        self.poll()

    def poll(self) -> dict[str, Any]:
        answer = self.client.get(f"/staff/updates/?{self.query}&page={quote(self.page)}&since={self.since}").json()
        self.since = answer["since"]
        return answer  # type: ignore[no-any-return]


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers=LANE)


def test_it_names_new_rows_of_this_list_and_shown_ones_that_changed_once(
    tom: Client, hole: ServiceRequest, town: Rivermark
) -> None:
    page = OpenPage(tom, "/staff/?service=pothole")
    new = factories.routed(town.pothole, "Another.", answers=LANE)
    factories.routed(town.tree, "A limb hangs low.")
    progress.accept(hole.pk, actor=town.cal)
    found = page.poll()
    assert found["arrived"] == [new.pk]
    assert found["changed"] == [hole.pk]
    assert page.poll()["arrived"] == []


def test_my_own_acts_and_what_no_row_shows_are_no_news(tom: Client, hole: ServiceRequest, town: Rivermark) -> None:
    page = OpenPage(tom, "/staff/")
    progress.accept(hole.pk, actor=town.tom)
    conversation.note(hole.pk, text="Seen.", actor=town.cal)
    assert page.poll()["changed"] == []


def test_what_is_not_mine_to_see_or_is_snoozed_is_not_announced(
    pia: Client, tom: Client, hole: ServiceRequest, town: Rivermark
) -> None:
    of_parks, of_tom = OpenPage(pia, "/staff/"), OpenPage(tom, "/staff/?tab=late")
    Snooze.objects.create(user=town.tom, service_request=hole, until="2999-01-01T00:00Z", last_event_id=10**12)
    progress.accept(hole.pk, actor=town.cal)
    assert of_parks.poll()["arrived"] == []
    assert of_tom.poll()["arrived"] == []


def test_a_quiet_poll_is_one_query_after_those_that_every_page_has(tom: Client, hole: ServiceRequest) -> None:
    page = OpenPage(tom, "/staff/")
    with CaptureQueriesContext(connection) as trivial:
        tom.get("/staff/updates/")
    with CaptureQueriesContext(connection) as queries:
        page.poll()
    assert len(queries) == len(trivial) + 1


def test_colleagues_see_who_is_on_a_request(pia: Client, tom: Client, hole: ServiceRequest, town: Rivermark) -> None:
    queue = OpenPage(tom, "/staff/")
    assert queue.poll()["people"] == {}
    own = OpenPage(tom, f"/staff/r/{hole.reference}/")
    assert own.poll()["people"] == {}
    cal = Client()
    cal.force_login(town.cal, backend="django.contrib.auth.backends.ModelBackend")
    OpenPage(cal, f"/staff/r/{hole.reference}/")
    assert queue.poll()["people"] == {str(hole.pk): "Cal is on this request"}
    assert own.poll()["people"] == {str(hole.pk): "Cal is on this request"}


def test_who_reads_a_request_next_to_the_list_is_on_it_until_it_is_closed(
    pia: Client, tom: Client, hole: ServiceRequest, town: Rivermark
) -> None:
    own, other = OpenPage(tom, "/staff/"), factories.routed(town.tree)
    dev = {str(hole.pk): "Tom is on this request"}
    tom.post(f"/staff/r/{hole.reference}/peek/")
    assert presence.others(town.dev, [hole.pk]) == {hole.pk: dev[str(hole.pk)]}
    # Half a minute later it is renewed; what the page doesn't show is not entered.
    cache.clear()
    own.client.get("/staff/updates/", {"page": own.page, "since": "", "peek": hole.pk})
    own.client.get("/staff/updates/", {"page": own.page, "since": "", "peek": other.pk})
    assert presence.others(town.dev, [hole.pk, other.pk]) == {hole.pk: dev[str(hole.pk)]}
    presence.enter(town.cal, hole.pk)
    assert tom.post(f"/staff/r/{hole.reference}/peek/", {"left": "yes"}).status_code == 204
    assert presence.others(town.dev, [hole.pk]) == {hole.pk: "Cal is on this request"}
    assert pia.post(f"/staff/r/{hole.reference}/peek/", {"left": "yes"}).status_code == 404


def test_a_page_token_is_good_only_for_its_reader(tom: Client, pia: Client, hole: ServiceRequest) -> None:
    page = OpenPage(tom, "/staff/")
    page.client = pia
    assert pia.get("/staff/updates/", {"page": page.page, "since": "0"}).json()["outdated"]
    assert tom.get("/staff/updates/", {"page": "nonsense"}).json()["outdated"]


def test_without_redis_there_is_no_presence_and_nothing_else_is_missing(
    tom: Client, hole: ServiceRequest, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    page = OpenPage(tom, f"/staff/r/{hole.reference}/")
    assert page.poll()["people"] == {}


def test_presence_ends_to_the_second_and_one_alone_is_named_alone(
    town: Rivermark, hole: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence.time, "time", lambda: 1000.0)
    presence.enter(town.cal, hole.pk)
    seen: list[dict[int, str]] = []
    for now in (1000.0 + presence.TTL_S - 0.001, 1000.0 + presence.TTL_S):
        monkeypatch.setattr(presence.time, "time", lambda now=now: now)
        seen.append(presence.others(town.tom, [hole.pk]))
    assert seen == [{hole.pk: "Cal is on this request"}, {}]
