"""Two problems in one text are reported one after the other, and nothing is typed twice."""

import re

import pytest
from django.test import Client

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Alarm, AnsweredCount, Draft, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.11")]
TWO = "there's a pothole on Elm and the streetlight is out"
FIRST, SECOND = "there's a pothole on Elm", "the streetlight is out"
OFFER = "It sounds like two problems"


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    factories.service(
        cast.city,
        "streetlight",
        name={"en": "Street light out", "es": "Luz de la calle apagada"},
        keywords={"en": ["streetlight", "lamp post", "dark street"], "es": ["farol", "poste de luz"]},
    )
    index_catalog(cast.city)
    return cast


@pytest.fixture
def walk(client: Client) -> Walk:
    return Walk(client)


def send_first(walk: Walk, text: str = TWO) -> Walk:
    walk.begin(text)
    if walk.at == "emergency":
        walk.on("emergency", go_on="1")
    walk.on("service", service="pothole", two_problems="1").on("location", address="12 Elm St", note="by the bus stop")
    words = walk.draft.typed["text"]
    walk.on("details/1", text=words, q_where="lane").on("contact", email="ana@example.org", language="en")
    return walk.send()


def to_second(walk: Walk) -> Walk:
    path = re.search(r'href="(/report/[0-9a-f-]{36}/check/)">Report it now', walk.html)
    assert path is not None
    answer = walk.client.get(path[1], follow=True)
    walk.page, walk.html = answer.request["PATH_INFO"], answer.content.decode()
    return walk


def test_both_are_offered_and_the_second_comes_after_the_first(cast: Rivermark, walk: Walk) -> None:
    html = walk.begin(TWO).html
    assert OFFER in html
    assert html.index(f"“{FIRST.replace(chr(39), '&#x27;')}”") < html.index(f"“{SECOND}”")
    # The services are those for the first.
    assert re.search(r'id="id_service_0"\s+value="pothole"', html)
    send_first(walk)
    assert walk.at == "sent"
    assert ServiceRequest.objects.get().description == FIRST
    assert f"“{SECOND}”" in walk.html
    to_second(walk)
    assert walk.at == "service"
    assert OFFER not in walk.html
    assert re.search(r'id="id_service_0"\s+value="streetlight"', walk.html)
    # Neither the place nor the contact is asked for again.
    assert walk.on("service", service="streetlight").at == "details/1"
    assert "12 Elm St" in walk.html
    assert f">\n{SECOND}</textarea>" in walk.html
    assert walk.on("details/1", text=SECOND).at == "check"
    walk.send()
    first, second = ServiceRequest.objects.order_by("id")
    assert (second.description, second.service.service_code) == (SECOND, "streetlight")
    assert (second.address, second.point) == (first.address, first.point)
    assert second.participations.get().contact_point.value == "ana@example.org"  # type: ignore[union-attr]
    assert "Report it now" not in walk.get("sent").html


@pytest.mark.parametrize(
    "text",
    [
        # Half of it is one word.
        "pothole, and the lamp post",
        "Pothole and streetlight on Elm",
        # What looks like a corner.
        "a pothole on Elm St. Also the streetlight",
        "a hole in the road at Oak and Elm. Also the streetlight is out",
        # A comma alone, in a few words.
        "hole in the road, streetlight out",
        # The second half fits the first service, too.
        "a hole in the road, also the streetlight by the hole is dark",
        # A list, by numbers, signs or short sentences.
        "1. pothole in the road 2. the streetlight is out",
        "hole in the road / streetlight out",
        "Deep pothole. Streetlight out.",
        # What begins with words for another problem, and with a request.
        "a hole in the road. Separate issue, the streetlight is out",
        "hay un bache en la calle y de paso el farol lleva días apagado",
        "There is a hole in the road. And please look at the streetlight that is out",
    ],
)
def test_short_halves_and_what_looks_like_a_corner_are_two(cast: Rivermark, walk: Walk, text: str) -> None:
    assert OFFER in walk.begin(text).html


def test_it_can_be_one_problem_before_and_after_the_service_is_chosen(cast: Rivermark, walk: Walk) -> None:
    walk.begin(TWO).on("service", one_problem="1")
    assert (walk.at, OFFER in walk.html, walk.draft.typed["text"]) == ("service", False, TWO)
    walk.begin(TWO).on("service", service="pothole", two_problems="1")
    assert walk.draft.typed["text"] == FIRST
    assert "we’ll go on with your other problem" in walk.get("service").html
    walk.on("service", one_problem="1")
    assert walk.draft.typed["text"] == TWO
    walk.on("service", service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text=TWO, q_where="lane").on("contact", none="1").send()
    assert ServiceRequest.objects.get().description == TWO
    assert not Draft.objects.filter(service_request=None, pk=walk.draft.pk).exists()
    assert "Report it now" not in walk.html


def test_a_page_that_offered_one_takes_all_the_words(cast: Rivermark, walk: Walk) -> None:
    walk.begin(TWO).on("service", service="pothole")
    assert walk.draft.typed["text"] == TWO


