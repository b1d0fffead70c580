"""Who else edits a page of setup: said when it's loaded and by its poll, to those who may see setup, for less than a minute."""

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from requests_app.models import Jurisdiction, Macro, Membership, User
from staff_app.queue import presence
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time in seconds, to be moved."""
    now = [1_000_000.0]
    monkeypatch.setattr("staff_app.queue.presence.time.time", lambda: now[0])
    return now


class Tab:
    """A page of setup in a browser."""

    def __init__(self, client: Client, path: str) -> None:
        self.client = client
        page = client.get(path)
        assert page.status_code == 200
        text = page.content.decode()
        line = re.search(r'<p class="presence-line" data-present( hidden)? role="status">(.*?)</p>', text)
        self.said = html.unescape(line[2]) if line and not line[1] else ""
        token = re.search(r'data-updates\s+hidden[^>]*data-page="([^"]+)"', text)
        self.token = token[1] if token else ""

    def poll(self, client: Client | None = None) -> dict[str, Any]:
        answer = (client or self.client).get(f"/staff/updates/?page={quote(self.token)}&since=")
        return answer.json()  # type: ignore[no-any-return]

    def says(self) -> str:
        return "".join(self.poll()["people"].values())


@pytest.fixture
def ben(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(factories.staff("Ben", "administrator", town.city))


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def macro(town: Rivermark) -> str:
    row = Macro.objects.create(jurisdiction=town.city, name="Ours", steps=[{"verb": "accept"}])
    return reverse("staff_app:edit_macro", args=[row.pk])


def test_who_edits_is_said_to_the_others_until_a_minute_after_the_last_poll(
    town: Rivermark, signed_in: SignIn, ada: Client, ben: Client, macro: str, clock: list[float]
) -> None:
    first = Tab(ben, macro)
    assert (first.said, first.says()) == ("", "")
    second = Tab(ada, macro)
    assert second.said == "Ben is editing this"
    assert first.says() == "Ada is editing this"
    third = Tab(signed_in(factories.staff("Una", "administrator", town.city)), f"/es{macro}")
    assert third.said == "Ada y Ben están editando esto"
    assert first.says() == "Ada and Una are editing this"
    Tab(signed_in(factories.staff("Sue", "administrator", town.city)), macro)
    assert first.says() == "Ada and 2 others are editing this"
    # Ben's tab goes on asking; the others were closed.
    clock[0] += presence.TTL_S - 1
    first.poll()
    clock[0] += 1
    assert first.says() == ""
    assert Tab(ada, macro).said == "Ben is editing this"
    clock[0] += presence.TTL_S
    assert Tab(ada, macro).said == ""


def test_nobody_is_named_on_another_page_in_another_city_or_where_nothing_is_edited(
    town: Rivermark, signed_in: SignIn, ada: Client, ben: Client, macro: str
) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    Jurisdiction.objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    texts = reverse("staff_app:city_part", args=["texts"])
    for path in (macro, texts):
        Tab(ben, path)
    assert Tab(ada, texts).said == "Ben is editing this"
    assert Tab(ada, reverse("staff_app:city_part", args=["email"])).said == ""
    # The page of the same name, elsewhere.
    eve = factories.staff("Eve", "administrator", there)
    client = Client(headers={"host": "elsewhere.example"})
    client.force_login(eve)
    assert Tab(client, texts).said == ""
    assert Tab(ada, reverse("staff_app:new_macro")).token == ""
    assert Tab(ada, reverse("staff_app:macros")).token == ""


def test_only_those_who_may_see_setup_learn_it(
    town: Rivermark, signed_in: SignIn, ada: Client, ben: Client, macro: str
) -> None:
    tab = Tab(ada, macro)
    Tab(ben, macro)
    tom = signed_in(town.tom)
    assert tom.get(macro).status_code in (403, 404)
    # A token is its reader's alone, and ends with what they may do.
    assert tab.poll(tom)["outdated"]
    assert tab.says() == "Ben is editing this"
    Membership.objects.filter(user=town.ada).update(role=factories.role(town.city, "crew"))
    answer = tab.poll()
    assert (answer["people"], answer.get("outdated")) == ({}, True)


def test_without_redis_nobody_is_named_and_the_page_works(ada: Client, ben: Client, macro: str, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    tab = Tab(ben, macro)
    assert Tab(ada, macro).said == ""
    assert tab.says() == ""
