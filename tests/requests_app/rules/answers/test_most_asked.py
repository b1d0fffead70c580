"""What people needed most: of this city's published articles, in ninety days; and what they didn't find in twelve weeks."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import AnsweredCount, Article, UnansweredSearch
from requests_app.rules.answers import most_asked, unanswered_searches
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_the_articles_that_answered_most_in_ninety_days(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    lakeside = factories.lakeside()
    today = app_now().astimezone(town.city.zone).date()
    trash, parks, gone, tax = (factories.article(town.city, code, code) for code in ("trash", "parks", "gone", "tax"))
    Article.objects.filter(pk=gone.pk).update(published=False)
    factories.article(lakeside.city, "trash", "Their trash")
    for city, code, ago, value in (
        (town.city, "trash", 0, 3),
        (town.city, "trash", 90, 3),
        (town.city, "parks", 1, 5),
        (town.city, "parks", 91, 50),
        (town.city, "gone", 1, 60),
        (town.city, "tax", 1, 1),
        (lakeside.city, "tax", 1, 70),
    ):
        day = today - dt.timedelta(days=ago)
        AnsweredCount.objects.create(jurisdiction=city, day=day, article_code=code, value=value)
    assert most_asked.most_asked(town.city) == [trash, parks, tax]
    assert most_asked.most_asked(lakeside.city) == []
    monkeypatch.setattr(most_asked, "ARTICLES", 3)
    assert most_asked.most_asked(town.city) == [trash, parks]


def test_what_three_searches_of_a_week_did_not_find(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    today = app_now().astimezone(town.city.zone).date()
    for city, words, weeks, value in (
        (town.city, "kayak", 0, 3),
        (town.city, "canoe", 12, 9),
        (town.city, "rare", 1, 2),
        (town.city, "old", 13, 9),
        (lakeside.city, "theirs", 1, 9),
        (town.city, "boat", 12, 10),
    ):
        week = today - dt.timedelta(weeks=weeks)
        UnansweredSearch.objects.create(jurisdiction=city, week=week, words=words, value=value)
    found = unanswered_searches.unanswered(town.city)
    assert [one.words for one in found] == ["kayak", "boat", "canoe"]
    assert len(unanswered_searches.unanswered(town.city, most=2)) == 2
