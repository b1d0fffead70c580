"""The audit: administrators and records officers find every act of staff and every change of setup, in words."""

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from requests_app import references
from requests_app.actions.contacts import contacts
from requests_app.actions.privacy import reporter_views
from requests_app.actions.publication import moderation
from requests_app.actions.shared import setup_changes
from requests_app.actions.work import assignment, endings
from requests_app.models import Event, SetupChange, User
from requests_app.rules.setup import audit as rules
from staff_app.setup.audit.wording import ACTIONS
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.10")]
SignIn = Callable[[User], Client]
PATH = "/staff/audit/"
ROOT = Path(__file__).parents[4]


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def rec(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(factories.staff("Rec", "records_officer", town.city))


def text_of(response: Any) -> str:
    return " ".join(html.unescape(strip_tags(response.content.decode())).split())


def page_of(client: Client, **filters: object) -> str:
    return text_of(client.get(PATH, filters))


def change(town: Rivermark, name: str = "Pothole", **more: object) -> SetupChange:
    fields = {"kind": "service", "key": "pothole", "before": {"priority": 3}, "after": {"priority": 2}, **more}
    kind, key = str(fields.pop("kind")), fields.pop("key")
    made = setup_changes.record(town.city, kind, key, actor=town.ada, name=name, **fields)  # type: ignore[arg-type]
    assert made is not None
    return made


def test_acts_and_changes_are_one_list_in_words_newest_first(town: Rivermark, ada: Client) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    endings.resolve(one.pk, disposition="fixed", text="Filled.", actor=town.tom)
    made = change(town)
    page = page_of(ada)
    assert page.index("Service changed: Pothole") < page.index("Resolved: Fixed")
    assert "Priority: 2: urgent instead of 3: normal" in page
    assert one.display_reference in page
    # What residents and the system did is on the request's page.
    assert "Reported: Pothole" not in page
    detail = text_of(ada.get(f"{PATH}changes/{made.pk}/"))
    assert "Priority: 2: urgent instead of 3: normal" in detail
    assert "Before Priority: 3: normal" in detail


LEAVES = {
    "service_code": "leaf_pile", "name": {"en": "Leaf pile", "es": "Hojas"}, "department": "PW", "priority": 3, "active": False,
    "duplicates": {"policy": "join", "radius_m": 30, "window_days": 5},
    "questions": [
        factories.question("where", "single", text="Where?", options=["road"]),
        {**factories.question("how_deep", text="How deep?"), "show_if": {"question": "where", "values": ["road"]}},
    ],
}  # fmt: skip


def test_a_new_row_and_a_changed_one_say_all_in_sentences_in_the_readers_language(town: Rivermark, ada: Client) -> None:
    """Names are this city's, and nobody reads a code or a file."""
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    factories.department(there, "PW", "Water")
    new = change(town, kind="service", key="leaf_pile", name="Leaf pile", before=None, after=LEAVES)
    moved = change(
        town, kind="person", key="7", name="Dev", before={"roles": ["crew (PW)"]}, after={"roles": ["crew (PK)"]}
    )
    factories.role(town.city, "crew")
    text = text_of(ada.get(f"{PATH}changes/{new.pk}/"))
    for sentence in (
        "Service added: Leaf pile", "Department: Streets", "Priority: 3: normal", "Residents can’t ask for it",
        "How near a similar report is: 98 feet", "“How deep?” is asked only if “Where?” is “Road”", "Answers to “Where?”: “Road”",
    ):  # fmt: skip
        assert sentence in text
    spanish = text_of(ada.get(f"/es{PATH}changes/{new.pk}/"))
    assert "“How deep? (es)” solo se pregunta si “Where? (es)” es “road (es)”" in spanish
    assert "A qué distancia está un reporte similar: 98 pies" in spanish
    for page in (text, spanish):
        assert not [
            code for code in ("leaf_pile", "how_deep", "radius_m", "PW", "False", "show_if", "Water") if code in page
        ]
    assert "Roles: added Crew (Parks)Roles: removed Crew (Streets)" in text_of(ada.get(f"{PATH}changes/{moved.pk}/"))


def test_a_note_and_the_name_of_a_list_are_words_too(town: Rivermark, ada: Client) -> None:
    change(town, before=None, after=None, action="scheduled", note="2026-12-24T09:00-05:00")
    change(town, action="rolled_back", note="3")
    change(
        town, kind="reason", key="cannot_do", name="", before={"reasons": []}, after={"reasons": []}, action="changed"
    )
    change(town, kind="outbox", key="route", name="route, TimeoutError (3)", before=None, after=None, action="retried")
    page = page_of(ada)
    assert "Service scheduled: Pothole For Dec. 24, 2026, 9 a.m." in page
    assert "Service rolled back: Pothole To version 3" in page
    assert "Reason changed: Why the city can’t do it" in page
    assert "Failed tasks tried again: Routing, TimeoutError (3)" in page


def test_a_download_says_what_it_was_filtered_by(town: Rivermark, ada: Client, rec: Client) -> None:
    rec.post(f"{PATH}csv/", {"of": "setup:service", "service": town.pothole.service_id, "since": "2026-05-01"})
    rec.post("/staff/export/csv/?tab=open&department=PW&service=pothole")
    of_audit, of_queue = SetupChange.objects.order_by("id")
    text = text_of(ada.get(f"{PATH}changes/{of_audit.pk}/"))
    assert "What: ServiceService: PotholeFrom: May 1, 2026" in text
    assert "Department: Streets" in text_of(ada.get(f"{PATH}changes/{of_queue.pk}/"))


def test_each_action_on_setup_has_words() -> None:
    """Those that the code names; all others are added, changed or removed."""
    sources = [path for folder in ("requests_app", "staff_app") for path in (ROOT / folder).rglob("*.py")]
    named = {action for path in sources for action in re.findall(r"action=\"([a-z_]+)\"", path.read_text())}
    assert named - {"store_true", "append"} <= ACTIONS.keys()


def test_it_is_narrowed_by_person_service_request_kind_and_day(town: Rivermark, ada: Client) -> None:
    hole, tree = factories.routed(town.pothole, answers={"where": "lane"}), factories.routed(town.tree)
    endings.resolve(hole.pk, disposition="fixed", text="Filled.", actor=town.tom)
    endings.resolve(tree.pk, disposition="action_taken", text="Cut.", actor=town.pia)
    change(town)
    contact = contacts.start(town.city, taker=town.cal)
    contacts.link(contact, hole)
    filled, cut, changed = "Resolved: Fixed", "Resolved: We took action", "Service changed: Pothole"
    tomorrow = (timezone.now() + dt.timedelta(days=2)).date().isoformat()
    for filters, found in (
        ({"who": town.tom.pk}, {filled}),
        ({"who": town.ada.pk}, {changed}),
        ({"service": town.pothole.service_id}, {filled, changed}),
        ({"number": tree.display_reference.lower()}, {cut}),
        ({"number": references.display_contact(contact.number)}, {filled}),
        ({"of": "acts"}, {filled, cut}),
        ({"of": "act:resolved"}, {filled, cut}),
        ({"of": "setup:service"}, {changed}),
        ({"of": "setup:role"}, set()),
        ({"since": "2020-01-01"}, {filled, cut, changed}),
        ({"since": tomorrow}, set()),
        ({"until": "2020-01-01"}, set()),
    ):
        page = page_of(ada, **filters)
        assert {words for words in (filled, cut, changed) if words in page} == found, filters
    beside = factories.lakeside()
    theirs = contacts.start(beside.city, taker=beside.sid)
    contacts.link(theirs, hole)
    for unknown in (theirs.number, "C00000000", "C-0000-0000"):
        assert ada.get(PATH, {"number": unknown}).status_code == 422, unknown
    answer = ada.get(PATH, {"since": "2026-02-02", "until": "2026-02-01"})
    assert answer.status_code == 422
    assert "before the first one" in text_of(answer)


def test_pages_go_through_both_logs_in_order_and_back(town: Rivermark) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    for number in range(7):
        with transaction.atomic():
            assignment.assign(one.pk, assignee=town.tom if number % 2 else None, actor=town.tom)
            change(town, after={"priority": number + 10})
    whole = [entry.key for entry in rules.page(town.city, town.ada, rules.Filters(), size=100).entries]
    assert len(whole) >= 10
    assert whole == sorted(whole, reverse=True)
    found, cursor, pages = [], "", []
    while True:
        page = rules.page(town.city, town.ada, rules.Filters(), cursor, size=3)
        found += [entry.key for entry in page.entries]
        pages.append(page)
        if not (cursor := page.next_cursor):
            break
    assert found == whole
    back = rules.page(town.city, town.ada, rules.Filters(), pages[-1].previous_cursor, size=3)
    assert [one.key for one in back.entries] == [one.key for one in pages[-2].entries]
    first = rules.page(town.city, town.ada, rules.Filters(), "nonsense", size=3)
    assert [one.key for one in first.entries] == whole[:3]


def test_of_a_confidential_request_it_says_only_that_something_was_done(
    town: Rivermark, ada: Client, rec: Client
) -> None:
    one = factories.report(town.outreach, "Someone sleeps behind the shed.", address="77 Sorrowful Ln")
    factories.run_worker()
    endings.resolve(one.pk, disposition="action_taken", text="Went by at 9.", actor=town.tom)
    page = page_of(ada)
    assert "A request you can’t open" in page
    for secret in (one.display_reference, "We took action", "sleeps", "Sorrowful", "Went by"):
        assert secret not in page
    # Nor by searching for what it is about.
    for filters in ({"service": town.outreach.service_id}, {"number": one.display_reference}):
        assert "Resolved" not in text_of(ada.get(PATH, filters)).split("Nothing found")[0].split("Show all")[-1]
    theirs = page_of(rec)
    assert one.display_reference in theirs
    assert "Resolved: We took action" in theirs
    assert "Went by" not in theirs


def test_an_opened_contact_says_who_looked_and_why(town: Rivermark, ada: Client) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    reporter_views.view_reporter(one, reason="records_request", actor=town.tom)
    page = page_of(ada, of="act:reporter_viewed")
    assert "Viewed the reporter’s contact information (for a records request)" in page
    for secret in (factories.ANA.name, factories.ANA.email, factories.ANA.phone):
        assert secret not in page


def test_the_records_officer_gets_it_as_a_file_which_is_logged(town: Rivermark, ada: Client, rec: Client) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    endings.resolve(one.pk, disposition="fixed", text="Filled for Ana.", actor=town.tom)
    change(town, name="=HYPERLINK(1)", note="@SUM(A1)")
    assert ada.post(f"{PATH}csv/").status_code == 403
    for client, times in ((ada, 0), (rec, 1)):
        assert client.get(PATH).content.decode().count(f'action="{PATH}csv/"') == times
    answer = rec.post(f"{PATH}csv/", {"of": ""})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [(row["Who"], row["What"]) for row in rows] == [
        ("Rec", "Audit downloaded: CSV file"),
        ("Ada", "Service changed: =HYPERLINK(1)"),
        ("Tom", "Resolved: Fixed"),
    ]
    assert rows[2]["Report number"] == one.display_reference
    assert rows[1]["Note"] == "'@SUM(A1)"
    assert "Filled" not in content
    assert factories.ANA.name not in content
    assert SetupChange.objects.get(kind="audit").user.name == "Rec"  # type: ignore[union-attr]


def test_a_file_ends_with_a_word_about_the_rest(town: Rivermark, rec: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff_app.setup.audit.export.ROWS_MAX", 4)
    monkeypatch.setattr("staff_app.setup.audit.export.BATCH", 2)
    for number in range(6):
        change(town, after={"priority": number + 10})
    answer = rec.post(f"{PATH}csv/")
    content = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert len(content.strip().splitlines()) == 6
    assert "Only the newest 4 rows" in content


def test_earlier_and_later_are_of_the_same_row_of_the_same_city(town: Rivermark, ada: Client) -> None:
    there = factories.lakeside()
    made = []
    for city, actor in ((there.city, there.sid), (town.city, town.ada), (there.city, there.sid)):
        fields: dict[str, Any] = {"before": {"priority": 3}, "after": {"priority": 2}, "name": "Pothole"}
        made.append(setup_changes.record(city, "service", "pothole", actor=actor, **fields))
    change(town, key="tree")
    assert made[1] is not None
    page = ada.get(f"{PATH}changes/{made[1].pk}/")
    assert (page.context["older"], page.context["newer"]) == (None, None)
    later = change(town)
    assert ada.get(f"{PATH}changes/{made[1].pk}/").context["newer"] == later


def test_neither_log_can_be_changed(town: Rivermark) -> None:
    made = change(town)
    factories.report(town.tree)
    for rows in (SetupChange.objects.filter(pk=made.pk), Event.objects.all()):
        for write in (lambda rows=rows: rows.update(user=town.tom), lambda rows=rows: rows.delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                write()


def test_what_staff_did_is_read_by_its_own_index(town: Rivermark) -> None:
    """However many events residents and the system have caused."""
    one = factories.routed(town.pothole, answers={"where": "lane"})
    moderation.hide(one.pk, reason="other", actor=town.ada)
    each = {
        "event_of_staff": rules.Filters(),
        "event_by_user": rules.Filters(user_id=town.ada.pk),
        "event_of_staff_by_kind": rules.Filters(of="act:hidden"),
    }
    for index, filters in each.items():
        queryset = rules._acts(town.city, town.ada, filters)
        assert queryset is not None
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
            # With three events each index costs the same.
            for other in each.keys() - {index}:
                cursor.execute(f"DROP INDEX {other}")
            plan = queryset.order_by("-at", "-id")[:51].explain()
            transaction.set_rollback(True)
        assert index in plan, plan
        assert "Sort" not in plan
