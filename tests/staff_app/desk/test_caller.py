"""Who is calling: a number is a hint, a check opens their reports while the call lasts, and each look is logged with it."""

import re
from dataclasses import replace
from typing import Any

import pytest

from requests_app import references
from requests_app.actions.contacts import contacts
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import conversation, endings
from requests_app.clock import app_now
from requests_app.models import Contact, ContactPoint, Event, Person, ServiceRequest, SharedPhone, User
from requests_app.rules.contacts import callers
from tests import factories
from tests.desk import Call
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}
BEN = replace(ANA, name="Ben Ortiz", email="ben@example.org")


@pytest.fixture
def ana_calls(cast: Rivermark) -> Call:
    """Ana has a public and a private report. In the city next door, many use her number, and it's marked."""
    beside = factories.lakeside().city
    SharedPhone.objects.create(jurisdiction=beside, phone="+15550100199", name="Lake Shelter")
    for name in ("Ben", "Cleo", "Dan", "Eve"):
        person = Person.objects.create(jurisdiction=beside, name=name)
        ContactPoint.objects.create(person=person, kind="phone", value=ANA.phone, normalized="+15550100199")
    factories.routed(cast.pothole, answers=LANE)
    factories.report(cast.outreach, "SECRET-WORDS by the bridge")
    return Call(cast.cal, caller_number=ANA.phone)


def looks(call: Call, user: User) -> list[str]:
    """The services whose reporter they looked at in this call, by the log."""
    viewed = Event.objects.filter(kind="reporter_viewed", user=user, data__contact_id=call.row.pk, data__reason="call")
    return [event.service_request.service.service_code for event in viewed.order_by("id") if event.service_request]


def checks(call: Call) -> list[str]:
    return [value.split(":")[0] for value in re.findall(r'name="checked" value="([^"]+)"', call.html)]


def check(call: Call, by: str = "name_and_street", which: int = 0) -> Call:
    """By the button that the page has."""
    values = [value for value in re.findall(r'name="checked" value="([^"]+)"', call.html) if value.startswith(by)]
    typed = {
        name: value
        for name in ("caller", "street")
        for value in re.findall(f'hidden" name="{name}" value="([^"]*)"', call.html)
    }
    return call.to("caller/check", checked=values[which], **typed)


def own(call: Call, service_request: ServiceRequest, **data: str) -> Call:
    """The report on the call: opened by its button, or with what is sent there."""
    path = f"/staff/desk/{call.number}/r/{service_request.reference}/"
    return call.follow(path, data) if data else call.follow(f"{path}open/", {})


def test_a_number_is_a_hint_and_a_check_opens_what_is_private(cast: Rivermark, ana_calls: Call) -> None:
    private = ServiceRequest.objects.get(service=cast.outreach.service)
    call = ana_calls.follow(f"/staff/desk/{ana_calls.number}/")
    assert re.search(r"Your pothole report of \w+\.? \d+: Streets will review it by ", call.html)
    assert re.search(r"Private, \w+\.? \d+<", call.html)
    assert ("Ana Ortiz" in call.html, "person who needs help" in call.html) == (True, False)
    assert looks(call, cast.cal) == ["pothole"]
    # What isn't checked isn't opened, by any address.
    for path in (f"desk/{call.number}/r/{private.reference}/", f"r/{private.reference}/"):
        assert call.client.get(f"/staff/{path}").status_code == 404
    assert own(call, private).status == 404
    check(call.follow(f"/staff/desk/{call.number}/"))
    assert (call.row.checked, call.row.person.name if call.row.person else "") == ("name_and_street", "Ana Ortiz")
    for service in ("person who needs help outside", "pothole"):
        assert f"Your {service} report of" in call.html
    assert "Private, " not in call.html
    assert sorted(looks(call, cast.cal)) == ["outreach", "pothole"]
    assert "SECRET-WORDS" in own(call, private).html
    assert looks(call, cast.cal).count("outreach") == 2
    # It's the call that opens it: not the request's own page, not another taker, and not when it's over.
    assert call.client.get(f"/staff/r/{private.reference}/").status_code == 404
    other = Call(factories.staff("Cora", "call_taker", cast.city))
    other.number = call.number
    assert own(other, private).status == 404
    assert "SECRET-WORDS" not in other.follow(f"/staff/desk/{call.number}/").html
    assert other.to("caller/check", uncheck="1").status == 404
    contacts.hang_up(call.row)
    assert call.client.get(f"/staff/desk/{call.number}/r/{private.reference}/").status_code == 404
    assert "Shown during a call" in _timeline(cast, private)


