"""One box finds numbers, addresses, assets, words and reporters, open and ended alike, and only what its user may see."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app import api_keys, references
from requests_app.actions.contacts import contacts
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.shared.search_index import index_request
from requests_app.actions.work import assignment, endings
from requests_app.models import Event, Participation, Role, ServiceRequest, User
from staff_app.queue import search
from tests import factories
from tests.factories import ANA, Rivermark
from tests.staff_app.queue.test_queue import pothole, shown

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _no_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each source answers by its own index, not because the report is one of the newest."""
    monkeypatch.setattr(search, "NEWEST", 0)


def test_numbers_are_found_in_part_and_those_of_other_systems_in_full(town: Rivermark, tom: Client) -> None:
    one = pothole(town, reference="7K3M9QWT", owner_reference="DOT-55", external_id="101002")
    pothole(town, reference="8AAAAAAA")
    for typed in ("7k3", "7K3M-9", "DOT-55", "101002"):
        assert shown(tom, f"?q={typed}") == [one.reference]
    assert shown(tom, "?q=7K") == shown(tom, "?q=DOT") == []


def test_addresses_assets_and_words_are_found_open_and_ended(town: Rivermark, tom: Client) -> None:
    light = factories.asset(town.city, "L00417")
    crater = pothole(town, "A crater.", address="12 Élm St", asset=light)
    ended = pothole(town, "Another crater.", address="99 Oak Ave")
    endings.resolve(ended.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    for one in (crater, ended):
        index_request(one.pk)
    assert shown(tom, "?q=craters") == [crater.reference, ended.reference]
    assert "Found: 1 open · 1 resolved" in tom.get("/staff/?q=crater").content.decode()
    assert shown(tom, "?q=12+elm") == shown(tom, "?q=l00417") == [crater.reference]
    assert shown(tom, "?q=99+oa") == []
    assert shown(tom, "?q=99+oak") == [ended.reference]


def test_an_address_is_found_by_a_word_of_three_letters_or_a_number(town: Rivermark) -> None:
    one = pothole(town, address="12 Elm St")
    found = {typed: search._by_address(town.city, typed) for typed in ("st", "el", "e st", "elm", "12", "elm st")}
    assert [typed for typed, pks in found.items() if pks == [one.pk]] == ["elm", "12", "elm st"]
    assert sum(map(len, found.values())) == 3


def test_a_contacts_number_finds_its_requests_as_far_as_they_may_be_seen(
    town: Rivermark, tom: Client, pia: Client
) -> None:
    hole, other = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(town.tree)
    secret = factories.routed(town.outreach, "Somebody sleeps here")
    contact = contacts.start(town.city, taker=town.cal)
    practice = contacts.start(town.city, taker=town.cal, is_practice=True)
    beside = factories.lakeside()
    theirs = contacts.start(beside.city, taker=beside.sid)
    for one in (contact, practice, theirs):
        contacts.link(one, hole)
    contacts.link(contact, secret, "made")
    number = references.display_contact(contact.number)
    key = api_keys.create(town.city, "Crew app", scopes=["staff"], acts_as=town.tom)[1]

    def by_api(typed: str) -> list[str]:
        answer = tom.get("/api/v1/staff/requests/", {"q": typed}, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.content
        return [row["reference"].replace("-", "") for row in answer.json()["results"]]

    for typed in (number, contact.number.lower(), f" {number} "):
        # Tom reads private requests, too.
        assert set(shown(tom, f"?q={typed}")) == set(by_api(typed)) == {hole.reference, secret.reference}
    assert shown(pia, f"?q={number}") == []
    # Another city's, practice and unknown ones are alike.
    for nothing in (theirs.number, practice.number, "C00000000"):
        assert shown(tom, f"?q={nothing}") == by_api(nothing) == []
    assert other.reference not in by_api(number)


def test_what_the_public_does_not_see_is_found_by_its_staff_alone(town: Rivermark, tom: Client, pia: Client) -> None:
    hidden = pothole(town, "A zeppelin in the road.")
    moderation.hide(hidden.pk, reason="abuse", actor=town.ada)
    index_request(hidden.pk)
    assert shown(tom, "?q=zeppelin") == [hidden.reference]
    assert shown(pia, "?q=zeppelin") == []


def test_a_reporters_email_or_phone_is_found_and_logged_once(town: Rivermark, tom: Client, signed_in: SignIn) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"}, reporter=ANA)
    for _ in range(2):
        assert shown(tom, f"?q={ANA.email.upper()}") == [one.reference]
    viewed = Event.objects.filter(kind="reporter_viewed")
    assert [(event.service_request_id, event.user, event.data) for event in viewed] == [
        (one.pk, town.tom, {"reason": "found_by_contact"})
    ]
    assert "Found by the reporter’s phone or email" in tom.get(f"/staff/r/{one.reference}/").content.decode()
    # Parks may not read it, and crews may not read reporters at all.
    assert shown(signed_in(town.pia), f"?q={ANA.email}") == []
    ned = factories.staff("Ned", "crew", town.city, town.streets)
    assert shown(signed_in(ned), f"?q={ANA.email}") == []
    assert viewed.count() == 1


def test_only_what_somebody_reported_is_found_by_their_email_and_only_as_far_as_its_service_lets(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    complaint = factories.service(town.city, "complaint", of=town.streets, visibility="reporter_to_named_staff")
    named = factories.routed(complaint, reporter=ANA)
    own, newer = (factories.routed(town.pothole, answers={"where": "lane"}, reporter=ANA) for _ in range(2))
    # She follows this one, which somebody else reported.
    other = factories.routed(town.pothole, answers={"where": "lane"}, reporter=Reporter(email="ben@example.org"))
    person = own.participations.get(role="reporter").person
    Participation.objects.create(service_request=other, person=person, role="follower")
    reads = factories.role(town.city, "supervisor")
    Role.objects.filter(pk=reads.pk).update(permissions=["view", "view_reporter"])
    eva = factories.staff("Eva", "supervisor", town.city)
    assert sorted(search._by_contact(eva, town.city, ANA.email)) == [own.pk, newer.pk]
    Role.objects.filter(pk=reads.pk).update(permissions=["view", "view_reporter", "view_private"])
    eva = User.objects.get(pk=eva.pk)
    assert sorted(search._by_contact(eva, town.city, ANA.email)) == [named.pk, own.pk, newer.pk]
    monkeypatch.setattr(search, "MOST_OF_A_PERSON", 1)
    assert len(search._by_contact(eva, town.city, ANA.email)) == 1


def test_a_contractors_search_reads_addresses_of_their_own_alone(town: Rivermark, signed_in: SignIn) -> None:
    gus = factories.staff("Gus", "contractor", town.city, town.streets)
    own, other = (pothole(town, "Ask Jane about it.", address="12 Elm St") for _ in range(2))
    assignment.assign(own.pk, assignee=gus, actor=town.tom)
    client = signed_in(gus)
    assert shown(client, "?q=elm") == [own.reference]
    assert shown(client, "?q=Jane") == []
    assert other.reference not in client.get("/staff/?q=elm").content.decode()


def test_words_addresses_and_numbers_have_an_index(town: Rivermark, tom: Client) -> None:
    ServiceRequest.objects.filter(pk=pothole(town).pk).update(public_state="hidden")
    with CaptureQueriesContext(connection) as queries:
        search.find(town.tom, town.city, "walrus st")
    plans = []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for one in queries:
            if (
                "search_vector(" in one["sql"]
                or "to_tsvector('simple'" in one["sql"]
                or "owner_reference" in one["sql"]
            ):
                # In so small a city its own index would do.
                anywhere = re.sub(r"(\"\w+\"\.)?\"?jurisdiction_id\"? = \d+ AND", "", one["sql"])
                cursor.execute("EXPLAIN " + anywhere)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    text = "\n".join(plans)
    for index in ("request_address_words", "request_unlisted_words", "request_owner_reference", "request_external_id"):
        assert index in text
