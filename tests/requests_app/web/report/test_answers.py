"""A question typed into the first box is answered above the services, at the address if it depends on that."""

import pytest
from django.test import Client

from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import AnsweredCount, Draft, UnansweredSearch
from requests_app.web.report import answer_address
from tests import factories
from tests.factories import ELM_ST, Rivermark
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.1")]
CARD = [
    {
        "layer": "ward",
        "name": {"en": "Your ward"},
        "fields": [
            {"key": "council_member", "label": {"en": "Council member"}},
            {"key": "collection_day", "label": {"en": "Trash"}, "kind": "weekday"},
        ],
    }
]


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    ward = factories.area(cast.city, "ward", "5")
    ward.attributes = {"collection_day": "tuesday", "council_member": "Ines Calloway"}
    ward.save()
    cast.city.address_card = CARD
    cast.city.save()
    factories.address(cast.city, "14 Oak St", *ELM_ST)
    factories.article(
        cast.city,
        "collection-days",
        "Your trash day",
        "Trash is collected by address.\n\nPut it out by 7.",
        by_address="collection_day",
        asked={"en": ["when is trash day", "what day do you collect the trash"], "es": ["qué día pasa la basura"]},
    )
    factories.article(
        cast.city,
        "power-outage",
        "Power outages",
        "The power company fixes them.",
        contact={"name": {"en": "Light & Power"}, "phone": "555-0172"},
        asked={"en": ["my power is out", "who do i call, no electricity"]},
    )
    index_catalog(cast.city)
    return cast


@pytest.fixture
def walk(client: Client) -> Walk:
    return Walk(client)


def test_the_answer_comes_first_with_a_box_for_the_address(cast: Rivermark, walk: Walk) -> None:
    html = walk.begin("when is trash day").html
    answer, services = html.index("Trash is collected by address."), html.index("Need something else?")
    assert answer < services
    assert "Put it out by 7." not in html
    assert 'name="address"' in html


def test_the_address_answers_and_is_kept_nowhere(cast: Rivermark, walk: Walk) -> None:
    walk.begin("when is trash day").on("service", address="14 oak st")
    assert walk.at == "service"
    shown = walk.html.rpartition("14 Oak St")[2]
    assert shown.index("Tuesday") < shown.index("Ines Calloway"), "what was asked comes first"
    assert "Oak" not in str(walk.draft.typed)


def test_an_answer_further_down_has_its_box_too_and_one_address_is_for_all(cast: Rivermark, walk: Walk) -> None:
    factories.article(
        cast.city,
        "council",
        "Your council member",
        "Council members are elected by ward.",
        by_address="council_member",
        asked={"en": ["council member trash day", "which council member do i call about the trash day"]},
    )
    index_catalog(cast.city)
    walk.begin("when is trash day")
    above, below = walk.html.split('id="answer-council"')
    assert "Trash is collected by address." in above
    assert 'id="answer_address"' in above
    assert 'id="answer-council_address"' in below
    # Only the box that was left empty says so, and the page comes back to where it is.
    empty = walk.client.post(walk.page, {"address": " ", "answer": "answer-council"})
    above, below = empty.content.decode().split('id="answer-council"')
    assert (empty.status_code, "Enter an address." in above, "Enter an address." in below) == (422, False, True)
    sent = walk.client.post(walk.page, {"address": "14 oak st", "answer": "answer-council"})
    assert sent["Location"] == f"{walk.page}#answer-council"
    above, below = walk.get("service").html.split('id="answer-council"')
    for part in (above, below):
        assert part.count("Ines Calloway") == 1
    for anchor in ("answer", "", "x", "answer-\r\nX: 1", "answer-" + "x" * 90):
        sent = walk.client.post(walk.page, {"address": "14 oak st", "answer": anchor})
        assert sent["Location"] == f"{walk.page}#answer"


def test_the_address_is_in_no_url_and_a_reload_shows_the_answer_again(
    cast: Rivermark, walk: Walk, client: Client
) -> None:
    page = f"/report/{walk.begin('when is trash day').draft.pk}/service/"
    sent = client.post(page, {"address": "14 oak st"})
    assert (sent.status_code, sent["Location"]) == (302, f"{page}#answer")
    kept = [morsel for morsel in sent.cookies.values() if morsel.key == "answer_address"]
    assert {morsel["path"] for morsel in kept} == {page, f"/es{page}"}, "no other page gets it"
    assert all(morsel["httponly"] and morsel["samesite"] == "Lax" and not morsel["max-age"] for morsel in kept)
    assert "Tuesday" in walk.get("service").html
    # In the other language, and for another question of the same draft, it needn't be typed again.
    assert "14 Oak St" in client.get(f"/es{page}").content.decode()
    walk.on("answered", article="collection-days")
    assert {morsel.value for morsel in client.cookies.values() if morsel.key == "answer_address"} == {""}


@pytest.mark.parametrize("kept", ["%00", "%ff%fe", "x" * 3000, "%3Cscript%3E", "14%20oak%20st%0d%0aX: 1"])
def test_whatever_the_cookie_holds_is_only_looked_for(cast: Rivermark, walk: Walk, client: Client, kept: str) -> None:
    walk.begin("when is trash day")
    client.cookies["answer_address"] = kept
    assert walk.get("service").status == 200
    assert "<script>" not in walk.html.partition("Your address")[2].partition("</section>")[0]


