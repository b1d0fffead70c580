"""A call at the desk, through its pages as they work without a script."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.contacts import contacts
from requests_app.actions.privacy import erasures
from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import (
    CallBack,
    Contact,
    ContactCount,
    ContactRequest,
    DeskLine,
    Draft,
    EmergencyHandOver,
    Event,
    Participation,
    ScreeningCount,
    ServiceRequest,
    UnansweredSearch,
)
from staff_app.desk import contact as contact_view
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast: Rivermark) -> Call:
    return Call(cast.cal, line="311", caller_number="617-555-0142")


def test_a_pothole_is_reported_for_the_caller_by_the_residents_own_path(cast: Rivermark, call: Call) -> None:
    assert call.script == "Thanks for calling Rivermark 311. This is Cal. How can I help?"
    call.box("A hole as big as a plate").send(service="pothole").send(address="12 Elm St", note="by the bus stop")
    assert "12 Elm St, by the bus stop. Is that right?" in call.script
    call.to_check(cast)
    assert "Pothole, 12 Elm St, by the bus stop. A hole as big as a plate. Tell us the where. Lane." in call.script
    # What is promised before is what is promised after.
    promised = re.search(r"Streets will review it by [^.]*\.[^.]*\.", call.script)
    call.send(create="1", version=str(cast.pothole.pk))
    assert promised is not None
    assert promised[0] in call.script
    made = ServiceRequest.objects.get()
    assert (made.channel, made.description, made.place_note) == ("phone", "A hole as big as a plate", "by the bus stop")
    assert made.participations.get().role == Participation.Role.CALLER
    event = Event.objects.get(service_request=made, kind="submitted")
    assert (event.user, event.data["channel"]) == (cast.cal, "phone")
    assert f"Your report number is {made.display_reference}. Streets will review it by " in call.script
    contact = call.row
    assert (contact.person, contact.address, contact.screening) == (
        made.participations.get().person,
        "12 Elm St",
        "not_needed",
    )
    assert contact.contact_requests.get().role == ContactRequest.Role.MADE
    # A second click makes no second one.
    call.follow(f"/staff/desk/{call.number}/", {"step": "check", "create": "1"})
    assert ServiceRequest.objects.count() == 1
    call.to("close", outcome="request_made", note="Wants a call.")
    assert (call.page, call.row.outcome, call.row.note) == ("/staff/desk/", "request_made", "Wants a call.")
    assert ContactCount.objects.get().outcome == "request_made"


def test_each_question_is_said_as_the_city_says_it_aloud_and_residents_never_read_it(cast: Rivermark) -> None:
    aloud = {"en": "And about how deep?", "es": "¿Y más o menos qué tan hondo?"}
    factories.service(
        cast.city,
        "sinkhole",
        name={"en": "Sinkhole", "es": "Socavón"},
        questions=[
            factories.question("depth", script=aloud),
            factories.question("traffic", script={"en": "Can cars get by?"}),
            factories.question("near"),
        ],
    )
    english = Call(cast.cal).box("sinkh").send(service="sinkhole").send(address="12 Elm St")
    assert english.step == "details:1"
    assert english.script.endswith("right? And about how deep? Can cars get by? Tell us the near.")
    assert 'data-of="q_depth" class="desk-script__line" lang="en">And about how deep?' in english.html
    spanish = Call(cast.cal)
    spanish.to("caller", language="es", caller_number="", no_person="not_asked", updates_to="caller")
    spanish.box("sinkh").send(service="sinkhole").send(address="12 Elm St")
    # Never in another language than theirs while the question is in it.
    assert spanish.script.endswith(f"{aloud['es']} Tell us the traffic. (es) Tell us the near. (es)")
    visitor = Client()
    begun = visitor.post("/report/?service=sinkhole", {"text": "A hole", "service": "sinkhole"})
    draft = Draft.objects.get(visitor_hash__gt="", taker=None)
    pages = [
        begun.url,
        f"/report/{draft.pk}/details/1/",
        "/api/v1/services/sinkhole/",
        "/open311/v2/services/sinkhole.json",
    ]
    drafts.save(draft, place=english.row.draft.typed["place"])
    read = [visitor.get(page, follow=True).content.decode() for page in pages]
    assert all("Tell us the depth." in page for page in read[1:3])
    assert not [page for page in read if aloud["en"] in page or "Can cars get by" in page]


def test_an_unknown_address_in_the_box_answers_where_it_is_and_keeps_the_words(call: Call) -> None:
    call.box("A hole as big as a plate").send(service="pothole").box("9999 Nowhere Rd")
    assert (call.step, call.row.draft.typed["text"]) == ("choose_location", "A hole as big as a plate")
    call.send(choice="words")
    assert call.row.draft.typed["place"]["address"] == "9999 Nowhere Rd"
    # Before a service is chosen, and where no number is typed, it's another try to say what it is.
    other = call.follow(f"/staff/desk/{call.number}/").box("The tree by the school")
    assert (other.step, other.row.draft.typed["text"]) == ("service", "The tree by the school")


def test_an_address_that_fits_several_places_leaves_the_words_alone_before_a_service_is_chosen(cast: Rivermark) -> None:
    for number in (38, 42):
        factories.address(cast.city, f"{number} Salt Rd")
    call = Call(cast.cal).box("A hole as big as a plate").box("40 Salt Rd")
    assert (call.step, call.row.draft.typed["text"]) == ("service", "A hole as big as a plate")
    assert call.send(service="pothole").step == "choose_location"
    # As the first thing that is said, it's no description either.
    first = Call(cast.cal).box("40 Salt Rd")
    assert first.row.draft.typed.get("text", "") == ""
    # A number with other words is.
    rats = Call(cast.cal).box("40 rats in my yard")
    assert rats.row.draft.typed["text"] == "40 rats in my yard"


def test_a_report_like_the_words_is_joined_by_a_digit_before_a_service_is_chosen(cast: Rivermark) -> None:
    factories.index_catalog(cast.city)
    earlier = factories.report(cast.pothole, "A pothole as big as a plate", answers={"where": "lane"})
    factories.report(cast.tree, "A tree fell")
    call = Call(cast.cal).box("12 Elm St").box("There's a pothole as big as a plate")
    assert call.step == "service"
    # The digits of the services come first.
    (shown,) = re.findall(r'name="follow" value="(\w+)" data-choice data-digit="(\d)"', call.html)
    assert shown == (earlier.reference, str(len(re.findall(r"<kbd>\d</kbd> [^<]*</label>", call.html)) + 1))
    call.send(follow=earlier.reference)
    assert (call.row.contact_requests.get().role, call.row.contact_requests.get().service_request) == (
        "joined",
        earlier,
    )
    assert f"The report number is {earlier.display_reference}." in call.script
    # What isn't near there is not joined, and the step stays.
    far = Call(cast.cal).box("There's a pothole as big as a plate")
    far.send(follow=earlier.reference)
    assert (far.step, far.status, far.row.contact_requests.count()) == ("service", 422, 0)


def test_what_everyone_would_see_is_asked_and_removed_before_the_report_is_made(cast: Rivermark, call: Call) -> None:
    call.to_check(cast, "A hole by the gate. Call 617-555-0199")
    assert "Everyone would see this. Does the caller want that?" in call.html
    call.send(remove="text", words="617-555-0199", start="25")
    assert "Everyone would see this." not in call.html
    call.send(create="1", version=str(cast.pothole.pk))
    assert "0199" not in ServiceRequest.objects.get().description


def test_danger_in_the_words_forces_the_question_and_its_answer_is_kept(cast: Rivermark, call: Call) -> None:
    call.box("I smell gas in the hall")
    assert (call.step, call.script) == ("emergency", "Is anyone in danger right now?")
    assert call.row.screening == "not_needed"
    call.send(no_danger="1")
    assert (call.step, call.row.screening) == ("service", "asked_no")
    assert set(ScreeningCount.objects.values_list("step", flat=True)) == {"asked", "went_on"}


def test_911_takes_the_call_at_any_moment_and_the_answer_stays_yes(cast: Rivermark, call: Call) -> None:
    call.box("A hole")
    call.to("emergency")
    assert (call.row.screening, call.row.closed_at) == ("asked_yes", None)
    assert "Transfer to 911 now" in call.html
    call.to("emergency", transferred="1", event_911_number="26-04", is_warm="on", reason="fire")
    row = call.row
    assert (row.outcome, row.transferred_to, row.event_911_number, row.screening, row.is_warm_transfer) == (
        "transferred", "911", "26-04", "asked_yes", True,
    )  # fmt: skip
    call_to_911 = EmergencyHandOver.objects.get()
    assert (call_to_911.direction, call_to_911.reason, call_to_911.is_warm, call_to_911.event_number) == (
        "out", "fire", True, "26-04",
    )  # fmt: skip
    assert (call_to_911.contact, call_to_911.by, call_to_911.service_request) == (row, cast.cal, None)
    # A second POST of the same form finds the contact closed, and counts no second call.
    call.to("emergency", transferred="1", event_911_number="26-04", is_warm="on", reason="fire")
    assert EmergencyHandOver.objects.count() == 1
    assert not Draft.objects.exists()


def test_an_answer_is_logged_with_its_version_by_one_key(cast: Rivermark, call: Call) -> None:
    # For staff alone, with what to say.
    article = factories.article(
        cast.city,
        "holidays",
        "Holiday trash collection",
        "One day later.",
        audience="staff",
        script={"en": "One day late."},
    )
    factories.index_catalog(cast.city)
    call.box("holiday trash")
    assert re.search(r'value="holidays" data-key="F8"', call.html)
    assert "One day late." in call.html
    call.to("close", article="holidays")
    assert (call.row.outcome, call.row.article_code, call.row.article_version) == (
        "answered",
        "holidays",
        article.version,
    )
    assert not ServiceRequest.objects.exists()


def to_reach(cast: Rivermark, call: Call) -> Call:
    """To the step that asks how to reach them."""
    call.box("A hole").send(service="pothole").send(address="12 Elm St", note="")
    return call.send(text="A hole", q_where="lane", q_damage="", version=str(cast.pothole.pk))


def test_a_report_needs_a_way_to_reach_somebody_or_the_word_that_they_want_none(cast: Rivermark, call: Call) -> None:
    to_reach(cast, call).send(phone="", email="", name="Ana", language="en")
    assert (call.step, call.status) == ("contact", 422)
    assert "Enter a phone number or an email address" in call.html
    call.send(none="1", language="en")
    assert call.step == "check"
    call.send(create="1", version=str(cast.pothole.pk))
    assert not ServiceRequest.objects.get().participations.get().person.contact_points.exists()


def test_who_is_called_for_gets_the_updates_if_they_agree(cast: Rivermark, call: Call) -> None:
    for_her = {"phone": "", "email": "rosa@example.org", "name": "Rosa", "language": "en", "relation": "family"}
    to_reach(cast, call).send(**for_her, updates_to="other", has_consent="")
    assert (call.step, "only if they agree" in call.html) == ("contact", True)
    call.send(**for_her, updates_to="other", has_consent="yes")
    assert call.step == "check"
    # She doesn't, after all: it's asked again, and nothing is made before.
    caller = {"language": "en", "no_person": "not_asked", "caller_number": "617-555-0142", "keep_number": "on"}
    call.to("caller", **caller, relation="family", has_consent="no", updates_to="other")
    assert call.step == "contact"
    call.follow(f"/staff/desk/{call.number}/", {"step": "check", "create": "1", "version": str(cast.pothole.pk)})
    assert (call.step, ServiceRequest.objects.count()) == ("contact", 0)
    call.send(**for_her, updates_to="other", has_consent="yes").send(create="1", version=str(cast.pothole.pk))
    made = ServiceRequest.objects.get()
    reporter = made.participations.get()
    assert (reporter.role, reporter.person.name) == (Participation.Role.REPORTER, "Rosa")
    assert reporter.contact_point is not None
    assert reporter.contact_point.normalized == "rosa@example.org"
    row = call.row
    assert (row.relation, row.has_consent, row.updates_to, row.person) == ("family", True, "other", None)
    assert Event.objects.get(service_request=made, kind="submitted").user == cast.cal
    # What was said goes with her, who never called.
    call.to("close", outcome="request_made", note="Her mother is ill.")
    erasures.erase(reporter.contact_point, reports_too=False)
    assert (call.row.note, call.row.relation) == ("", "")


@pytest.mark.parametrize(
    ("updates_to", "role", "points"), [("caller", "caller", ["+16175550142"]), ("nobody", "caller", [])]
)
def test_a_caller_for_another_gets_the_updates_themselves_or_nobody_does(
    cast: Rivermark, call: Call, updates_to: str, role: str, points: list[str]
) -> None:
    mine = {"phone": "617-555-0142", "email": "", "name": "Ana", "language": "en", "relation": "neighbor"}
    to_reach(cast, call).send(**mine, updates_to=updates_to, has_consent="no")
    call.send(create="1", version=str(cast.pothole.pk))
    reporter = ServiceRequest.objects.get().participations.get()
    assert reporter.role == role
    assert list(reporter.person.contact_points.values_list("normalized", flat=True)) == points
    assert call.row.person == reporter.person


def test_beside_the_words_are_only_answers_about_the_chosen_service(cast: Rivermark, call: Call) -> None:
    factories.article(cast.city, "holes", "A hole in your garden").services.add(cast.tree.service)
    factories.article(cast.city, "claims", "Damage by a hole").services.add(cast.pothole.service)
    factories.index_catalog(cast.city)
    call.box("a hole in my garden")
    assert [code in call.html for code in ('id="answer-holes"', 'id="answer-claims"')] == [True, True]
    call.send(service="pothole")
    assert [code in call.html for code in ('id="answer-holes"', 'id="answer-claims"')] == [False, True]


def test_closing_suggests_what_the_call_shows_and_asks_if_it_shows_nothing(cast: Rivermark, call: Call) -> None:
    chosen = r'<option value="(\w*)" selected'
    assert re.findall(chosen, call.html.partition('id="desk-close"')[2]) == ["", "", ""]
    call.to("close", outcome="", note="A dog barked.")
    assert (call.status, call.row.outcome, "How did it end?" in call.html) == (422, "", True)
    assert "A dog barked." in call.html
    # As by a digit.
    call.to("close", pick="dropped", outcome="", note="A dog barked.")
    assert (call.row.outcome, call.row.note) == ("dropped", "A dog barked.")
    second = Call(cast.cal)
    report = factories.report(cast.pothole, answers={"where": "lane"})
    second.box(report.reference)
    assert re.findall(chosen, second.html.partition('id="desk-close"')[2]) == ["status_given", "", ""]


def test_a_transfer_says_to_whom_how_and_why(cast: Rivermark, call: Call) -> None:
    call.to("close", outcome="transferred", transferred_to="Gas company")
    assert (call.status, call.row.outcome) == (422, "")
    assert [message in call.html for message in ("Choose how it was transferred.", "Choose why.")] == [True, True]
    transfer = {"transferred_to": "Gas company", "transfer": "cold", "transfer_reason": "other_office"}
    call.to("close", outcome="transferred", **transfer)
    row = call.row
    assert (row.transferred_to, row.is_warm_transfer, row.transfer_reason) == ("Gas company", False, "other_office")
    # Of another outcome nothing of it is kept.
    other = Call(cast.cal).to("close", outcome="answered", **transfer)
    assert (other.row.transferred_to, other.row.is_warm_transfer, other.row.transfer_reason) == ("", None, "")


def test_a_call_back_asks_when_and_is_promised_to_the_callers_number(cast: Rivermark, call: Call) -> None:
    at = (app_now() + dt.timedelta(hours=2)).astimezone(cast.city.zone).replace(second=0, microsecond=0)
    for typed, problem in (
        ("", "Ask when we may call"),
        ("2020-01-01T10:00", "That time is over."),
        ("soon", "Enter a day"),
    ):
        call.to("close", outcome="call_back", call_back_at=typed)
        assert (call.row.outcome, problem in call.html) == ("", True)
    # The caller wants no number kept, but to be called.
    contacts.change(call.row, keep_number=False)
    call.to("close", outcome="call_back", call_back_at=f"{at:%Y-%m-%dT%H:%M}", note="About the fence.")
    promised = CallBack.objects.get()
    assert (promised.phone, promised.promised_at, promised.contact) == ("617-555-0142", at, call.row)
    assert (promised.kind, promised.reason, call.row.caller_number) == ("call_back", "About the fence.", "")
    nobody = Call(cast.cal).to("close", outcome="call_back", call_back_at=f"{at:%Y-%m-%dT%H:%M}")
    assert (nobody.row.outcome, "There is no number to call." in nobody.html) == ("", True)


def test_the_line_that_was_called_has_a_greeting_of_its_own(cast: Rivermark) -> None:
    words = {"en": "{line} of {city}, {name} speaking.", "es": "{line}, habla {name}."}
    name = {"en": "The parks line", "es": "La línea de parques"}
    DeskLine.objects.create(
        jurisdiction=cast.city, number="617-555-0100", phone="+16175550100", name=name, greeting=words
    )
    call = Call(cast.cal, line="(617) 555-0100")
    assert call.script == "The parks line of Rivermark 311, Cal speaking."
    contacts.change(call.row, language="es")
    assert call.follow(f"/staff/desk/{call.number}/").script == "La línea de parques, habla Cal."
    assert "Thanks for calling" in Call(cast.cal, line="617-555-0101").script


def test_the_box_knows_what_was_typed(cast: Rivermark, call: Call) -> None:
    public = factories.report(cast.pothole, answers={"where": "lane"})
    private = factories.report(cast.outreach)
    call.box(public.display_reference.lower())
    assert "Pothole: " in call.html
    assert public.display_reference in call.html
    call.box(private.reference)
    assert "Private, " in call.html
    assert private.display_reference not in call.html
    call.box("(617) 555-0177")
    assert call.row.caller_phone == "+16175550177"
    call.box("12 Elm St")
    assert (call.row.address, call.step) == ("12 Elm St", "problem")
    other = Call(cast.cal)
    # As unknown as a number that nobody has: what isn't confirmed, and what is another city's.
    beside = factories.lakeside()
    factories.asset(beside.city, "L00417")
    ServiceRequest.objects.filter(pk=private.pk).update(public_state="unconfirmed")
    for typed in (private.reference, factories.report(beside.pothole).reference, "L00417"):
        other.box(typed)
        assert ("Private, " in other.html, other.row.address) == (False, ""), typed
    assert not other.row.contact_requests.exists()
    other.box(f"c {call.number[1:5]} {call.number[5:]}")
    assert other.page == f"/staff/desk/{call.number}/"


def test_what_was_just_made_is_read_aloud_while_the_call_is_open(cast: Rivermark, call: Call) -> None:
    private = factories.report(cast.outreach)
    contacts.link(call.row, private, ContactRequest.Role.MADE)
    page = f"/staff/desk/{call.number}/"
    assert "Private, " not in call.follow(page).html
    contacts.close(call.row, Contact.Outcome.REQUEST_MADE)
    assert "Private, " in call.follow(page).html


def test_a_caller_joins_an_earlier_report(cast: Rivermark, call: Call) -> None:
    earlier = factories.report(cast.pothole, answers={"where": "lane"})
    call.box("A hole in the street")
    call.send(service="pothole").send(address="12 Elm St", note="")
    assert (call.step, earlier.display_reference in call.html) == ("duplicates", True)
    call.send(follow=earlier.reference, email="", with_words="on")
    earlier.refresh_from_db()
    assert (earlier.people_count, call.row.contact_requests.get().role) == (2, "joined")
    assert "I’ve added you to that report." in call.script


def test_words_that_nothing_answers_are_counted_once_a_call(cast: Rivermark, call: Call) -> None:
    for typed in ("dog license", "dog license", "boat ramp hours", "I smell gas", "12 Elm St"):
        call.box(typed)
    practice = Call(cast.cal, is_practice="on")
    practice.box("boat ramp hours")
    counted = UnansweredSearch.objects.order_by("words").values_list("jurisdiction", "words", "value")
    assert [*counted] == [(cast.city.pk, "boat ramp hours", 1), (cast.city.pk, "dog license", 1)]
    Call(factories.staff("Cam", "call_taker", cast.city)).box("dog license")
    assert UnansweredSearch.objects.get(words="dog license").value == 2


def test_what_was_sent_from_the_box_does_not_come_back_as_typed(call: Call) -> None:
    for typed in ("dog license", "12 Elm St", "617-555-0177"):
        call.to("save", box=typed[:6])
        call.box(typed)
        assert 'id="box"' in call.html
        assert typed[:6] not in call.html.split('id="box"')[1].split(">")[0]


def test_practice_makes_nothing_and_counts_nothing(cast: Rivermark) -> None:
    call = Call(cast.cal, is_practice="on")
    call.to_check(cast, "I smell gas by a hole")
    call.send(create="1", version=str(cast.pothole.pk))
    call.to("close", outcome="request_made")
    assert (ServiceRequest.objects.count(), ContactCount.objects.count(), ScreeningCount.objects.count()) == (0, 0, 0)


def test_a_parked_call_comes_back_with_what_was_typed(cast: Rivermark, call: Call) -> None:
    call.box("A hole").send(service="pothole")
    client = call.client
    saved = client.post(f"/staff/desk/{call.number}/save/", {"step": "location", "address": "Elm", "note": "by the"})
    assert saved.status_code == 204
    call.to("park")
    assert call.page == "/staff/desk/"
    # Another taker goes on with it, in the language of the caller.
    call.to("caller", language="es", caller_number="617-555-0142", no_person="not_asked", updates_to="caller")
    other = factories.staff("Cora", "call_taker", cast.city)
    call.client.force_login(other)
    call.to("park")
    assert ('value="Elm"' in call.html, call.row.taker, Draft.objects.get().taker) == (True, other, other)
    assert call.script == "¿Dónde está? Una dirección, una esquina o un parque."


def test_nobody_else_opens_a_contact_or_its_draft(cast: Rivermark, call: Call) -> None:
    call.box("A hole")
    draft = Draft.objects.get()
    assert Client().get(f"/report/{draft.pk}/problem/").status_code == 404
    beside = factories.lakeside()
    for who, host, status in ((cast.tom, "rivermark.example", 403), (beside.lou, "lakeside.example", 403)):
        client = Client()
        client.force_login(who)
        assert client.get(f"/staff/desk/{call.number}/", HTTP_HOST=host).status_code == status
    taker = Client()
    taker.force_login(factories.staff("Lia", "call_taker", beside.city))
    assert taker.get(f"/staff/desk/{call.number}/", HTTP_HOST="lakeside.example").status_code == 404


def test_a_closed_contact_takes_its_note_and_nothing_else(cast: Rivermark, call: Call) -> None:
    call.to("close", outcome="dropped", note="")
    assert call.box("A hole").row.draft is None
    assert "This contact is closed." in call.html
    call.follow(f"/staff/desk/{call.number}/", {"note": "Rang twice."})
    assert (call.row.note, call.row.outcome) == ("Rang twice.", "dropped")


@pytest.mark.parametrize("part", ["box", "caller", "park", "close", "step"])
def test_a_contact_that_a_colleague_closes_in_that_moment_says_so(
    cast: Rivermark, call: Call, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    call.box("A hole")
    get_contact = contact_view.get_contact_or_404

    def get_and_close(*args: Any) -> Contact:
        row = get_contact(*args)
        if row.closed_at is None:
            contacts.close(Contact.objects.get(pk=row.pk), Contact.Outcome.DROPPED)
        return row

    monkeypatch.setattr(contact_view, "get_contact_or_404", get_and_close)
    if part == "step":
        call.send(service="pothole")
    else:
        call.to(part, box="12 Elm St", outcome="answered", no_person="refused", language="en", updates_to="caller")
    assert call.status == 302
    assert "This contact is closed." in call.html
    assert call.row.outcome == "dropped"