def _timeline(cast: Rivermark, service_request: ServiceRequest) -> str:
    officer = Call(factories.staff("Rae", "records_officer", cast.city))
    return officer.follow(f"/staff/r/{service_request.reference}/").html


def test_people_with_one_number_are_not_merged(cast: Rivermark) -> None:
    theirs = factories.report(cast.outreach, "BEN-SECRET", reporter=BEN)
    ours = factories.routed(cast.pothole, answers=LANE)
    factories.routed(cast.pothole, answers=LANE, reporter=replace(ANA, name=""))
    factories.report(cast.outreach, "NAMELESS-SECRET", reporter=replace(ANA, name="", email="x@example.org"))
    call = Call(cast.cal, caller_number=ANA.phone)
    # Ben has only private reports: his name isn't shown, and can't be ticked.
    assert ("Ana Ortiz" in call.html, "Ben" in call.html, checks(call)) == (True, False, ["name_and_street"])
    check(call)
    assert call.html.count("Your pothole report of") == 1
    for secret in (theirs,):
        assert own(call, secret).status == 404
    assert own(call, ours).status in (200, 302)
    assert Person.objects.filter(name="Ana Ortiz").count() == 1
    assert "Private, " in call.to("caller/check", uncheck="1").html
    assert (call.row.checked, call.row.person) == ("", None)


def test_a_report_number_proves_only_what_nobody_else_can_read(cast: Rivermark) -> None:
    public = factories.routed(cast.pothole, answers=LANE)
    private = factories.report(cast.outreach, "SECRET", reporter=replace(ANA, name=""))
    stranger = Call(cast.cal)
    # On the map, so everybody knows it.
    assert checks(stranger.box(public.reference)) == []
    assert "Ana Ortiz" not in stranger.html
    assert stranger.to("caller/check", checked=f"reference:{public.participations.get().person_id}").row.checked == ""
    assert checks(stranger.box(private.reference)) == ["reference"]
    check(stranger, "reference")
    assert (stranger.row.checked, "SECRET" in own(stranger, private).html) == ("reference", True)
    assert own(stranger, public).status == 404
    # With the number that they call from, it's a second thing that fits.
    hers = Call(cast.cal, caller_number=ANA.phone).box(public.reference)
    assert checks(hers) == ["reference", "name_and_street"]


@pytest.mark.parametrize(
    "number", ["anonymous", "", "311", "555 010 0199 ext. 5", "relay", "shelter", "family of four"]
)
def test_whose_number_names_somebody(cast: Rivermark, number: str) -> None:
    factories.routed(cast.pothole, answers=LANE)
    if number == "family of four":
        for name in ("Ben", "Cleo", "Dan"):
            factories.report(cast.pothole, answers=LANE, reporter=replace(ANA, name=name))
    elif number == "shelter":
        SharedPhone.objects.create(jurisdiction=cast.city, phone="+15550100199", name="Elm Street Shelter")
        SharedPhone.objects.create(jurisdiction=factories.lakeside().city, phone="+15550100144")
    earlier = contacts.start(cast.city, taker=cast.cal, caller_number=ANA.phone)
    contacts.close(earlier, Contact.Outcome.ANSWERED)
    call = Call(cast.cal, caller_number=number if number[:1] in "a35" else ANA.phone)
    if number == "relay":
        call.to(
            "caller", by_relay="on", caller_number=ANA.phone, language="en", no_person="not_asked", updates_to="caller"
        )
    is_named = number.startswith("555")
    assert ("Ana Ortiz" in call.html, references.display_contact(earlier.number) in call.html) == (is_named, is_named)
    assert ("Elm Street Shelter" in call.html) == (number == "shelter")
    assert ("Four people or more" in call.html) == (number == "family of four")


def test_three_people_with_one_number_are_named(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "PEOPLE_MAX", 3)
    for name in ("Ana", "Ben", "Cleo"):
        factories.report(cast.pothole, answers=LANE, reporter=replace(ANA, name=name))
    html = Call(cast.cal, caller_number=ANA.phone).html
    assert [name in html for name in ("Ana", "Ben", "Cleo")] == [True] * 3
    # A fourth without a name is one more than a household.
    factories.report(cast.pothole, answers=LANE, reporter=replace(ANA, name=""))
    assert "Cleo" not in Call(cast.cal, caller_number=ANA.phone).html