def test_looking_up_is_limited_and_needs_a_token(cast: Rivermark, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_address, "AN_HOUR", 1)
    walk.begin("when is trash day").on("service", address="14 oak st")
    found = "Ines Calloway"
    assert found in walk.html
    assert walk.get("service").status == 429
    assert found not in walk.html
    assert 'value="14 oak st"' in walk.html
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies = walk.client.cookies
    assert stranger.post(f"/report/{walk.draft.pk}/service/", {"address": "14 oak st"}).status_code == 403


@pytest.mark.parametrize(
    ("address", "said"), [("", "Enter an address."), ("999 Nowhere Blvd", "We couldn’t find “999 Nowhere Blvd”")]
)
def test_an_address_that_leads_nowhere_says_so_and_stays(cast: Rivermark, walk: Walk, address: str, said: str) -> None:
    html = walk.begin("when is trash day").on("service", address=address).html
    assert said in html
    assert f'value="{address}"' in html
    assert "Trash is collected by address." in html


def test_what_others_do_is_said_with_their_number(cast: Rivermark, walk: Walk) -> None:
    html = walk.begin("my power is out, who do I call").html
    assert "The power company fixes them." in html
    assert "555-0172" in html


@pytest.mark.parametrize("path", ["/articles/collection-days/", "/articles/?q=trash+day"])
def test_the_box_for_the_address_is_wherever_the_answer_is(cast: Rivermark, path: str) -> None:
    html = Client().get(path).content.decode()
    form = html[html.index('action="/address/"') :]
    assert '<input class="usa-input"' in form[: form.index("</form>")]
    answer = Client().get("/address/", {"q": "12 Elm St"})
    assert "12 Elm St" in answer.content.decode()


def test_that_answers_my_question_ends_it(cast: Rivermark, walk: Walk) -> None:
    walk.begin("when is trash day").on("answered", article="collection-days")
    assert walk.page == "/articles/collection-days/"
    assert not Draft.objects.exists()
    assert AnsweredCount.objects.get().article_code == "collection-days"


def test_a_report_is_offered_its_services_first(cast: Rivermark, walk: Walk) -> None:
    html = walk.begin("there is a hole in the road").html
    assert "Which of these is closest?" in html
    assert "Trash is collected by address." not in html


def test_an_answer_among_the_first_three_is_listed_in_its_place(cast: Rivermark, walk: Walk) -> None:
    for code in ("bench", "gate"):
        factories.service(cast.city, code, name={"en": code.title()}, keywords={"en": [f"broken {code} in the park"]})
    factories.article(cast.city, "park-repairs", "Broken things in the park", "Every spring.")
    index_catalog(cast.city)
    html = walk.begin("there is a broken bench in the park").html
    places = [html.index(f'value="{code}"') for code in ("bench", "gate", "unknown")]
    link = html.index('<a class="card__link" href="#answer-park-repairs">Broken things in the park</a>')
    assert places[0] < link < places[1] < places[2]
    # The link leads to the answer, with its buttons, on the same page.
    assert places[2] < html.index('id="answer-park-repairs"') < html.index("Every spring.")


def test_nonsense_is_matched_with_nothing_and_counted(cast: Rivermark, walk: Walk) -> None:
    html = walk.begin("tell me a joke please").html
    assert "We couldn’t match that" in html
    assert cast.city.desk_number in html
    assert "Pothole" in html, "the list of all services is open"
    assert UnansweredSearch.objects.get().words == "tell me a joke please"


CHAT = "".join(
    f"[11/{day:02}/26, 8:{day:02} AM] Ana: did you call\n[11/{day:02}/26, 8:{day:02} AM] Ben: no and you\n"
    for day in range(1, 31)
)
NOT_OURS = "We read English and Spanish best, but we take reports in every language."


@pytest.mark.parametrize(
    "text", ["x", "🚒", "Ana Ortiz", "555-0199", "la la la " * 440, "tengo una pregunta", (CHAT * 2)[:4000]]
)
def test_odd_texts_go_on(cast: Rivermark, walk: Walk, text: str) -> None:
    assert walk.begin(text).at == "service"
    assert "It sounds like two problems" not in walk.html
    assert NOT_OURS not in walk.html
    assert walk.on("service", service="unknown").at in ("location", "emergency")
    assert walk.draft.typed["text"] == text.strip()


@pytest.mark.parametrize(
    "text",
    ["tem um buraco na rua em frente da minha casa", "有一个大坑在路上", "Có một ổ gà lớn trên đường trước nhà tôi"],
)
def test_another_language_is_said_to_be_one_and_taken(cast: Rivermark, walk: Walk, text: str) -> None:
    assert NOT_OURS in walk.begin(text).html
    assert walk.on("service", service="pothole").at == "location"
    assert walk.draft.typed["text"] == text


@pytest.mark.parametrize("text", ["who do I call, I smell gas", "¿a quién llamo? huele a gas en la calle"])
def test_a_question_that_is_a_danger_gets_the_danger_first(cast: Rivermark, walk: Walk, text: str) -> None:
    assert walk.begin(text).at == "emergency"
    assert "Is anyone in danger right now?" in walk.html
    assert walk.on("emergency", go_on="1").at == "service"


def test_an_article_taken_down_meanwhile_answers_nothing(cast: Rivermark, walk: Walk) -> None:
    walk.begin("when is trash day")
    type(factories.article(cast.city, "x", "X")).objects.update(published=False)
    assert "Trash is collected by address." not in walk.on("service", address="14 Oak St").html
    walk.on("answered", article="collection-days")
    assert "We’ve taken that answer down since you opened this page." in walk.html
    # Nothing that was typed is lost.
    assert (walk.at, walk.draft.typed["text"]) == ("service", "when is trash day")
    assert not AnsweredCount.objects.exists()
