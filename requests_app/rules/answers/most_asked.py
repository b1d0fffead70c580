"""Which articles people needed most in the last 90 days, by day and article, with no link to anybody."""

import datetime as dt

from django.db.models import Sum

from requests_app.clock import app_now
from requests_app.models import AnsweredCount, Article, Jurisdiction

DAYS, ARTICLES = 90, 5


def most_asked(jurisdiction: Jurisdiction) -> list[Article]:
    """By how often “That answers my question” was selected."""
    since = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(days=DAYS)
    counted = (
        AnsweredCount.objects.filter(jurisdiction=jurisdiction, day__gte=since)
        .values("article_code")
        .annotate(count=Sum("value"))
        .order_by("-count", "article_code")
    )
    codes = [row["article_code"] for row in counted[:ARTICLES]]
    public = Article.objects.public().filter(jurisdiction=jurisdiction, code__in=codes).only("code", "title")
    by_code = {article.code: article for article in public}
    return [by_code[code] for code in codes if code in by_code]
