"""A caller tells of two problems, or of one in several places: nothing of it is lost, and nothing is asked twice."""

import re

import pytest

from requests_app.actions.contacts import contacts
from requests_app.models import Draft, ServiceRequest
from requests_app.rules.report import paper
from tests import factories
from tests.desk import Call, Letter
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
TWO = "there's a pothole on Elm and the streetlight is out"
FIRST, SECOND = "there's a pothole on Elm", "the streetlight is out"


@pytest.fixture
def cast(cast: Rivermark) -> Rivermark:
    factories.service(
        cast.city,
        "streetlight",
        name={"en": "Street light out", "es": "Luz de la calle apagada"},
        keywords={"en": ["streetlight", "lamp post", "dark street"], "es": ["farol", "poste de luz"]},
    )
    factories.index_catalog(cast.city)
    return cast


def first_made(call: Call, cast: Rivermark) -> Call:
    call.send(service="pothole", two_problems="1").to_check(cast, call.row.draft.typed["text"], is_begun=True)
    return call.send(create="1", version=str(cast.pothole.pk))


def test_two_problems_are_offered_and_the_next_report_begins_with_the_rest(cast: Rivermark) -> None:
    factories.article(cast.city, "lights", "Street light out", "We mend them.", cast.pothole)
    factories.index_catalog(cast.city)
    call = Call(cast.cal).box(TWO)
    assert (
        call.script
        == f"That sounds like two problems. I’ll take them one at a time. First: “{FIRST}.” Which of these is it?"
    )
    assert f"“{SECOND}”" in call.html
    # Both are reports, so that no answer ends the call before the second one.
    assert 'name="article"' not in call.html
    first_made(call, cast)
    first = ServiceRequest.objects.get()
    assert first.description == FIRST
    assert call.step == "service"
    assert call.script.startswith(f"Your report number is {first.display_reference}. Streets will review it by ")
    assert call.script.endswith(f"Now the other problem: “{SECOND}.” Which of these is it?")
    assert 'value="streetlight" checked' in call.html
    call.send(service="streetlight")
    # Neither the place nor who is calling is asked again, and the first number was said.
    assert (call.step, first.display_reference in call.script) == ("details:1", False)
    call.send(text=SECOND, version=call.row.draft.typed["version"])
    assert call.step == "check"
    call.send(create="1", version=call.row.draft.typed["version"])
    second = ServiceRequest.objects.order_by("-id")[0]
    assert (second.description, second.address, second.point) == (SECOND, first.address, first.point)
    assert [one.participations.get().contact_point.value for one in (first, second)] == ["617-555-0142"] * 2  # type: ignore[union-attr]
    assert call.row.contact_requests.count() == 2
    assert second.display_reference in call.script


def test_it_may_be_one_problem_after_all_before_and_after_the_first_service(cast: Rivermark) -> None:
    call = Call(cast.cal).box(TWO).send(one_problem="1")
    assert (call.step, "two problems" in call.script, call.row.draft.typed["text"]) == ("service", False, TWO)
    again = Call(cast.cal).box(TWO).send(service="pothole", two_problems="1")
    assert again.row.draft.typed["text"] == FIRST
    assert f"“{SECOND}”" in again.follow(f"/staff/desk/{again.number}/?step=service").html
    again.send(one_problem="1")
    assert again.row.draft.typed["text"] == TWO


def test_an_answer_to_the_first_problem_goes_on_with_the_second(cast: Rivermark) -> None:
    factories.article(cast.city, "holes", "Claims", "Send us the bill.", cast.pothole)
    factories.index_catalog(cast.city)
    call = Call(cast.cal).box(TWO).send(service="pothole", two_problems="1")
    call.to("close", article="holes")
    assert (call.page, call.step) == (f"/staff/desk/{call.number}/", "service")
    assert call.script.endswith(f"Now the other problem: “{SECOND}.” Which of these is it?")
    assert (call.row.article_code, call.row.closed_at) == ("holes", None)
    assert not ServiceRequest.objects.exists()
    call.to("close", article="holes")
    assert (call.row.outcome, Draft.objects.count()) == ("answered", 0)


