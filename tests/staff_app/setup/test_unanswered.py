"""Monday's list: what people searched for and didn't find, and the articles that didn't help."""

import datetime as dt
import html
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.html import strip_tags

from requests_app.actions.answers import article_counts, articles
from requests_app.models import Article, ArticleVote, Jurisdiction, SettledSearch, UnansweredSearch, User
from requests_app.rules.answers.unanswered_searches import NOES, TIMES, to_settle, unhelpful
from requests_app.rules.people.leaves import today
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]
PATH = "/staff/setup/unanswered/"


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def searched(town: Rivermark) -> Rivermark:
    for words, times in (("leaf blowers", TIMES), ("drone permit", TIMES + 1), ("too few", TIMES - 1)):
        for _ in range(times):
            article_counts.not_found(town.city, words)
    lakeside = factories.lakeside().city
    for _ in range(TIMES):
        article_counts.not_found(lakeside, "their words")
    return town


def listed(town: Rivermark) -> list[str]:
    return [one.text for one in to_settle(town.city)]


def settle(client: Client, **typed: object) -> str:
    return client.post(f"{PATH}settle/", typed, follow=True).content.decode()


def test_what_was_often_searched_for_is_listed_until_something_is_done_about_it(
    searched: Rivermark, ada: Client
) -> None:
    assert listed(searched) == ["drone permit", "leaf blowers"]
    page = ada.get(PATH).content.decode()
    assert "“drone permit”" in page
    assert "their words" not in page
    settle(ada, text="drone permit", do="not_ours")
    form = settle(ada, text="leaf blowers", do="write")
    assert 'value="Leaf blowers"' in form
    assert listed(searched) == []
    assert "Nothing is left to do." in ada.get(PATH).content.decode()
    # Nobody settles what isn't on the list.
    settle(ada, text="made up", do="not_ours")
    assert set(SettledSearch.objects.values_list("text", flat=True)) == {"drone permit", "leaf blowers"}


def test_words_are_added_to_how_people_ask_in_the_draft(searched: Rivermark, ada: Client) -> None:
    article = factories.article(searched.city, "noise", "Loud tools", asked={"en": ["loud tools"]})
    theirs = factories.article(Jurisdiction.objects.get(name="Lakeside"), "noise", "Loud tools")
    assert "Choose the article" in html.unescape(settle(ada, text="leaf blowers", do="add", article="x"))
    assert ada.post(f"{PATH}settle/", {"text": "leaf blowers", "do": "add", "article": theirs.pk}).status_code == 404
    settle(ada, text="leaf blowers", do="add", article=article.pk, language="en")
    article.refresh_from_db()
    assert article.asked == {"en": ["loud tools"]}
    assert articles.draft_of(article)["asked"] == {"en": ["loud tools", "leaf blowers"]}
    assert listed(searched) == ["drone permit"]


@pytest.mark.parametrize(("how", "comes_back"), [("added", True), ("not_ours", False)])
def test_added_words_come_back_if_people_still_do_not_find_them(
    searched: Rivermark, how: str, comes_back: bool
) -> None:
    SettledSearch.objects.create(jurisdiction=searched.city, text="leaf blowers", how=how, user=searched.ada)
    assert listed(searched) == ["drone permit"]
    day = today(searched.city)
    next_monday = day + dt.timedelta(days=7 - day.weekday())
    UnansweredSearch.objects.filter(words="leaf blowers").update(week=next_monday)
    assert ("leaf blowers" in listed(searched)) is comes_back


def test_articles_with_three_noes_are_listed_those_with_most_first(town: Rivermark, ada: Client) -> None:
    for code, noes, days in (("bad", NOES + 1, 0), ("poor", NOES, 90), ("fine", NOES - 1, 0), ("old", NOES, 91)):
        factories.article(town.city, code, f"It is {code}")
        day = today(town.city) - dt.timedelta(days=days)
        ArticleVote.objects.create(jurisdiction=town.city, day=day, article_code=code, helped=False, value=noes)
    ArticleVote.objects.create(jurisdiction=town.city, day=today(town.city), article_code="bad", helped=True, value=7)
    assert [(one.article.code, one.yes, one.no) for one in unhelpful(town.city)] == [
        ("bad", 7, NOES + 1),
        ("poor", 0, NOES),
    ]
    assert "It is poor" in strip_tags(ada.get(PATH).content.decode())
    Article.objects.filter(code="poor").update(published=False)
    assert [one.article.code for one in unhelpful(town.city)] == ["bad"]
