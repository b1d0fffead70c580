"""The request page: what is dangerous first, who said what, and nothing that is not this reader's to know."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.report import submission
from requests_app.actions.work import assignment, conversation, endings, holds, merges, progress
from requests_app.clock import app_now
from requests_app.models import Event, ListedReason, OutboxRow, ServiceRequest, User
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}
# Parts of the page with an address of their own.
PARTS = {"more", "public", "related", "slip", "snooze"}
SignIn = Callable[[User], Client]


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page_of(one: ServiceRequest) -> str:
    return f"/staff/r/{one.reference}/"


def test_its_status_speaks_to_staff_and_not_to_the_reporter(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    columns = {"status": "on_hold", "hold_reason": "reporter"}
    ServiceRequest.objects.filter(pk=one.pk).update(**columns)
    assert "Waiting for an answer from the person who reported it" in text(tom, page_of(one))
    columns = {"status": "closed", "disposition": "no_reply", "hold_reason": "", "resolved_at": app_now()}
    ServiceRequest.objects.filter(pk=one.pk).update(**columns)
    page = text(tom, page_of(one))
    assert "We didn’t get the answer we needed" in page
    assert "hear back from you" not in page


@pytest.mark.shows("6.3")
def test_it_says_what_where_by_when_and_why(town: Rivermark, tom: Client) -> None:
    factories.area(town.city)
    one = factories.routed(
        town.pothole,
        "A hole as big as a plate.",
        answers={**LANE, "damage": "A flat tire"},
        place=submission.Place(factories.at(), "12 Elm St", note="By the bus stop.", source="address"),
    )
    page = text(tom, page_of(one))
    for words in (
        f"{one.display_reference} Pothole",
        "Sent to Streets",
        "72 hours, in effect since",
        "P2 service",
        "A hole as big as a plate.",
        "Tell us the damage. A flat tire",
        "12 Elm St",
        "By the bus stop.",
        "Ward 5",
        "Streets will review it by",
    ):
        assert words in page


def test_the_residents_words_carry_their_language(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, "Un hoyo enorme.", answers=LANE, language="es")
    assert 'lang="es">Un hoyo enorme.</p>' in tom.get(page_of(one)).content.decode()


def test_what_they_typed_is_text_and_never_markup(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, "<script>alert(1)</script>", answers=LANE)
    conversation.answer(one.pk, text="<img src=x onerror=alert(1)>", actor=one.participations.get().person)
    page = tom.get(page_of(one)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.shows("6.3")
def test_danger_stands_before_everything_else(town: Rivermark, tom: Client) -> None:
    wire = factories.service(
        town.city,
        "wire",
        questions=[
            factories.question("color", "single", options=["red"]),
            factories.question(
                "spark",
                "single",
                text="Does it spark?",
                options=[{"value": "yes", "label": {"en": "Yes"}, "effects": {"priority": 1}}],
            ),
        ],
    )
    one = factories.routed(wire, "A wire hangs down.", answers={"color": "red", "spark": "yes"}, after_warning=True)
    page = text(tom, page_of(one))
    assert (
        page.index("Sent after the emergency page.")
        < page.index("Does it spark? Yes")
        < page.index("A wire hangs down.")
    )
    assert page.index("A wire hangs down.") < page.index("Tell us the color.")


@pytest.mark.parametrize(("who", "reads"), [("tom", True), ("dev", True), ("cal", False), ("ada", False)])
def test_what_is_for_the_department_alone_is_read_there_alone(
    town: Rivermark, signed_in: SignIn, who: str, reads: bool
) -> None:
    gate = factories.service(town.city, "gate", questions=[factories.question("code", visibility="department")])
    one = factories.routed(gate, "The gate is stuck.", answers={"code": "4711"})
    assert ("4711" in text(signed_in(getattr(town, who)), page_of(one))) is reads


# --- Whose it is not --------------------------------------------------------------------------------------------------


@pytest.mark.sampled(2)
@pytest.mark.shows("6.5")
@pytest.mark.parametrize(
    "rest", ["", "reporter/", "read/", "accept/", "resolve/", "note/", "moderate/", "photos/1/hide/", "photos/1/show/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_department_gets_404_for_the_page_and_everything_on_it(
    town: Rivermark, pia: Client, rest: str, method: str
) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    # "Not by this method" is said of every reference, known or not.
    refused = 405 if method == "get" and rest in ("reporter/", "read/", "photos/1/show/") else 404
    assert getattr(pia, method)(page_of(one) + rest).status_code == refused
    assert getattr(pia, method)("/staff/r/ZZZZZZZZ/" + rest).status_code == refused, "the same as one that is not there"


def test_another_city_gets_404(town: Rivermark, signed_in: SignIn) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    town.city.hosts = ["rivermark.example"]
    town.city.save()
    one = factories.routed(town.pothole, answers=LANE)
    eve = signed_in(factories.staff("Eve", "supervisor", elsewhere))
    assert eve.get(page_of(one), HTTP_HOST="eastport.example").status_code == 404
    tom = signed_in(town.tom)
    assert tom.get(page_of(one), HTTP_HOST="rivermark.example").status_code == 200
    # His sign-in holds at the other city's host too, but he does not work there.
    assert tom.get(page_of(one), HTTP_HOST="eastport.example").status_code == 403


def test_an_erased_request_is_gone(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    ServiceRequest.objects.filter(pk=one.pk).update(public_state="erased")
    assert tom.get(page_of(one)).status_code == 404


# --- The reporter -----------------------------------------------------------------------------------------------------


def test_name_and_address_stay_closed_until_opened(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE, language="es")
    page = text(tom, page_of(one))
    assert "Reads Spanish · 1 person · email only" in page
    for secret in (ANA.name, ANA.email, ANA.phone):
        assert secret not in page


def test_opening_the_reporter_leaves_a_trace(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    refused = tom.post(page_of(one) + "reporter/", {"reason": "curious"})
    assert refused.status_code == 422
    assert ANA.name not in refused.content.decode()
    answer = tom.post(page_of(one) + "reporter/", {"reason": "reply"})
    page = answer.content.decode()
    assert ANA.name in page
    assert ANA.email in page
    assert answer["Cache-Control"] == "private, no-store"
    event = Event.objects.get(service_request=one, kind="reporter_viewed")
    assert event.user == town.tom
    assert "Viewed the reporter’s contact information (to call or write back) Tom" in text(tom, page_of(one))


def test_a_link_alone_opens_no_reporter(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    assert tom.get(page_of(one) + "reporter/").status_code == 405
    assert not Event.objects.filter(kind="reporter_viewed").exists()


def test_who_may_not_read_the_reporter_gets_403_and_no_button(town: Rivermark, signed_in: SignIn) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    dev = signed_in(town.dev)
    assert "Show name and contact" not in text(dev, page_of(one))
    assert dev.post(page_of(one) + "reporter/", {"reason": "reply"}).status_code == 403
    assert not Event.objects.filter(kind="reporter_viewed").exists()


def test_some_services_name_who_may_read_the_reporter(town: Rivermark, signed_in: SignIn) -> None:
    complaint = factories.service(town.city, "complaint", visibility="reporter_to_named_staff")
    one = factories.routed(complaint)
    assert signed_in(town.tom).post(page_of(one) + "reporter/", {"reason": "reply"}).status_code == 200
    assert signed_in(town.cal).get(page_of(one)).status_code == 200
    assert signed_in(town.cal).post(page_of(one) + "reporter/", {"reason": "reply"}).status_code == 403


# --- What happened ----------------------------------------------------------------------------------------------------


def test_the_timeline_names_staff_and_keeps_every_word(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    progress.accept(one.pk, actor=town.tom)
    assignment.assign(one.pk, assignee=town.dev, actor=town.tom)
    conversation.note(one.pk, text="Bring the big drill.", actor=town.dev)
    conversation.comment(one.pk, text="We come on Friday.", actor=town.tom)
    holds.hold(one.pk, reason="parts", until=dt.date(2030, 1, 2), actor=town.tom)
    page = text(tom, page_of(one))
    order = [
        "On hold until Jan. 2, 2030: parts Tom",
        "Public comment Tom We come on Friday.",
        "Internal note Dev Bring the big drill.",
        "Assigned to Dev Tom",
        "Accepted Tom",
        "Routed to Streets (the service’s department) System",
        "Reported: Pothole Resident",
    ]
    found = [page.index(words) for words in order]
    assert found == sorted(found), "newest first"
    assert page.index("Only city staff can read this.") > page.index("Bring the big drill.")


def test_why_it_was_sent_back_is_told_to_the_next_one(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    assignment.return_to_triage(one.pk, reason="This is a private road.", actor=town.tom)
    assert "This is a private road." in text(tom, page_of(one))
    assert "Sent to triage (by hand)" in text(tom, page_of(one))


def test_what_is_near_and_alike_is_shown(town: Rivermark, tom: Client) -> None:
    first = factories.routed(town.pothole, "The first hole.", answers=LANE)
    second = factories.routed(town.pothole, "The same hole.", answers=LANE)
    page = tom.get(page_of(second)).content.decode()
    assert "Maybe the same problem" in page
    assert f'href="{page_of(first)}"' in page
    merges.merge(second.pk, parent=first, actor=town.tom)
    assert f'href="{page_of(first)}"' in tom.get(page_of(second)).content.decode()


def test_a_mail_that_could_not_be_delivered_is_seen(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    OutboxRow.objects.filter(kind="email_received").update(dead_at=app_now(), last_error="550")
    assert "Routing and email Undeliverable" in text(tom, page_of(one))
    page = text(tom, f"{page_of(one)}routing-and-email/")
    assert "Email: report received Undeliverable (550)" in page
    assert "Email: sent to department" not in page


def verbs_on(page: str, one: ServiceRequest) -> set[str]:
    """Of its links, its forms, and the tabs of its composer."""
    address = page_of(one)
    found = re.findall(rf'(?:href|action)="{address}(?:compose/\?verb=([a-z_]+)|([a-z_]+)/)"', page)
    return {tab or verb for tab, verb in found}


@pytest.mark.parametrize("status", ["routed", "in_progress", "on_hold", "resolved", "closed"])
def test_every_button_leads_somewhere_and_no_other_does(
    town: Rivermark, pia: Client, signed_in: SignIn, status: str
) -> None:
    """Pia may do everything in Parks: what has no button must be refused because of the status alone."""
    one = factories.routed(town.tree)
    if status in ("in_progress", "on_hold"):
        progress.accept(one.pk, actor=town.pia)
    if status == "on_hold":
        holds.hold(one.pk, reason="parts", until=dt.date(2030, 1, 2), actor=town.pia)
    if status in ("resolved", "closed"):
        endings.resolve(one.pk, disposition="fixed", text="Cut.", visited=True, actor=town.pia)
    if status == "closed":
        endings.close(one.pk)
    from staff_app.request.actions import ACTIONS

    page = pia.get(page_of(one)).content.decode()
    buttons = verbs_on(page, one) - {"reporter", "read", *PARTS}
    for act in ACTIONS:
        answer = pia.get(f"{page_of(one)}{act.verb}/")
        assert answer.status_code == (200 if act.verb in buttons else 409), act.verb
    # Cal may look and talk, and has no other button.
    page = signed_in(town.cal).get(page_of(one)).content.decode()
    buttons = verbs_on(page, one) - {"reporter", *PARTS}
    assert buttons <= {"comment", "note", "answer"}
    assert {"comment", "note"} <= buttons


def test_it_costs_the_same_queries_however_much_happened(town: Rivermark, tom: Client) -> None:
    ListedReason.objects.create(jurisdiction=town.city, kind="hold", code="crane", words={"en": "a crane"})
    one = factories.routed(town.pothole, answers=LANE)
    factories.routed(town.pothole, answers=LANE)

    def more() -> None:
        conversation.comment(one.pk, text="We come on Friday.", actor=town.tom)
        conversation.note(one.pk, text="Bring the drill.", actor=town.dev)
        assignment.assign(one.pk, assignee=town.dev, actor=town.tom)
        holds.hold(one.pk, reason="crane", until=dt.date(2030, 1, 2), actor=town.tom)
        holds.resume(one.pk, actor=town.tom)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            tom.get(page_of(one))
        return len(queries)

    more()
    cost()
    few = cost()
    for _ in range(5):
        more()
    assert cost() == few
    assert few <= 35


def test_htmx_gets_the_main_part_of_a_page_only(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    whole = tom.get(f"{page_of(one)}more/").content.decode()
    piece = tom.get(f"{page_of(one)}more/", headers={"HX-Request": "true"}).content.decode()
    assert 'class="staff-bar"' in whole
    assert 'class="staff-bar"' not in piece
    assert 'id="more-from-body"' in piece


def test_it_takes_eighteen_statements_at_most_with_an_empty_cache(town: Rivermark, tom: Client) -> None:
    one = factories.routed(town.pothole, answers=LANE)
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert tom.get(page_of(one)).status_code == 200
    # One of them asks which alarms ring, at most every five seconds; one remembers that its reader has opened it.
    assert len(captured) <= 18