def test_somebody_is_found_by_name_or_email_and_in_private_by_name_and_street(cast: Rivermark) -> None:
    beside = factories.lakeside()
    factories.report(beside.pothole, reporter=ANA)
    jose = Reporter(name="José Pérez", email="jose@example.org")
    factories.routed(cast.pothole, answers=LANE, reporter=jose, address="12 Elm St")
    secret = factories.report(
        cast.outreach, "JOSE-SECRET", reporter=replace(jose, email="j2@example.org"), address="7 Oak Ave"
    )
    call = Call(cast.cal)
    assert call.to("caller/find", caller="Ana Ortiz").html.count("Nobody found") == 1
    for typed in ("jose p", "JOSE PEREZ", "jose@example.org"):
        call.to("caller/find", caller=typed)
        assert ("José Pérez" in call.html, "Private, " in call.html, checks(call)) == (
            True,
            False,
            ["name_and_street"],
        ), typed
    assert looks(call, cast.cal) == ["pothole"]
    assert "Private, " not in call.to("caller/find", caller="jose p", street="oak").html
    call.to("caller/find", caller="jose perez", street="oak")
    assert ("Private, " in call.html, "José" in call.html) == (True, False)
    check(call)
    assert "JOSE-SECRET" in own(call, secret).html


def test_a_mark_is_set_and_taken_off_by_the_desk_with_its_history(cast: Rivermark, ana_calls: Call) -> None:
    call = ana_calls.to("caller/shared")
    assert ("Ana Ortiz" in call.html, "Many people use this number." in call.html) == (False, True)
    mark = SharedPhone.objects.get(jurisdiction=cast.city)
    assert (mark.phone, mark.marked_by) == ("+15550100199", cast.cal)
    page = call.follow("/staff/desk/shared-numbers/", {"phone": "(555) 010-0199", "name": "Elm Shelter"})
    assert SharedPhone.objects.get(pk=mark.pk).name == "Elm Shelter"
    assert page.follow("/staff/desk/shared-numbers/", {"phone": "311"}).status == 422
    admin = Call.__new__(Call)
    admin.client = call.client
    admin.client.force_login(cast.ada)
    beside = SharedPhone.objects.exclude(pk=mark.pk).get()
    assert admin.follow("/staff/desk/shared-numbers/", {"unmark": str(beside.pk)}).status == 404
    admin.follow("/staff/desk/shared-numbers/", {"unmark": str(mark.pk)})
    assert "Lake Shelter" not in admin.html
    assert "Mark taken off by Ada" in admin.html
    call.client.force_login(cast.cal)
    assert "Ana Ortiz" in call.follow(f"/staff/desk/{call.number}/").html
    call.client.force_login(cast.tom)
    assert call.client.get("/staff/desk/shared-numbers/").status_code == 403


