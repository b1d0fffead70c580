"""What is counted of answers and of searches without one: once, nothing of a test, and nothing that tells of a person."""

import datetime as dt

import pytest

from requests_app.actions.answers import article_counts, article_problems
from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import AnsweredCount, Article, ArticleProblem, UnansweredSearch
from requests_app.rules.answers.unanswered_searches import TIMES, WEEKS
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_an_answer_counts_once_and_not_in_a_test(cast: Rivermark) -> None:
    article = factories.article(cast.city, "paint", "Paint")
    for tester in (cast.ada, None):
        draft = drafts.create(cast.city, visitor="v" * 32, language="en", tester=tester, text="Paint")
        for _ in range(2):
            article_counts.answered(draft, article, cast.pothole)
    assert list(AnsweredCount.objects.values_list("article_code", "service_code", "value")) == [("paint", "pothole", 1)]


def test_what_may_tell_of_a_person_is_not_counted(cast: Rivermark) -> None:
    for text in ("fireworks", "Fireworks!", "ana@example.org", "5550142", "one two three four five six seven", " "):
        article_counts.not_found(cast.city, text)
    assert list(UnansweredSearch.objects.values_list("words", "value")) == [("fireworks", 2)]


def test_rare_searches_go_after_their_week_and_all_after_many(cast: Rivermark) -> None:
    today = app_now().date()
    week, oldest = today - dt.timedelta(days=8), today - dt.timedelta(weeks=WEEKS)
    day = dt.timedelta(days=1)
    for words, at, value in (
        ("rare", week, 1),
        ("rare and over", week - day, TIMES - 1),
        ("often", week - day, TIMES),
        ("oldest", oldest, TIMES),
        ("too old", oldest - day, TIMES),
    ):
        UnansweredSearch.objects.create(jurisdiction=cast.city, week=at, words=words, value=value)
    article_counts.forget_searches()
    assert set(UnansweredSearch.objects.values_list("words", flat=True)) == {"rare", "often", "oldest"}


def test_as_many_articles_of_this_city_are_marked_as_wrong(cast: Rivermark) -> None:
    lakeside = factories.lakeside()
    ours = factories.article(cast.city, "paint", "Paint"), factories.article(cast.city, "ink", "Ink")
    for article, user in (
        (ours[0], cast.tom),
        (ours[0], cast.pia),
        (factories.article(lakeside.city, "pier", "Pier"), lakeside.sid),
    ):
        ArticleProblem.objects.create(article=article, user=user, version=1)
    assert article_problems.of_city(cast.city) == 1
    article_problems.mend(Article.objects.get(code="paint"))
    assert article_problems.of_city(cast.city) == 0
