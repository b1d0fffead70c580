"""The report path, through its pages: what was typed is kept, one draft makes one request, and danger is asked about."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import AnsweredCount, Draft, Photo, QuestionVersion, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = pytest.mark.django_db


# --- The whole way ----------------------------------------------------------------------------------------------------


@pytest.mark.shows("3.3")
def test_a_pothole_takes_its_pages_in_order_and_is_sent(cast: Rivermark, walk: Walk) -> None:
    assert walk.begin().at == "service"
    assert walk.on("service", service="pothole").at == "location"
    assert walk.on("location", address="12 Elm St", note="by the bus stop").at == "details/1"
    assert "12 Elm St" in walk.html
    assert walk.on("details/1", text=TEXT, q_where="lane").at == "contact"
    assert walk.on("contact", email="ana@example.org", language="en").at == "check"
    assert walk.send().at == "sent"
    made = ServiceRequest.objects.get()
    assert made.display_reference in walk.html
    assert (made.description, made.address, made.place_note) == (TEXT, "12 Elm St", "by the bus stop")
    assert made.service_version == cast.pothole
    assert made.channel == "web"
    assert made.place_confidence == 1.0
    assert not made.after_warning
    assert made.answers.get().value == "lane"
    participation = made.participations.get()
    assert participation.contact_point is not None
    assert participation.contact_point.value == "ana@example.org"


def test_after_sending_the_typed_words_live_in_the_request_alone(walk: Walk) -> None:
    walk.to_check().send()
    assert walk.draft.service_request is not None
    assert set(walk.draft.typed) == {"end", "link"}


def test_sent_page_shows_the_private_link_and_says_when_there_is_no_other_way_back(walk: Walk) -> None:
    walk.to_check(language="en").send()
    assert "This link is the only way back to a private report." in walk.html
    link = re.search(r"/l/\d+-[a-z2-7]{26}/", walk.html)
    assert link is not None
    assert walk.client.get(link[0], follow=True).status_code == 200


def test_out_of_hours_it_says_who_reads_it_when_and_what_is_answered_all_night(cast: Rivermark, walk: Walk) -> None:
    calendar = cast.streets.calendar
    # Open for one hour of the day, on every day of the week, and not now.
    opens = (app_now().astimezone(cast.city.zone).hour + 2) % 24
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    calendar.always, calendar.hours = False, {day: [[f"{opens:02}:00", f"{opens + 1:02}:00"]] for day in days}
    calendar.save()
    walk.to_check().send()
    assert "is closed. They’ll see your report when they open" in walk.html
    assert "555-0100" in walk.html
    # Somebody reviews danger before that.
    ServiceRequest.objects.update(acknowledge_due_at=app_now() + dt.timedelta(minutes=30))
    walk.get("sent")
    assert "is closed now." in walk.html
    assert "when they open" not in walk.html
    assert "555-0100" in walk.html


# --- One submit, one request ------------------------------------------------------------------------------------------


@pytest.mark.shows("3.11", "11.9")
def test_sending_again_by_double_click_back_or_a_second_tab_is_the_same_reference(walk: Walk) -> None:
    walk.to_check()
    draft = walk.draft
    references = set()
    for _ in range(3):
        walk.client.post(f"/report/{draft.pk}/check/")
        page = walk.get("sent").html
        references |= set(re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}(?=</span>)", page))
    assert ServiceRequest.objects.count() == 1
    assert references == {ServiceRequest.objects.get().display_reference}
    # An old tab that still shows a step leads to what was sent and changes nothing; its new words come back.
    assert walk.on("details/1", text=TEXT, q_where="lane").at == "sent"
    walk.on("details/1", text="other words", q_where="crosswalk")
    assert (walk.status, "other words" in walk.html) == (409, True)
    assert ServiceRequest.objects.get().description == TEXT


def test_another_browser_cannot_open_the_draft_nor_send_it(walk: Walk) -> None:
    walk.to_check()
    stranger = Client()
    for name in ("problem", "service", "location", "details/1", "contact", "check", "sent", "emergency"):
        answer = stranger.get(f"/report/{walk.draft.pk}/{name}/")
        assert answer.status_code == 404
        assert ("If you sent your report, we have it" if name == "sent" else "Start over") in answer.content.decode()
        assert TEXT not in answer.content.decode()
    assert stranger.post(f"/report/{walk.draft.pk}/check/").status_code == 404
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("3.8", "11.6")
def test_an_expired_draft_is_gone_and_the_page_says_how_to_begin_again(walk: Walk) -> None:
    walk.to_check()
    Draft.objects.update(expires_at=app_now() - dt.timedelta(minutes=1))
    walk.get("check")
    assert walk.status == 410
    assert "Start over" in walk.html
    assert walk.client.post(f"/report/{walk.draft.pk}/check/").status_code == 410
    assert not ServiceRequest.objects.exists()


def test_an_unknown_draft_is_404(walk: Walk) -> None:
    assert walk.client.get(f"/report/{uuid.uuid4()}/check/").status_code == 404


def test_the_visitors_cookie_is_random_and_out_of_reach_of_scripts(walk: Walk) -> None:
    walk.begin()
    cookie = walk.client.cookies["visitor"]
    assert re.fullmatch(r"[0-9a-f]{32}", cookie.value)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in str(Draft.objects.values().get())


@pytest.mark.shows("3.8")
def test_the_home_page_offers_to_go_on_and_forgetting_erases_what_was_typed(walk: Walk) -> None:
    walk.to_details()
    upload(walk, photo("one.jpg"))
    kept = Photo.objects.get()
    home = walk.client.get("/").content.decode()
    assert TEXT in home
    assert f"/report/{walk.draft.pk}/check/" in home
    assert TEXT not in Client().get("/").content.decode()
    answer = walk.client.post("/forget/")
    assert answer["Clear-Site-Data"] == '"cookies", "storage"'
    assert not Draft.objects.exists()
    assert not default_storage.exists(kept.path)


def test_a_page_that_is_not_due_yet_leads_to_the_one_that_is(walk: Walk) -> None:
    walk.begin()
    assert walk.get("check").at == "service"
    assert walk.send().at == "service"
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("4.19")
def test_report_another_here_asks_for_neither_place_nor_contact_again(walk: Walk) -> None:
    walk.to_check().send()
    walk.on("another")
    assert walk.at == "problem"
    walk.on("problem", text="A branch hangs low")
    walk.on("service", service="tree")
    assert walk.at == "details/1"
    walk.on("details/1", text="A branch hangs low")
    assert walk.at == "check"
    walk.send()
    first, second = ServiceRequest.objects.order_by("id")
    assert (second.address, second.point) == (first.address, first.point)
    assert second.participations.get().contact_point.value == "ana@example.org"  # type: ignore[union-attr]


# --- Step 1 -----------------------------------------------------------------------------------------------------------


def test_nothing_said_is_told_next_to_the_box(walk: Walk) -> None:
    walk.begin("   ")
    assert walk.status == 422
    assert "Tell us in a few words what the problem is." in walk.html
    assert not Draft.objects.exists()


@pytest.mark.shows("11.4")
def test_too_many_letters_are_told_with_their_number_and_kept(walk: Walk) -> None:
    walk.begin("x" * 100_000)
    assert walk.status == 422
    assert "Use 4000 characters or fewer. You have 100000." in walk.html
    assert "x" * 100_000 in walk.html


def test_what_cannot_be_stored_is_left_out_and_all_else_stays(walk: Walk) -> None:
    walk.begin("A hole\x00 \u202eby\u2069 Elm 🕳️ \x07now")
    assert walk.draft.typed["text"] == "A hole by Elm 🕳️ now"


def test_the_first_page_says_how_long_it_keeps_what_is_typed(walk: Walk) -> None:
    assert "7 days" in walk.client.get("/report/").content.decode()
    assert "7 days" in walk.client.get("/").content.decode()


@pytest.mark.shows("3.2")
def test_the_first_pages_carry_the_emergency_strip_with_the_number_as_text(walk: Walk) -> None:
    for path in ("/", "/report/", "/report/?service=pothole", "/services/"):
        page = walk.client.get(path).content.decode()
        strip = page[page.index("emergency-strip") :]
        assert "Is someone hurt or in danger right now?" in strip
        assert 'href="tel:911"' in strip
        assert "Text 911 or use 711." in strip


def test_a_link_chooses_service_and_place(cast: Rivermark, walk: Walk) -> None:
    assert "Pothole" in walk.client.get("/report/?service=pothole&lat=40.5&long=-69.0").content.decode()
    walk.begin("", service="pothole", lat="40.5", long="-69.0")
    assert walk.at == "details/1"
    assert walk.draft.typed["place"]["address"] == "12 Elm St"


@pytest.mark.shows("11.1")
def test_an_unknown_service_in_a_link_is_told_and_the_path_finds_one(walk: Walk) -> None:
    assert "We don’t offer that service here" in walk.client.get("/report/?service=nosuch").content.decode()
    assert walk.begin(service="nosuch").at == "service"


def test_suggestions_come_with_i_dont_know_and_articles(cast: Rivermark, walk: Walk) -> None:
    from requests_app.actions.shared.search_index import index_catalog

    factories.article(cast.city, "holes", "How we fill a hole in the road", "We fill it.", cast.pothole)
    index_catalog(cast.city)
    walk.begin("hole in the road, flat tire")
    assert "Pothole" in walk.html
    assert "I don’t know" in walk.html
    assert "Is this what you’re looking for?" in walk.html
    walk.on("answered", article="holes")
    assert walk.page == "/articles/holes/"
    assert not Draft.objects.exists()


def test_an_answered_question_is_counted_by_day_article_and_service_and_nobody(cast: Rivermark, walk: Walk) -> None:
    from requests_app.actions.shared.search_index import index_catalog

    factories.article(cast.city, "holes", "How we fill a hole in the road", "We fill it.", cast.pothole)
    index_catalog(cast.city)
    walk.begin("hole in the road, says Ana Ortiz")
    path = f"/report/{walk.draft.pk}/answered/"
    for status in (302, 404):
        # The second click finds no draft.
        assert walk.client.post(path, {"article": "holes"}).status_code == status
    walk.begin(service="tree")
    walk.client.post(f"/report/{walk.draft.pk}/answered/", {"article": "holes"})
    walk.begin("hole in the road again")
    walk.client.post(f"/report/{walk.draft.pk}/answered/", {"article": "Article not found"})
    today = app_now().astimezone(cast.city.zone).date()
    counted = AnsweredCount.objects.order_by("id").values(
        "jurisdiction", "day", "article_code", "service_code", "value"
    )
    assert list(counted) == [
        {"jurisdiction": cast.city.pk, "day": today, "article_code": "holes", "service_code": code, "value": 1}
        for code in ("pothole", "tree")
    ]
    walk.begin("hole in the road, says Ben")
    walk.client.post(f"/report/{walk.draft.pk}/answered/", {"article": "holes"})
    assert AnsweredCount.objects.get(service_code="pothole").value == 2


@pytest.mark.parametrize("code", ["nosuch", "inside", "resting", ""])
def test_a_service_that_is_not_offered_is_refused_by_direct_post_too(cast: Rivermark, walk: Walk, code: str) -> None:
    factories.service(cast.city, "inside", visibility="staff")
    resting = factories.service(cast.city, "resting").service
    resting.active = False
    resting.save()
    walk.begin().on("service", service=code)
    assert walk.status == 422
    assert "service" not in walk.draft.typed
    walk.begin(service=code)
    assert walk.at == "service"


def test_a_service_taken_out_of_use_meanwhile_is_asked_for_again(cast: Rivermark, walk: Walk) -> None:
    walk.to_check()
    cast.pothole.service.active = False
    cast.pothole.service.save()
    assert walk.send().at == "service"
    assert not ServiceRequest.objects.exists()
    assert walk.draft.typed["text"] == TEXT


# --- Is anyone in danger? ---------------------------------------------------------------------------------------------


@pytest.mark.shows("3.2")
@pytest.mark.parametrize("text", ["I smell gas by the hole", "Huele a gas en la calle"])
def test_red_flag_words_of_any_language_lead_to_the_question_page(walk: Walk, text: str) -> None:
    walk.begin(text)
    assert walk.at == "emergency"
    assert "Is anyone in danger right now?" in walk.html
    assert "Not sure? Call 911. They’ll help you decide. You can ask for an interpreter." in walk.html
    # By itself: the address of the draft has digits of its own.
    assert not re.search(r"\b988\b", walk.html)
    assert walk.draft.warning == "shown"
    # Nobody gets past it by address.
    assert walk.on("service", service="pothole").at == "emergency"


def test_who_goes_on_sends_a_request_that_says_so(walk: Walk) -> None:
    walk.begin("I smell gas by the hole").on("emergency", go_on="1")
    assert walk.at == "service"
    walk.on("service", service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text="I smell gas by the hole", q_where="lane").on("contact", none="1").send()
    assert ServiceRequest.objects.get().after_warning


@pytest.mark.shows("3.2")
def test_words_of_self_harm_put_988_beside_911(walk: Walk) -> None:
    walk.begin("I want to die on this bridge")
    assert "988" in walk.html
    assert "911" in walk.html


def test_a_service_with_a_screen_stops_nobody_whose_words_are_harmless(walk: Walk) -> None:
    walk.begin("Someone sleeps outside").on("service", service="outreach")
    assert walk.at == "location"
    walk.on("location", address="12 Elm St")
    assert walk.at == "details/1"
    assert "Is the person hurt? Call 911." in walk.html


@pytest.mark.shows("2.15")
def test_i_dont_know_always_asks(walk: Walk) -> None:
    assert walk.begin().on("service", service="unknown").at == "emergency"


def test_always_is_a_setting_of_the_city(cast: Rivermark, walk: Walk) -> None:
    cast.city.always_ask_emergency = True
    cast.city.save()
    assert walk.begin().at == "emergency"


def test_new_red_flags_in_the_details_ask_again_and_old_ones_do_not(walk: Walk) -> None:
    walk.begin("I smell gas").on("emergency", go_on="1").on("service", service="pothole")
    walk.on("location", address="12 Elm St")
    assert walk.on("details/1", text="I smell gas still", q_where="lane").at == "contact"
    assert walk.on("details/1", text="I want to die", q_where="lane").at == "emergency"


def stopping(cast: Rivermark) -> None:
    danger = {"value": "yes", "label": {"en": "Yes"}, "effects": {"stop": True}}
    factories.service(
        cast.city,
        "wire",
        questions=[factories.question("danger", "single", required=True, options=[danger, "no"], text="Is it live?")],
        duplicate_policy="never",
    )


@pytest.mark.shows("3.2")
def test_an_answer_that_stops_the_form_says_so_and_cannot_be_sent(cast: Rivermark, walk: Walk) -> None:
    stopping(cast)
    walk.begin(service="wire").on("location", address="12 Elm St").on("details/1", text=TEXT, q_danger="yes")
    assert walk.at == "emergency"
    assert "Call 911 now. This form can’t send help." in walk.html
    assert "Is it live?" in walk.html
    assert f"/report/{walk.draft.pk}/details/1/" in walk.html
    assert walk.on("contact", none="1").at == "emergency"
    assert walk.send().at == "emergency"
    assert not ServiceRequest.objects.exists()
    # The answer can be changed, and then nothing was stopped.
    assert walk.on("details/1", text=TEXT, q_danger="no").at == "check"
    walk.send()
    assert not ServiceRequest.objects.get().after_warning


def test_who_goes_on_after_a_stopping_answer_is_taken_and_marked(cast: Rivermark, walk: Walk) -> None:
    stopping(cast)
    walk.begin(service="wire").on("location", address="12 Elm St").on("details/1", text=TEXT, q_danger="yes")
    walk.on("emergency", go_on="1").on("contact", none="1").send()
    made = ServiceRequest.objects.get()
    assert made.after_warning
    assert made.answers.get().value == "yes"


def test_going_on_once_does_not_cover_a_stopping_answer_given_later(cast: Rivermark, walk: Walk) -> None:
    stopping(cast)
    walk.begin("I smell gas").on("emergency", go_on="1").on("service", service="wire")
    walk.on("location", address="12 Elm St").on("details/1", text=TEXT, q_danger="yes")
    assert walk.at == "emergency"


# --- Step 2: where ----------------------------------------------------------------------------------------------------


def test_a_place_that_several_fit_is_chosen_from_a_list(cast: Rivermark, walk: Walk) -> None:
    factories.address(cast.city, "120 Elm St", -69.01, 40.501)
    walk.begin().on("service", service="pothole").on("location", address="12")
    assert walk.at == "location/choose"
    assert "120 Elm St" in walk.html
    assert not walk.draft.typed.get("place")
    walk.on("location/choose")
    assert walk.status == 422
    walk.on("location/choose", choice="-69.010000,40.501000")
    assert walk.at == "details/1"
    assert walk.draft.typed["place"]["address"] == "120 Elm St"


def test_an_unknown_place_is_told_and_ones_own_words_are_taken(walk: Walk) -> None:
    walk.begin().on("service", service="pothole").on("location", address="behind the qqqzzz", note="left")
    assert walk.at == "location/choose"
    assert "We couldn’t find a place called “behind the qqqzzz”" in walk.html
    assert walk.on("location/choose", choice="words").at == "details/1"
    assert walk.draft.typed["place"] == {
        "address": "behind the qqqzzz",
        "note": "left",
        "source": "address",
        "confidence": 0.0,
    }


def test_an_empty_place_is_told_and_the_note_kept(walk: Walk) -> None:
    walk.begin().on("service", service="pothole").on("location", address="", note="by the bus stop")
    assert walk.status == 422
    assert "Tell us where it is: an address, a corner or a park." in walk.html
    assert "by the bus stop" in walk.html


def test_a_service_without_a_place_may_skip_it(walk: Walk) -> None:
    walk.begin().on("service", service="unknown").on("emergency", go_on="1")
    assert walk.at == "location"
    assert walk.on("location", skip="1").at == "details/1"


@pytest.mark.shows("11.2")
@pytest.mark.parametrize(("lat", "long"), [("40.5", "-68.85"), ("0", "0"), ("90", "180")])
def test_a_point_outside_is_refused_and_what_was_typed_kept(cast: Rivermark, walk: Walk, lat: str, long: str) -> None:
    walk.begin().on("service", service="pothole").on(
        "location", address="over there", note="a note", lat=lat, long=long
    )
    assert walk.status == 422
    assert "This place is outside Rivermark." in walk.html
    assert "over there" in walk.html
    assert "a note" in walk.html
    assert walk.send().at == "location"


@pytest.mark.parametrize(("lat", "long"), [("nan", "nan"), ("inf", "1"), ("x", "y"), ("400", "1"), ("1e99", "-69")])
def test_numbers_that_are_no_point_are_no_point(walk: Walk, lat: str, long: str) -> None:
    walk.begin().on("service", service="pothole").on("location", address="", lat=lat, long=long)
    assert walk.status == 422


def test_a_pin_alone_is_enough_and_gets_its_address(walk: Walk) -> None:
    walk.begin().on("service", service="pothole").on("location", address="", lat="40.50001", long="-69.0")
    assert walk.at == "details/1"
    assert walk.draft.typed["place"]["address"] == "12 Elm St"
    assert walk.draft.typed["place"]["source"] == "pin"


def state_road(cast: Rivermark, **columns: Any) -> None:
    from django.contrib.gis.geos import LineString

    factories.owner(cast.city, LineString((-69.001, 40.5), (-68.999, 40.5), srid=4326))
    factories.service(
        cast.city,
        "road",
        owner_kinds=["state_road"],
        place_rule="segment",
        duplicate_policy="never",
        **columns,
    )


def test_ground_of_another_is_sent_on_for_who_asks(cast: Rivermark, walk: Walk) -> None:
    state_road(cast)
    walk.begin(service="road").on("location", address="12 Elm St")
    assert walk.at == "owner"
    assert "This belongs to State DOT" in walk.html
    assert "555-0170" in walk.html
    assert walk.send().at == "owner"
    walk.on("owner", send="1").on("details/1", text=TEXT).on("contact", none="1")
    assert "We’ll send it to State DOT for you" in walk.html
    walk.send()
    factories.run_worker()
    made = ServiceRequest.objects.get()
    assert (made.disposition, made.owner.name) == ("handed_over", "State DOT")  # type: ignore[union-attr]


def test_what_is_urgent_is_always_taken(cast: Rivermark, walk: Walk) -> None:
    state_road(cast, priority=1)
    walk.begin(service="road").on("location", address="12 Elm St")
    assert walk.at == "details/1"
    walk.on("details/1", text=TEXT).on("contact", none="1").send()
    factories.run_worker()
    made = ServiceRequest.objects.get()
    assert made.status == "routed"
    assert made.owner is not None, "we hand it over ourselves"


# --- Step 4: details --------------------------------------------------------------------------------------------------


@pytest.mark.shows("A9", "A11", "11.3")
def test_a_missing_answer_is_told_beside_its_question_and_the_rest_kept(walk: Walk) -> None:
    walk.to_details().on("details/1", text="Other words", q_damage="a bent rim")
    assert walk.status == 422
    assert "Answer this question: Tell us the where." in walk.html
    assert "a bent rim" in walk.html
    # Also after a reload.
    walk.get("details/1")
    assert "a bent rim" in walk.html
    assert "Other words" in walk.html


@pytest.mark.shows("A9", "A11", "11.3")
def test_zero_is_an_answer(cast: Rivermark, walk: Walk) -> None:
    questions = [factories.question("count", "number", required=True)]
    factories.service(cast.city, "lamps", questions=questions, duplicate_policy="never")
    walk.begin(service="lamps").on("location", address="12 Elm St")
    walk.on("details/1", text=TEXT, q_count="many")
    assert "Enter a number, like 3." in walk.html
    assert 'value="many"' in walk.html
    assert walk.on("details/1", text=TEXT, q_count="0").at == "contact"


@pytest.mark.shows("4.13")
def test_at_most_three_required_questions_stand_on_a_page(cast: Rivermark, walk: Walk) -> None:
    questions = [factories.question(code, required=True) for code in ("one", "two", "three", "four")]
    factories.service(cast.city, "long", questions=questions, duplicate_policy="never")
    walk.begin(service="long").on("location", address="12 Elm St")
    assert "q_three" in walk.html
    assert "q_four" not in walk.html
    assert walk.on("details/1", text=TEXT, q_one="1", q_two="2", q_three="3").at == "details/2"
    assert walk.on("details/2", q_four="4").at == "contact"


@pytest.mark.shows("4.13")
def test_a_conditional_question_is_the_next_step_and_blocks_only_if_asked(cast: Rivermark, walk: Walk) -> None:
    questions = [
        factories.question("size", "single", required=True, options=["small", "big"]),
        factories.question("why", required=True, show_if={"question": "size", "values": ["big"]}),
    ]
    factories.service(cast.city, "rock", questions=questions, duplicate_policy="never")
    walk.begin(service="rock").on("location", address="12 Elm St")
    assert "q_why" not in re.sub("<template>.*?</template>", "", walk.html, flags=re.DOTALL)
    assert walk.on("details/1", text=TEXT, q_size="small").at == "contact"
    assert walk.on("details/1", text=TEXT, q_size="big").at == "details/2"
    walk.on("details/2", q_why="")
    assert walk.status == 422
    assert walk.on("details/2", q_why="it fell").at == "contact"
    # Back to small: what was said about a question that is not asked does not count.
    walk.on("details/1", text=TEXT, q_size="small").on("contact", none="1").send()
    assert [one.value for one in ServiceRequest.objects.get().answers.all()] == ["small"]


def test_days_lists_and_display_words(cast: Rivermark, walk: Walk) -> None:
    questions = [
        factories.question("info", "display", text="Put it out by 7 a.m."),
        factories.question("day", "datetime", required=True),
        factories.question("what", "multi", required=True, options=["sofa", "bed"]),
    ]
    factories.service(cast.city, "bulky", questions=questions, duplicate_policy="never")
    walk.begin(service="bulky").on("location", address="12 Elm St")
    assert "Put it out by 7 a.m." in walk.html
    walk.on("details/1", text=TEXT, q_day_month="2", q_day_day="31", q_day_year="2027", q_what=["sofa"])
    assert walk.status == 422
    assert "Enter a real date" in walk.html
    walk.on("details/1", text=TEXT, q_day_month="2", q_day_day="28", q_day_year="2027", q_what=["sofa", "nosuch"])
    assert "Choose from the list." in walk.html
    assert (
        walk.on("details/1", text=TEXT, q_day_month="2", q_day_day="28", q_day_year="2027", q_what=["sofa", "bed"]).at
        == "contact"
    )
    walk.on("contact", none="1").send()
    values = {one.question_version.code: one.value for one in ServiceRequest.objects.get().answers.all()}
    assert values == {"day": "2027-02-28", "what": ["sofa", "bed"]}


def test_an_answer_may_lead_to_another_service(cast: Rivermark, walk: Walk) -> None:
    needles = {"value": "needles", "label": {"en": "Needles"}, "effects": {"service": "pothole"}}
    factories.service(
        cast.city,
        "dumping",
        questions=[factories.question("what", "single", required=True, options=[needles, "bags"])],
        duplicate_policy="never",
    )
    walk.begin(service="dumping").on("location", address="12 Elm St").on("details/1", text=TEXT, q_what="needles")
    assert walk.at == "other"
    assert walk.on("other", keep="1").at == "contact"
    assert walk.draft.typed["service"] == "dumping"
    walk.draft.typed.pop("stayed")
    walk.begin(service="dumping").on("location", address="12 Elm St").on("details/1", text=TEXT, q_what="needles")
    walk.on("other", change="1")
    assert walk.draft.typed["service"] == "pothole"


def test_a_private_answer_says_that_only_the_city_sees_it(cast: Rivermark, walk: Walk) -> None:
    walk.to_details()
    damage = walk.html[walk.html.index("Tell us the damage.") :]
    assert "Only the city sees this answer." in damage[:400]
    assert QuestionVersion.objects.get(code="where").visibility == "public"
    assert walk.html.count("Only the city sees this answer.") == 1


def photo(name: str, **options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.jpeg(**options), "image/jpeg")


def upload(walk: Walk, *files: SimpleUploadedFile, **data: Any) -> Walk:
    return walk.on("details/1", text=TEXT, q_where="lane", photos=list(files), **data)


def test_photos_are_kept_with_the_draft_described_and_sent(walk: Walk) -> None:
    walk.to_details()
    upload(walk, photo("one.jpg"), photo("two.jpg"), add_photos="1")
    assert walk.at == "details/1"
    first, second = Photo.objects.order_by("id")
    assert "Remove photo 2" in walk.html
    thumb = f"/photos/{first.name}-thumb.jpg"
    assert thumb in walk.html
    assert walk.client.get(thumb).status_code == 200
    assert Client().get(thumb).status_code == 404
    upload(walk, remove_photo=second.name)
    assert Photo.objects.get() == first
    assert not default_storage.exists(second.path)
    upload(walk, **{f"alt_{first.name}": "The hole beside the curb"}).on("contact", none="1").send()
    first.refresh_from_db()
    assert first.service_request == ServiceRequest.objects.get()
    assert first.draft is None
    assert first.alt == "The hole beside the curb"


@pytest.mark.shows("11.5")
def test_a_file_that_is_no_photo_is_told_by_name_and_the_good_one_stays(walk: Walk) -> None:
    walk.to_details()
    upload(walk, photo("good.jpg"), SimpleUploadedFile("virus.jpg", b"MZ not a photo", "image/jpeg"))
    assert walk.status == 422
    assert "virus.jpg: We can’t read this file." in walk.html
    assert "Remove photo 1" in walk.html
    assert Photo.objects.count() == 1
    assert 'value="lane"' in walk.html


def test_of_more_than_five_photos_the_first_are_kept_and_the_others_named(walk: Walk) -> None:
    walk.to_details()
    upload(walk, *[photo(f"{number}.jpg", width=20, height=20) for number in range(7)])
    assert walk.status == 422
    assert "You can add up to 5 photos. We kept the first ones and left out: 5.jpg, 6.jpg." in walk.html
    assert Photo.objects.count() == 5
    assert "Remove photo 5" in walk.html


def test_a_service_without_photos_takes_none_by_direct_post_either(walk: Walk) -> None:
    walk.begin("Someone sleeps outside").on("service", service="outreach").on("emergency", go_on="1")
    walk.on("location", address="12 Elm St")
    assert "Please don’t take photos of people." in walk.html
    walk.on("details/1", text=TEXT, photos=[photo("face.jpg")])
    assert not Photo.objects.exists()


# --- Step 5: contact --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone", ["555 0100", "(555) 010-0199 ext. 4", "+1 555.010.0199 x12", "711, 555-010-0199", "555-0100#9"]
)
def test_a_phone_number_may_have_extensions_spaces_and_a_relay(walk: Walk, phone: str) -> None:
    assert walk.to_contact().on("contact", phone=phone, language="en").at == "check"
    assert phone in walk.html


@pytest.mark.parametrize("phone", ["call me", "12", "555-0100 at night"])
def test_words_are_no_phone_number(walk: Walk, phone: str) -> None:
    walk.to_contact().on("contact", phone=phone, email="ana@example.org", language="en")
    assert walk.status == 422
    assert phone in walk.html
    assert "ana@example.org" in walk.html


def test_dont_contact_me_keeps_nothing_that_was_typed_there(walk: Walk) -> None:
    walk.to_contact().on("contact", email="ana@example.org", name="Ana", none="1", language="es")
    assert walk.at == "check"
    walk.send()
    person = ServiceRequest.objects.get().participations.get().person
    assert (person.name, person.language, person.contact_points.count()) == ("", "es", 0)


def test_the_page_says_honestly_what_a_court_may_do(walk: Walk) -> None:
    walk.to_contact()
    assert (
        "We don’t show your name to the public. A court or a public records law may require us to release it. "
        "To stay anonymous, leave it blank." in walk.html
    )


# --- Step 6: check ----------------------------------------------------------------------------------------------------


def boxes(html: str) -> tuple[str, str]:
    everyone, city = html.split('id="city-only"')
    return everyone[everyone.index('id="everyone"') :], city


def test_the_two_boxes_say_who_sees_what(walk: Walk) -> None:
    everyone, city = boxes(walk.to_check(email="ana@example.org", name="Ana Ortiz", language="en").html)
    for shown in (TEXT, "12 Elm St", "Lane", "Pothole"):
        assert shown in everyone
    for kept in ("a bent rim", "ana@example.org", "Ana Ortiz", "by the bus stop"):
        assert kept in city
        assert kept not in everyone


def test_a_private_service_shows_everyone_nothing(walk: Walk) -> None:
    walk.begin("Someone sleeps outside").on("service", service="outreach").on("emergency", go_on="1")
    walk.on("location", address="12 Elm St").on("details/1", text="Someone sleeps outside").on("contact", none="1")
    everyone, city = boxes(walk.html)
    assert "Nothing. This kind of report is private." in everyone
    assert "12 Elm St" not in everyone
    assert "12 Elm St" in city


def test_a_coarse_service_shows_everyone_its_block(cast: Rivermark, walk: Walk) -> None:
    factories.address(cast.city, "4817 Juniper Rd", -69.01, 40.51)
    factories.service(cast.city, "bins", visibility="coarse", duplicate_policy="never")
    walk.begin(service="bins").on("location", address="4817 Juniper Rd").on("details/1", text=TEXT)
    walk.on("contact", none="1")
    everyone, city = boxes(walk.html)
    assert "4800 block of Juniper Rd" in everyone
    assert "4817" not in everyone
    assert "4817 Juniper Rd" in city


def test_change_links_come_back_to_the_check(walk: Walk) -> None:
    walk.to_check()
    for name in ("service", "location", "details/1", "contact"):
        assert f"/report/{walk.draft.pk}/{name}/" in walk.html
    assert walk.on("location", address="12 Elm St", note="another note").at == "check"
    assert walk.on("contact", email="tia@example.org", language="en").at == "check"
    assert "tia@example.org" in walk.html


# --- Languages --------------------------------------------------------------------------------------------------------


@pytest.mark.shows("3.9")
def test_switching_the_language_keeps_what_was_typed_on_every_page(walk: Walk) -> None:
    walk.begin(switch_language="es")
    assert walk.page.startswith("/es/report/")
    assert TEXT in walk.html
    walk.on("service", service="pothole", switch_language="es")
    assert walk.page == f"/es/report/{walk.draft.pk}/service/"
    assert re.search(r'value="pothole"\s+checked', walk.html)
    walk.on("location", address="12 Elm", note="by the bus stop", switch_language="es")
    assert "by the bus stop" in walk.html
    assert 'value="12 Elm"' in walk.html
    walk.on("location", address="12 Elm St").on("details/1", text="New words", q_damage="a rim", switch_language="es")
    assert walk.page == f"/es/report/{walk.draft.pk}/details/1/"
    assert "New words" in walk.html
    assert "a rim" in walk.html
    walk.on("details/1", text="New words", q_where="lane")
    walk.on("contact", email="half@", phone="555-0100", language="es", switch_language="es")
    assert walk.page == f"/es/report/{walk.draft.pk}/contact/"
    assert "half@" in walk.html


def test_text_keeps_the_language_that_it_was_typed_in(client: Client, cast: Rivermark) -> None:
    walk = Walk(client, "/es")
    walk.begin("Hay un hoyo").on("service", service="pothole").on("location", address="12 Elm St")
    english = Walk(client)
    english.on("details/1", text="Hay un hoyo", q_where="lane").on("contact", none="1", language="en")
    assert re.search(r'dir="auto" lang="es"\s*>Hay un hoyo', english.html)
    english.send()
    made = ServiceRequest.objects.get()
    assert made.language == "es"
    assert made.participations.get().person.language == "en"


def test_an_empty_first_page_just_changes_language(walk: Walk) -> None:
    walk.post("/report/", text="", switch_language="es")
    assert walk.page == "/es/report/"
    walk.post("/report/", text="", switch_language="es", **{"from": "home"})
    assert walk.page == "/es/"
    assert not Draft.objects.exists()


# --- Safety -----------------------------------------------------------------------------------------------------------


def test_a_forged_form_is_refused(walk: Walk) -> None:
    walk.to_check()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = walk.client.cookies
    assert strict.post(f"/report/{walk.draft.pk}/check/").status_code == 403
    assert not ServiceRequest.objects.exists()


def test_pages_with_what_was_typed_are_kept_by_nobody(walk: Walk) -> None:
    walk.to_check()
    for name in ("problem", "service", "location", "details/1", "contact", "check"):
        answer = walk.client.get(f"/report/{walk.draft.pk}/{name}/")
        assert "no-store" in answer["Cache-Control"]


def test_a_get_sends_nothing(walk: Walk) -> None:
    walk.to_check().get("check")
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize("where", ["text", "q_damage", "note"])
def test_no_markup_that_was_typed_comes_alive(walk: Walk, where: str) -> None:
    evil = '<script>alert(1)</script><img src=x onerror="x">'
    walk.begin(evil if where == "text" else TEXT).on("service", service="pothole")
    walk.on("location", address="12 Elm St", note=evil if where == "note" else "")
    for page in ("details/1", "contact"):
        walk.on(page, **{"text": TEXT, "q_where": "lane", "language": "en", where: evil})
    assert walk.at == "check"
    assert "<script>alert" not in walk.html
    assert "<img src=x" not in walk.html
    assert "&lt;script&gt;alert" in walk.html


def test_a_flood_from_one_address_is_told_and_the_words_stay(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    from requests_app.web.report import start

    monkeypatch.setattr(start, "DRAFTS_AN_HOUR", 2)
    for _ in range(2):
        assert walk.begin().at == "service"
    walk.begin("My very own words")
    assert walk.status == 429
    assert "My very own words" in walk.html
    assert Draft.objects.count() == 2