# --- On the call ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["answer", "add", "not_fixed", "withdraw"])
def test_a_caller_does_what_their_private_link_would(cast: Rivermark, act: str) -> None:
    report = factories.routed(cast.pothole, answers=LANE)
    if act == "answer":
        conversation.ask(report.pk, question="Which side?", actor=cast.tom)
        hidden = {"kind": "question", "text": "HIDDEN?", "hidden_at": app_now(), "public": False}
        report.comments.create(user=cast.tom, language="en", **hidden)
    elif act == "not_fixed":
        endings.resolve(report.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    call = check(Call(cast.cal, caller_number=ANA.phone))
    assert ("Which side?" in own(call, report).html) == (act == "answer")
    words = {"text": "The left one.", "photo_link": "https://example.org/a.jpg"} if act != "withdraw" else {}
    assert "HIDDEN?" not in call.html
    own(call, report, act=act, **words)
    assert call.page == f"/staff/desk/{call.number}/"
    kind = {"not_fixed": "reopened", "withdraw": "withdrawn"}.get(act, "answered")
    event = Event.objects.get(service_request=report, kind=kind)
    person = report.participations.get().person
    assert (event.person, event.user, event.data["contact_id"]) == (person, None, call.row.pk)
    if words:
        assert report.comments.latest("id").text == "The left one.\nhttps://example.org/a.jpg"
    assert [one.role for one in call.row.contact_requests.all()] == ["asked"]
    # What isn't possible anymore is said, with what was typed.
    own(call, report, act="withdraw" if act == "withdraw" else "not_fixed", text="LATE-WORDS")
    assert (call.status, "so this wasn’t sent" in call.html) == (422, True)
    assert ("LATE-WORDS" in call.html) == (act != "withdraw")


def test_words_of_danger_open_911(cast: Rivermark) -> None:
    report = factories.routed(cast.pothole, answers=LANE)
    call = check(Call(cast.cal, caller_number=ANA.phone))
    own(own(call, report), report, act="add", text="I smell gas in the hall")
    assert "Transfer to 911 now" in call.html
    assert report.alarms.exists()


def test_their_number_changes_for_their_own_reports_alone(cast: Rivermark) -> None:
    other = factories.report(cast.pothole, answers=LANE, reporter=BEN)
    report, private = factories.routed(cast.pothole, answers=LANE), factories.report(cast.outreach)
    call = check(Call(cast.cal, caller_number=ANA.phone))
    own(own(call, report), report, act="phone", phone="555-010-0188")
    phones = {
        one.pk: ContactPoint.objects.get(person=one.participations.get().person, kind="phone").value
        for one in (report, private, other)
    }
    assert phones == {report.pk: "555-010-0188", private.pk: "555-010-0188", other.pk: ANA.phone}


@pytest.mark.parametrize(("act", "people"), [("join", 2), ("follow", 1)])
def test_a_caller_joins_or_follows_what_somebody_else_reported(cast: Rivermark, act: str, people: int) -> None:
    report = factories.routed(cast.pothole, answers=LANE)
    call = Call(cast.cal, caller_number="617-555-0142").box(report.reference)
    assert "Add the caller" in call.html
    own(call, report, act=act, name="Dora", email="dora@example.org", phone="617-555-0142")
    own(call, report, act=act, name="Dora", email="dora@example.org", phone="617-555-0142")
    report.refresh_from_db()
    joined = report.participations.get(person__name="Dora")
    assert (report.people_count, joined.role) == (people, {"join": "affected", "follow": "follower"}[act])
    assert Event.objects.get(service_request=report, kind="joined").data["contact_id"] == call.row.pk
    assert {one.role for one in call.row.contact_requests.all()} == {"asked", "joined"}
    factories.role(cast.city, "call_taker")
    assert own(call, factories.report(cast.outreach), act=act, name="Dora").status == 404


def test_a_call_that_is_closed_meanwhile_gives_back_what_was_typed(cast: Rivermark) -> None:
    report = factories.routed(cast.pothole, answers=LANE)
    call = own(check(Call(cast.cal, caller_number=ANA.phone)), report)
    contacts.close(call.row, Contact.Outcome.DROPPED)
    own(call, report, act="add", text="Typed for Tom.")
    assert (call.status, "Typed for Tom." in call.html, report.comments.exists()) == (404, True, False)


def test_a_session_that_ends_in_the_middle_gives_back_what_was_typed(cast: Rivermark) -> None:
    report = factories.routed(cast.pothole, answers=LANE)
    call = own(check(Call(cast.cal, caller_number=ANA.phone)), report)
    call.client.logout()
    path = call.page
    own(call, report, act="add", text="Typed for Tom.", writer=str(cast.cal.pk))
    data: dict[str, Any] = {"login": cast.cal.email, "password": factories.PASSWORD}
    call.client.post(f"/accounts/login/?next={path}", data)
    assert "Typed for Tom." in call.follow(path).html
    assert not report.comments.exists()


def test_the_caller_and_what_was_reported_nearby_are_different_lists(cast: Rivermark) -> None:
    """Both are on the page of the step that asks for duplicates."""
    earlier = factories.report(cast.pothole, answers={"where": "lane"})
    call = Call(cast.cal, caller_number=factories.ANA.phone)
    call.box("A hole in the street")
    assert (call.step, "Ana" in call.html, "Reported near there" in call.html) == ("service", True, False)
    call.send(service="pothole").send(address="12 Elm St", note="")
    assert call.step == "duplicates"
    left, right = call.html.split('class="desk-middle"')
    assert "Ana" in left
    assert "Reported near there" not in left
    assert earlier.display_reference in right
    assert right.count("The same: add them") == 1