def test_joining_a_report_goes_on_with_the_second_problem(cast: Rivermark) -> None:
    earlier = factories.report(cast.pothole, FIRST, answers={"where": "lane"})
    call = Call(cast.cal, caller_number="617-555-0142").box(TWO).send(service="pothole", two_problems="1")
    call.send(address="12 Elm St", note="").send(follow=earlier.reference, email="ana@example.org", with_words="on")
    assert (call.step, call.row.draft.typed["text"]) == ("service", SECOND)
    assert f"I’ve added you to that report. The report number is {earlier.display_reference}." in call.script


def test_practice_and_a_letter_go_on_with_the_second_problem(cast: Rivermark) -> None:
    practice = Call(cast.cal, is_practice="on").box(TWO)
    first_made(practice, cast)
    assert (practice.step, practice.row.draft.typed["text"], practice.row.draft.typed["is_practice"]) == (
        "service",
        SECOND,
        True,
    )
    assert not ServiceRequest.objects.exists()
    day = paper.today(cast.city).isoformat()
    letter = Letter(cast.cal, number="", received_on=day)
    letter.send(text=TWO)
    first_made(letter, cast)
    # Both came on that day.
    assert (letter.row.draft.typed["text"], letter.row.draft.typed["received_on"]) == (SECOND, day)


def test_one_problem_in_several_places_makes_a_report_of_each(cast: Rivermark) -> None:
    factories.address(cast.city, "40 Oak St", -68.99, 40.5)
    call = Call(cast.cal).box("A hole as big as a plate").send(service="pothole")
    call.send(address="12 Elm St", note="", add_place="1")
    assert (call.step, call.script) == ("location", "12 Elm St. Is that right? Where else is it?")
    call.send(address="40 Oak St", note="")
    assert call.step == "details:1"
    assert call.script.startswith("12 Elm St. Is that right? And also at 40 Oak St.")
    call.to_check(cast, is_begun=True).send(create="1", version=str(cast.pothole.pk))
    first = ServiceRequest.objects.get()
    # The same report at the next place: nothing but the check is left.
    assert (call.step, first.address) == ("check", "12 Elm St")
    assert call.script.startswith(f"Your report number is {first.display_reference}.")
    call.send(create="1", version=str(cast.pothole.pk))
    assert [one.address for one in ServiceRequest.objects.order_by("id")] == ["12 Elm St", "40 Oak St"]
    assert call.step == ""


def test_a_place_is_taken_out_and_an_empty_one_ends_the_list(cast: Rivermark) -> None:
    factories.address(cast.city, "40 Oak St", -68.99, 40.5)
    call = Call(cast.cal).box("A hole").send(service="pothole").send(address="12 Elm St", note="", add_place="1")
    assert call.send(address="", note="").step == "details:1"
    call.follow(f"/staff/desk/{call.number}/?step=location")
    call.send(address="12 Elm St", note="", add_place="1").send(address="40 Oak St", note="")
    call.follow(f"/staff/desk/{call.number}/?step=location").send(remove_place="1")
    assert (call.row.draft.typed["place"]["address"], call.row.draft.typed["more_places"]) == ("40 Oak St", [])


def test_the_places_that_the_words_name_are_offered_one_or_all(cast: Rivermark) -> None:
    factories.address(cast.city, "40 Oak St", -68.99, 40.5)
    text = "A pothole at 12 Elm St and one at 40 Oak St"
    call = Call(cast.cal).box(text).send(service="pothole")
    values = re.findall(r'name="proposal" value="([^"]+)"', call.html)
    assert (call.step, len(values), call.script) == ("location", 2, "Is it 12 Elm St or 40 Oak St?")
    assert call.send(proposal=values[1]).row.draft.typed["place"]["address"] == "40 Oak St"
    both = Call(cast.cal).box(text).send(service="pothole").send(all_places="1")
    typed = both.row.draft.typed
    assert [typed["place"]["address"], *(one["address"] for one in typed["more_places"])] == ["12 Elm St", "40 Oak St"]


def test_a_closed_call_keeps_no_second_problem(cast: Rivermark) -> None:
    call = Call(cast.cal).box(TWO)
    first_made(call, cast)
    contacts.close(call.row, "request_made")
    assert not Draft.objects.filter(service_request=None).exists()
