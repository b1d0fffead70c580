"""Answers: by topic and by search, one article with its vote, and who to call for what isn't the city's."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.answers import article_counts
from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import AnsweredCount, Article, ArticleFeedback, ArticleTopic, ArticleVote, UnansweredSearch
from requests_app.rules.answers.unanswered_searches import TIMES, unanswered
from requests_app.web.explore.articles import MISSING_AN_HOUR
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]
POWER = {
    "name": {"en": "Commonwealth Light & Power"},
    "phone": "555-0172",
    "hours": {"en": "24 hours a day"},
    "email": "service@clp.example",
    "outside": True,
}


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    trash = ArticleTopic.objects.create(jurisdiction=cast.city, code="trash", name={"en": "Trash"}, order=1)
    paint = factories.article(
        cast.city,
        "paint",
        "Paint and batteries",
        "Bring old paint to the yard.\n\nIt opens at 7.",
        topic=trash,
        asked={"en": ["how do i get rid of paint"], "es": ["dónde tiro la pintura"]},
    )
    paint.title["es"], paint.body["es"] = "Pintura y pilas", "Traiga la pintura al patio.\n\nAbre a las 7."
    paint.save()
    factories.article(
        cast.city, "power-outage", "Power outages", "The power company fixes them.", contact=POWER,
        asked={"en": ["my power is out", "the lights went out in the whole house"]},
    )  # fmt: skip
    factories.article(cast.city, "hidden", "Not ready yet", published=False, topic=trash)
    index_catalog(cast.city)
    return cast


def page(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_has_topics_and_only_what_is_published(cast: Rivermark, client: Client) -> None:
    html = page(client, "/articles/")
    assert 'id="trash"' in html
    assert "Paint and batteries" in html
    assert "Power outages" in html
    assert "Other answers" in html
    assert "Not ready yet" not in html


@pytest.mark.parametrize(
    ("path", "words", "answer"),
    [
        ("/articles/", "how can I get rid of old paint?", "Bring old paint to the yard."),
        ("/articles/", "donde tiro pintura vieja", "Bring old paint to the yard."),
        ("/es/articles/", "donde tiro pintura vieja", "Traiga la pintura al patio."),
    ],
)
def test_a_search_shows_the_sentence_that_answers(
    cast: Rivermark, client: Client, path: str, words: str, answer: str
) -> None:
    html = page(client, path, q=words)
    assert answer in html
    assert "It opens at 7." not in html


@pytest.mark.parametrize("words", ["tell me a joke", "zzzz qqqq", "👋", "x"])
def test_what_nobody_serves_is_matched_with_nothing(cast: Rivermark, client: Client, words: str) -> None:
    html = page(client, "/articles/", q=words)
    assert "We couldn’t match that" in html
    assert cast.city.desk_number in html
    assert 'id="trash"' in html, "the topics stay"


def test_an_article_begins_with_its_answer_and_says_who_does_it_and_when_it_was_checked(
    cast: Rivermark, client: Client
) -> None:
    Article.objects.filter(code="power-outage").update(reviewed_on=dt.date(2026, 10, 1))
    html = page(client, "/articles/power-outage/")
    assert '<div class="usa-intro"><p>The power company fixes them.</p>' in html
    for words in (
        "Commonwealth Light &amp; Power",
        "555-0172",
        "24 hours a day",
        "service@clp.example",
        "Oct. 1, 2026",
    ):
        assert words in html


@pytest.mark.shows("16.3")
def test_who_to_call_lists_what_others_do(cast: Rivermark, client: Client) -> None:
    clerk = {"name": {"en": "City Clerk"}, "phone": "555-0103"}
    for code, title in (("marriage", "Marriage license"), ("notary", "Notary public")):
        factories.article(cast.city, code, title, contact=clerk)
    html = page(client, "/who-to-call/")
    others, _, offices = html.partition("City offices")
    assert "Commonwealth Light &amp; Power" in others
    assert "Paint and batteries" not in html
    assert offices.count("City Clerk") == 1, "an office once, with all that it does"
    assert offices.count("tel:555-0103") == 1
    assert offices.index("Marriage license") < offices.index("Notary public")


@pytest.mark.shows("16.4")
def test_a_vote_is_counted_by_day_and_nobody(cast: Rivermark, client: Client) -> None:
    assert "Yes, it did" in page(client, "/articles/paint/vote/", helped="yes")
    for helped in ("yes", "yes", "no"):
        answer = client.post("/articles/paint/vote/", {"helped": helped}, follow=True)
        thanks = "Thank you. We count the answers" if helped == "yes" else "What was missing?"
        assert thanks in answer.content.decode()
    counted = ArticleVote.objects.order_by("helped").values_list("article_code", "helped", "value")
    assert list(counted) == [("paint", False, 1), ("paint", True, 2)]


@pytest.mark.parametrize("helped", ["", "maybe", "\x00"])
def test_a_vote_that_says_nothing_asks_again(cast: Rivermark, client: Client, helped: str) -> None:
    assert "No, it didn’t" in client.post("/articles/paint/vote/", {"helped": helped}).content.decode()
    assert not ArticleVote.objects.exists()


@pytest.mark.parametrize("path", ["/articles/hidden/", "/articles/hidden/vote/", "/articles/nosuch/vote/"])
def test_an_unpublished_article_is_not_there(cast: Rivermark, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "We may have taken it down or replaced it" in answer.content.decode()
    assert client.post(path, {"helped": "yes"}).status_code in (404, 405)


def test_a_vote_on_what_was_taken_down_meanwhile_is_answered_kindly(cast: Rivermark, client: Client) -> None:
    page(client, "/articles/paint/vote/", helped="yes")
    Article.objects.filter(code="paint").update(published=False)
    answer = client.post("/articles/paint/vote/", {"helped": "yes"})
    assert (answer.status_code, "Look through the answers by topic" in answer.content.decode()) == (404, True)
    assert not ArticleVote.objects.exists()


def test_those_asked_most_come_first(cast: Rivermark, client: Client) -> None:
    assert "Asked most" not in page(client, "/articles/")
    today = dt.datetime.now(cast.city.zone).date()
    for code, value in (("paint", 2), ("power-outage", 5), ("hidden", 9)):
        AnsweredCount.objects.create(jurisdiction=cast.city, day=today, article_code=code, value=value)
    most = page(client, "/articles/").partition("Asked most")[2].partition("</ol>")[0]
    assert most.index("Power outages") < most.index("Paint and batteries")
    assert "Not ready yet" not in most


@pytest.mark.shows("16.4")
def test_searches_in_vain_are_shown_from_three_in_a_week_on(cast: Rivermark, client: Client) -> None:
    for number in range(TIMES):
        client.get("/articles/", {"q": "Llama  rides!"}, REMOTE_ADDR=f"192.0.2.{number}")
    page(client, "/articles/", q="pottery lessons")
    assert [(one.words, one.value) for one in unanswered(cast.city)] == [("llama rides", TIMES)]


@pytest.mark.shows("16.4")
def test_the_same_words_of_one_network_count_once_a_day_on_whichever_page(cast: Rivermark, client: Client) -> None:
    for path in ("/articles/", "/services/", "/services/", "/es/services/"):
        assert client.get(path, {"q": "Llama rides"}).status_code == 200
    client.post("/report/", {"text": "llama rides!"})
    client.post("/report/", {"text": "llama rides", "service": "pothole"})
    client.get("/services/", {"q": "hole in the road"})
    assert [(one.words, one.value) for one in UnansweredSearch.objects.all()] == [("llama rides", 1)]
    client.get("/services/", {"q": "Llama rides"}, REMOTE_ADDR="192.0.2.1")
    assert UnansweredSearch.objects.get().value == 2


@pytest.mark.parametrize("words", ["call 555-0199 ana", "zed@example.org", "one two three four five six zeds zedding"])
def test_a_search_that_may_tell_of_somebody_is_not_counted(cast: Rivermark, words: str) -> None:
    article_counts.not_found(cast.city, words)
    assert not UnansweredSearch.objects.exists()


def test_rare_searches_go_when_their_week_is_over_and_old_ones_anyway(cast: Rivermark) -> None:
    today = dt.datetime.now(dt.UTC).date()
    for words, weeks, value in (("old", 14, 9), ("rare", 2, TIMES - 1), ("kept", 2, TIMES), ("new", 0, 1)):
        UnansweredSearch.objects.create(
            jurisdiction=cast.city, words=words, week=today - dt.timedelta(weeks=weeks), value=value
        )
    article_counts.forget_searches()
    assert set(UnansweredSearch.objects.values_list("words", flat=True)) == {"kept", "new"}


def missing(client: Client, text: str, code: str = "paint", **more: Any) -> Any:
    return client.post(f"/articles/{code}/missing/", {"text": text}, **more)


def test_after_a_no_one_box_asks_what_was_missing_and_its_owner_reads_it(cast: Rivermark, client: Client) -> None:
    answer = client.post("/articles/paint/vote/", {"helped": "no"})
    assert answer["Location"] == "/articles/paint/missing/"
    assert "What was missing?" in page(client, answer["Location"])
    Article.objects.filter(code="paint").update(owner=cast.pia)
    assert missing(client, "The yard’s phone number").status_code == 302
    # Without words, nothing is kept.
    assert missing(client, "  ").status_code == 302
    feedback = ArticleFeedback.objects.get()
    assert (feedback.text, feedback.language) == ("The yard’s phone number", "en")
    for user, reads in ((cast.pia, True), (cast.cal, False), (cast.ada, False)):
        staff = Client()
        staff.force_login(user)
        assert ("The yard’s phone number" in staff.get("/staff/articles/paint/").content.decode()) is reads, user
    for path in ("/articles/", "/articles/paint/", "/api/v1/articles/paint/", "/articles/paint/missing/"):
        assert "The yard’s phone number" not in page(client, path)


@pytest.mark.parametrize("text", ["call me at 617-555-0147", "write to zoe@example.org", "My name is Zoe Quill"])
def test_personal_data_is_not_kept(cast: Rivermark, client: Client, text: str) -> None:
    answer = missing(client, text)
    assert answer.status_code == 422
    assert "This may be personal" in answer.content.decode()
    assert text.split()[-1] in answer.content.decode()
    assert not ArticleFeedback.objects.exists()


def test_one_network_is_kept_only_so_often(cast: Rivermark, client: Client) -> None:
    for number in range(MISSING_AN_HOUR):
        assert missing(client, f"More about pens, part {number}").status_code == 302
    # What was typed stays.
    answer = missing(client, "One more about pens")
    assert answer.status_code == 429
    assert "One more about pens" in answer.content.decode()
    assert ArticleFeedback.objects.count() == MISSING_AN_HOUR
    # Nothing typed, nothing counted.
    assert missing(client, "").status_code == 302


@pytest.mark.parametrize("code", ["hidden", "nosuch"])
def test_nothing_is_missing_in_an_article_that_nobody_reads(cast: Rivermark, client: Client, code: str) -> None:
    assert missing(client, "More", code).status_code == 404