def test_new_words_are_looked_at_again(cast: Rivermark, walk: Walk) -> None:
    walk.begin(TWO).on("service", one_problem="1").on(
        "problem", text="the streetlight is out and a pothole is next to it"
    )
    assert OFFER in walk.html


def test_danger_in_the_second_half_counts_for_both(cast: Rivermark, walk: Walk) -> None:
    text = "there's a pothole on Elm and the streetlight is out, I smell gas"
    assert walk.begin(text).at == "emergency"
    walk.on("emergency", go_on="1")
    assert OFFER in walk.html
    send_first(walk, text)
    to_second(walk)
    assert walk.at == "service", "the emergency question was answered"
    walk.on("service", service="streetlight")
    walk.on("details/1", text=walk.draft.typed["text"]).send()
    for made in ServiceRequest.objects.all():
        assert (made.description, made.after_warning) == (text, True)
        assert Alarm.objects.filter(service_request=made).exists()


def test_following_an_earlier_report_goes_on_with_the_second_too(cast: Rivermark, walk: Walk) -> None:
    factories.routed(cast.pothole, "Deep hole", answers={"where": "lane"})
    walk.begin(TWO).on("service", service="pothole", two_problems="1").on("location", address="12 Elm St")
    assert walk.at == "duplicates"
    earlier = ServiceRequest.objects.get()
    walk.on("duplicates", follow=earlier.reference)
    assert walk.at == "sent"
    assert to_second(walk).at == "service"
    assert walk.draft.typed["place"]["address"] == "12 Elm St"


def test_an_answer_for_the_first_keeps_the_second(cast: Rivermark, walk: Walk) -> None:
    walk.begin(TWO).on("service", service="pothole", two_problems="1")
    factories.article(cast.city, "holes", "Pothole on the road", "We fill it.", cast.pothole)
    index_catalog(cast.city)
    first = walk.draft.pk
    walk.on("answered", article="holes")
    assert AnsweredCount.objects.get().article_code == "holes"
    assert walk.draft.pk != first
    assert (walk.at, walk.draft.typed["text"]) == ("service", SECOND)


@pytest.mark.parametrize(
    "text",
    [
        "There is a hole in the road and I got a flat tire",
        "the pothole on Elm and Oak is back",
        "pothole. It is deep and wide and nobody came",
        "a branch fell on Front and Main St",
        "the streetlight is out and the lamp post is leaning",
        "the lamp post fell over and it left a hole in the road",
        ("there is a hole and nobody came. " * 130)[:4000],
        # A list of words, and what is said about the problem.
        "the pothole under the front and streetlight. It is deep",
        "a deep pothole in the road. Dangerous by the streetlight that is out",
        "the streetlight is out day and night. Pothole road",
        # What follows from it, and one more of the same.
        "there is a hole in the road and nobody could get past the streetlight",
        "the streetlight is out and somebody will fall into a hole",
        "a hole in the road, and another one by the streetlight",
        # A long story.
        "a pothole, a deep hole in the road, " * 13 + "and the streetlight is out",
    ],
)
def test_one_problem_stays_one(cast: Rivermark, walk: Walk, text: str) -> None:
    assert OFFER not in walk.begin(text).html


@pytest.mark.parametrize("has_place", [True, False])
def test_a_complaint_about_the_problem_is_no_second_one(cast: Rivermark, walk: Walk, has_place: bool) -> None:
    factories.service(
        cast.city,
        "feedback",
        name={"en": "Complaint"},
        keywords={"en": ["rude staff"]},
        place_required=has_place,
    )
    index_catalog(cast.city)
    assert (OFFER in walk.begin("there's a hole in the road and the staff was so rude").html) == has_place


def test_what_fits_a_third_service_as_a_whole_is_one_problem(cast: Rivermark, walk: Walk) -> None:
    text = "there is a hole in the road and the streetlight is out"
    assert OFFER in walk.begin(text).html
    factories.service(
        cast.city,
        "crash",
        name={"en": "Crash"},
        keywords={
            "en": [
                "hole in the road and streetlight out",
                "car crash",
                "wrecked truck",
                "accident",
                "two cars hit each other",
                "somebody drove into it",
            ]
        },
    )
    index_catalog(cast.city)
    assert OFFER not in walk.begin(text).html


def test_in_spanish(cast: Rivermark, client: Client) -> None:
    walk = Walk(client, "/es")
    html = walk.begin("hay un bache en la calle y el farol lleva días apagado").html
    assert "Parecen dos problemas" in html
    assert "“el farol lleva días apagado”" in html


def test_a_second_problem_comes_after_all_places_of_the_first_and_is_at_the_first_place(
    cast: Rivermark, walk: Walk
) -> None:
    factories.address(cast.city, "14 Oak St", -68.998, 40.5)
    walk.begin(TWO).on("service", service="pothole", two_problems="1")
    walk.on("location", address="12 Elm St", add_place="1").on("location", address="14 Oak St")
    walk.on("details/1", text=FIRST, q_where="lane").on("contact", none="1").send()
    assert to_second(walk).at == "check"
    assert "14 Oak St" in walk.html
    walk.send()
    assert to_second(walk).at == "service"
    typed = walk.draft.typed
    assert (typed["text"], typed["place"]["address"]) == (SECOND, "12 Elm St")
