"""What residents missed is kept for 30 days, so much of one article, and without what looks personal."""

import datetime as dt

import pytest

from requests_app.actions.answers import article_feedback
from requests_app.clock import app_now
from requests_app.models import ArticleFeedback
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]


def test_it_stays_for_30_days_and_goes_right_after_them(cast: Rivermark) -> None:
    article = factories.article(cast.city, "paint", "Paint")
    for text, age in (("stays", dt.timedelta(days=30)), ("goes", dt.timedelta(days=30, microseconds=1))):
        ArticleFeedback.objects.create(article=article, text=text, language="en", created_at=app_now() - age)
    factories.run_part("forget_article_feedback")
    assert [one.text for one in ArticleFeedback.objects.all()] == ["stays"]


def test_what_looks_personal_is_replaced_and_one_article_holds_so_much(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_feedback, "MOST", 2)
    paint, pens = factories.article(cast.city, "paint", "Paint"), factories.article(cast.city, "pens", "Pens")
    for article, text in ((paint, "call 617-555-0147"), (paint, "hours"), (paint, "more"), (pens, "ink")):
        article_feedback.add(article, text, language="en")
    assert "0147" not in "".join(ArticleFeedback.objects.values_list("text", flat=True))
    assert [ArticleFeedback.objects.filter(article=one).count() for one in (paint, pens)] == [2, 1]
