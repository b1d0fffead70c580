"""The queue shows what is mine to do, the dangerous first, and costs the same however long it is."""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from requests_app.actions.publication import moderation
from requests_app.actions.work import assignment, conversation, endings
from requests_app.clock import app_now
from requests_app.models import Membership, Photo, ServiceRequest, Team, User
from staff_app.queue import listing
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}
MOMENT = dt.timedelta(microseconds=1)
SignIn = Callable[[User], Client]


def pothole(town: Rivermark, words: str = "A hole as big as a plate.", **columns: Any) -> ServiceRequest:
    made = factories.routed(town.pothole, words, answers=LANE)
    if columns:
        ServiceRequest.objects.filter(pk=made.pk).update(**columns)
        made.refresh_from_db()
    return made


def shown(client: Client, query: str = "", path: str = "/staff/") -> list[str]:
    """The references on the page, in its order."""
    answer = client.get(path + query)
    assert answer.status_code == 200
    return re.findall(r'href="/staff/r/([0-9A-Z]{8})/\?list=', answer.content.decode())


def test_strangers_are_sent_to_the_sign_in(town: Rivermark, client: Client) -> None:
    answer = client.get("/staff/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/staff/"


def test_nothing_of_it_is_kept_by_a_browser_or_a_proxy(tom: Client) -> None:
    assert tom.get("/staff/")["Cache-Control"] == "private, no-store"


def test_somebody_without_work_in_this_city_gets_403(town: Rivermark, signed_in: SignIn) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    answer = signed_in(factories.staff("Eve", "administrator", elsewhere)).get("/staff/")
    # The first city, which has no hosts, answers at any that no other city names.
    assert answer.status_code == 403
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    answer = signed_in(factories.staff("Eli", "administrator", elsewhere)).get("/staff/", HTTP_HOST="rivermark.example")
    assert answer.status_code == 403
    assert "you don’t work for Rivermark" in answer.content.decode()


def test_it_shows_the_open_requests_of_ones_own_department(town: Rivermark, tom: Client, pia: Client) -> None:
    hole, limb = pothole(town), factories.routed(town.tree)
    ended = pothole(town)
    endings.resolve(ended.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    assert shown(tom) == [hole.reference]
    assert shown(pia) == [limb.reference]


def test_the_whole_city_is_there_for_whoever_works_for_it_but_not_what_is_confidential(
    town: Rivermark, signed_in: SignIn
) -> None:
    hole, limb, secret = pothole(town), factories.routed(town.tree), factories.routed(town.outreach)
    assert sorted(shown(signed_in(town.cal))) == sorted([hole.reference, limb.reference])
    assert secret.reference in shown(signed_in(town.tom))


def test_what_its_reporter_did_not_confirm_is_not_there(town: Rivermark, signed_in: SignIn) -> None:
    pothole(town, public_state="unconfirmed")
    assert shown(signed_in(town.cal)) == []


@pytest.mark.parametrize(("minute", "day"), [("2027-03-06T04:59", 6), ("2027-03-06T05:00", 7)])
def test_today_ends_at_midnight_in_the_city(town: Rivermark, minute: str, day: int) -> None:
    now = dt.datetime.fromisoformat(f"{minute}+00:00")
    assert listing.Moment.of(town.city, now).tonight == dt.datetime(2027, 3, day, 5, tzinfo=dt.UTC)


@pytest.mark.shows("6.2")
def test_the_dangerous_comes_first_then_late_then_today_then_reopened_then_the_rest(
    town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = app_now()
    accepted = {"acknowledged_at": now, "status": "in_progress"}
    tonight = listing.Moment.of(town.city).tonight
    names = {
        pothole(town, due_at=now + dt.timedelta(days=9), **accepted).reference: "later",
        pothole(town, due_at=now + dt.timedelta(days=8), reopened_count=1, **accepted).reference: "reopened",
        pothole(town, due_at=tonight - dt.timedelta(seconds=1), **accepted).reference: "today",
        pothole(town, due_at=now - dt.timedelta(days=3), priority=3, **accepted).reference: "late, priority 3",
        pothole(town, due_at=now - dt.timedelta(days=1), priority=2, **accepted).reference: "late, priority 2",
        pothole(town, due_at=None, status="on_hold", acknowledged_at=now).reference: "no date",
        pothole(town, priority=1, due_at=now + dt.timedelta(days=7)).reference: "priority 1, not accepted",
        pothole(town, after_warning=True, due_at=now + dt.timedelta(days=6)).reference: "after the warning",
    }
    assert [names[reference] for reference in shown(tom)] == [
        "priority 1, not accepted",
        "after the warning",
        "late, priority 2",
        "late, priority 3",
        "today",
        "reopened",
        "later",
        "no date",
    ]
    # Those of a person come in the same order, also from page to page.
    ServiceRequest.objects.update(assignee=town.tom)
    in_order = shown(tom)
    assert shown(tom, path="/staff/mine/") == in_order
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    url, seen, pages = "/staff/mine/", [], []
    while url:
        pages.append(tom.get(url).content.decode())
        seen += re.findall(r'href="/staff/r/([0-9A-Z]{8})/\?list=', pages[-1])
        following = re.search(r'rel="next" href="([^"]+)"', pages[-1])
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert seen == in_order
    back = re.search(r'rel="prev" href="([^"]+)"', pages[-1])
    assert back
    assert shown(tom, back.group(1).replace("&amp;", "&"), path="") == in_order[-2:-1]


def test_a_moment_decides_between_late_today_and_later(town: Rivermark) -> None:
    at = listing.Moment.of(town.city)
    calm = {"acknowledged_at": at.now, "status": "in_progress"}
    turns = {
        pothole(town, due_at=at.now - MOMENT, priority=2, **calm).pk: 2,
        pothole(town, due_at=at.now, priority=2, **calm).pk: 3,
        pothole(town, due_at=at.now - MOMENT, priority=3, **calm).pk: 3,
        pothole(town, due_at=at.tonight - MOMENT, priority=2, **calm).pk: 3,
        pothole(town, due_at=at.tonight, reopened_count=1, **calm).pk: 4,
        pothole(town, due_at=at.tonight, **calm).pk: 5,
    }
    segments = listing.in_order(listing.TABS[0], ServiceRequest.objects.in_jurisdiction(town.city), at)
    assert {pk: number for number, rows in enumerate(segments) for pk in rows.values_list("pk", flat=True)} == turns
    assert sum(rows.count() for rows in segments) == len(turns)


@pytest.mark.parametrize(
    ("tab", "columns"),
    [
        ("new", {}),
        ("p1", {"priority": 1}),
        ("late", {"due_at": dt.timedelta(hours=-1), "acknowledged_at": dt.timedelta()}),
        ("answered", {"has_new_answer": True, "acknowledged_at": dt.timedelta()}),
        ("reopened", {"reopened_count": 2, "acknowledged_at": dt.timedelta()}),
        ("waiting", {"status": "on_hold", "acknowledged_at": dt.timedelta()}),
    ],
)
def test_each_tab_keeps_its_own_and_counts_it(town: Rivermark, tom: Client, tab: str, columns: dict[str, Any]) -> None:
    now = app_now()
    at = {name: now + value if isinstance(value, dt.timedelta) else value for name, value in columns.items()}
    one = pothole(town, **at)
    other = pothole(town, status="in_progress", acknowledged_at=now, due_at=now + dt.timedelta(days=30))
    assert shown(tom, f"?tab={tab}") == [one.reference]
    assert sorted(shown(tom)) == sorted([one.reference, other.reference])
    page = tom.get("/staff/").content.decode()
    assert re.search(rf'\?tab={tab}"[^>]*>[^<]*<span class="count">1</span>', page)


@pytest.mark.shows("6.2")
def test_a_tab_counts_no_further_than_a_hundred(town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_MAX", 2)
    for _ in range(2):
        pothole(town)
    assert '<span class="count">2</span>' in tom.get("/staff/").content.decode()
    assert "Found: 2 open" in tom.get("/staff/?q=plate").content.decode()
    pothole(town)
    cache.clear()
    assert '<span class="count">2+</span>' in tom.get("/staff/").content.decode()
    assert "Found: 2+ open" in tom.get("/staff/?q=plate").content.decode()


def test_triage_is_a_tab_for_those_who_triage_alone(town: Rivermark, tom: Client, signed_in: SignIn) -> None:
    lost = factories.routed(town.unknown, place=factories.submission.Place())
    assert shown(tom, "?tab=triage") == [lost.reference]
    assert shown(tom) == []
    dev = signed_in(town.dev)
    assert dev.get("/staff/?tab=triage").status_code == 404
    assert "tab=triage" not in dev.get("/staff/").content.decode()


def test_mine_is_what_was_assigned_to_me(town: Rivermark, tom: Client) -> None:
    mine, _ = pothole(town), pothole(town)
    assignment.assign(mine.pk, assignee=town.tom, actor=town.tom)
    assert shown(tom, path="/staff/mine/") == [mine.reference]


def test_a_contractor_sees_only_what_is_assigned_to_them(town: Rivermark, signed_in: SignIn) -> None:
    gus = factories.staff("Gus", "contractor", town.city, town.streets)
    theirs, other = pothole(town), pothole(town)
    assignment.assign(theirs.pk, assignee=gus, actor=town.tom)
    client = signed_in(gus)
    assert shown(client) == [theirs.reference]
    assert client.get(f"/staff/r/{other.reference}/").status_code == 404


def test_an_answer_to_what_has_ended_is_shown_too(town: Rivermark, tom: Client) -> None:
    ended = pothole(town)
    endings.resolve(ended.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    conversation.answer(ended.pk, text="It is still there.", actor=ended.participations.get().person)
    assert shown(tom, "?tab=answered") == [ended.reference]


def test_what_ended_lately_is_under_ended_newest_first(town: Rivermark, tom: Client) -> None:
    first, second, _open = pothole(town), pothole(town), pothole(town)
    for one in (second, first):
        endings.resolve(one.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    ServiceRequest.objects.filter(pk=second.pk).update(resolved_at=app_now() - dt.timedelta(days=1))
    assert shown(tom, "?tab=ended") == [first.reference, second.reference]


@pytest.mark.parametrize("spelling", ["{0}-{1}", "{0} {1}", "{0}{1}", " #{0}-{1} "])
def test_a_reference_in_any_spelling_opens_the_request(town: Rivermark, tom: Client, spelling: str) -> None:
    one = pothole(town)
    typed = spelling.format(one.reference[:4].lower(), one.reference[4:])
    answer = tom.get("/staff/", {"q": typed})
    assert answer.status_code == 302
    assert answer["Location"] == f"/staff/r/{one.reference}/"


def test_a_reference_of_another_department_is_not_told(town: Rivermark, tom: Client) -> None:
    limb = factories.routed(town.tree)
    answer = tom.get("/staff/", {"q": limb.reference})
    assert answer.status_code == 200
    assert f"/staff/r/{limb.reference}/" not in answer.content.decode()


def test_words_are_looked_for_in_text_and_address(town: Rivermark, tom: Client) -> None:
    crater, sinkhole = pothole(town, "A crater."), pothole(town, "A sinkhole.", address="9 Oak Ave")
    assert shown(tom, "?q=CRATER") == [crater.reference]
    assert shown(tom, "?q=oak+sinkhole") == [sinkhole.reference]
    # It could be a reference, but is a word.
    assert shown(tom, "?q=sinkhole") == [sinkhole.reference]
    assert shown(tom, "?q=%25") == []


def test_service_and_department_choose(town: Rivermark, signed_in: SignIn) -> None:
    hole, limb = pothole(town), factories.routed(town.tree)
    cal = signed_in(town.cal)
    assert shown(cal, "?service=pothole") == [hole.reference]
    assert shown(cal, "?department=PK") == [limb.reference]
    assert shown(cal, "?department=PK&service=pothole") == []


def test_another_departments_code_opens_nothing(town: Rivermark, tom: Client) -> None:
    factories.routed(town.tree)
    hole = pothole(town)
    assert shown(tom, "?department=PK") == [hole.reference]


def test_a_row_says_in_words_what_is_special(town: Rivermark, tom: Client) -> None:
    factories.area(town.city)
    one = factories.routed(
        town.pothole, "Un hoyo enorme.", answers=LANE, language="es", after_warning=True, address="12 Elm St"
    )
    conversation.answer(one.pk, text="Sigue igual.", actor=one.participations.get().person)
    ServiceRequest.objects.filter(pk=one.pk).update(
        people_count=4, reopened_count=2, due_at=app_now() - dt.timedelta(days=2, minutes=1)
    )
    page = " ".join(re.sub(r"<[^>]+>", " ", tom.get("/staff/").content.decode()).split())
    for words in ("Sent after warning", "Not accepted yet", "New reply", "Reopened 2×", "4 people", "Spanish"):
        assert words in page
    assert f"Late 2 d P2 service Unread: Un hoyo enorme. {one.display_reference}" in page
    assert "12 Elm St · Ward 5" in page
    assert '<span lang="es" dir="auto">Un hoyo enorme.</span>' in tom.get("/staff/").content.decode()


def test_a_row_names_its_owner_and_shows_the_first_photo_that_isnt_hidden(town: Rivermark, tom: Client) -> None:
    """Never a code alone: the person and their team, the team, or the department."""
    crew = Team.objects.create(department=town.streets, code="crew-2", name={"en": "Night crew"})
    hidden, first, second = (
        {"name": name, "width": 9, "height": 9, "jurisdiction": town.city} for name in ("a1", "b2", "c3")
    )
    of_person = pothole(town, "A hole.", assignee=town.dev, team=crew)
    of_team, of_department = pothole(town, "A hole.", team=crew), pothole(town, "A hole.")
    Photo.objects.create(service_request=of_person, hidden_at=app_now(), **hidden)
    for photo in (first, second):
        Photo.objects.create(service_request=of_person, **photo)
    rows = re.findall(r'<tr role="row" data-request="(\d+)"(.*?)</tr>', tom.get("/staff/").content.decode(), re.DOTALL)
    owners = {int(pk): re.findall(r'class="queue__owner" title="([^"]+)"', row)[0] for pk, row in rows}
    assert owners == {of_person.pk: "Dev · Night crew", of_team.pk: "Night crew", of_department.pk: "Streets"}
    photos = {int(pk): re.findall(r'src="/photos/([^"]+)"', row) for pk, row in rows}
    assert photos == {of_person.pk: ["b2-small.jpg"], of_team.pk: [], of_department.pk: []}


def test_what_the_public_does_not_see_says_so(town: Rivermark, tom: Client, signed_in: SignIn) -> None:
    one = pothole(town)
    moderation.hide(one.pk, reason="abuse", actor=town.ada)
    assert ">Hidden</span>" in tom.get("/staff/").content.decode()


def test_what_was_typed_is_text_in_each_row(town: Rivermark, tom: Client) -> None:
    typed = ["100% <b>here</b> & there", "{{ row.street }} %s %(pk)s"]
    for words in typed:
        pothole(town, words, address=words)
    page = tom.get("/staff/").content.decode()
    for words in typed:
        assert f'<span class="queue__street">{escape(words)}</span>' in page
        assert f'<span lang="en" dir="auto">{escape(words)}</span>' in page


def test_pages_follow_one_another_and_go_back(town: Rivermark, tom: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    for days in range(5):
        pothole(town, priority=1 if days == 4 else 2, due_at=app_now() + dt.timedelta(days=days))
    seen: list[str] = []
    url = "/staff/?tab=new"
    for _ in range(3):
        page = tom.get(url).content.decode()
        seen += re.findall(r'href="/staff/r/([0-9A-Z]{8})/\?list=', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert url == ""
    expected = ServiceRequest.objects.order_by("priority", "due_at").values_list("reference", flat=True)
    assert seen == list(expected)
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back
    assert shown(tom, back.group(1).replace("&amp;", "&"), path="") == seen[2:4]
    assert shown(tom, "?tab=new&cursor=junk") == seen[:2]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("who", "tab"),
    [
        ("tom", "triage"),
        *itertools.product(["tom", "cal"], ["all", "late", "waiting", "ended", "answered", "mine"]),
    ],
)
def test_it_costs_the_same_queries_for_5_and_for_50_rows(
    town: Rivermark, signed_in: SignIn, who: str, tab: str
) -> None:
    factories.area(town.city)
    client = signed_in(getattr(town, who))
    shapes: dict[str, dict[str, Any]] = {
        "all": {},
        "late": {"due_at": app_now() - dt.timedelta(days=1)},
        "triage": {"department": None, "in_triage": True, "status": "received"},
        "waiting": {"status": "on_hold", "hold_reason": "parts"},
        "ended": {"status": "resolved", "disposition": "cannot_do", "resolved_at": app_now()},
        "answered": {"has_new_answer": True},
        "mine": {"assignee": getattr(town, who)},
    }
    model = pothole(town, **shapes[tab])

    def cost(number: int) -> int:
        while ServiceRequest.objects.count() < number:
            copy = ServiceRequest.objects.get(pk=model.pk)
            copy.pk = None
            copy.reference = factories.submission.references.new_reference()
            copy.save()
        with CaptureQueriesContext(connection) as queries:
            assert len(shown(client, f"?tab={tab}")) == number
        return len(queries)

    client.get("/staff/")
    few = cost(5)
    assert cost(50) == few
    assert few <= 15


def test_a_department_of_somebody_with_two_is_asked_for_once(town: Rivermark, tom: Client) -> None:
    Membership.objects.create(
        user=town.tom, jurisdiction=town.city, department=town.parks, role=factories.role(town.city, "crew")
    )
    hole, limb = pothole(town), factories.routed(town.tree, reporter=ANA)
    assert sorted(shown(tom)) == sorted([hole.reference, limb.reference])
    assert shown(tom, "?department=PK") == [limb.reference]
