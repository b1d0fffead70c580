"""What people searched for and didn't find, by week: words that several searches had, so that they tell of nobody.

And the articles that didn't help most often: together what those who write articles look at each Monday.
"""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet, Sum

from requests_app.clock import app_now
from requests_app.models import Article, ArticleVote, Jurisdiction, SettledSearch, UnansweredSearch

# Shown from this many searches in a week on, for so many weeks.
TIMES, WEEKS = 3, 12
# Articles that so many people said No to, in so many days.
NOES, DAYS = 3, 90
LISTED = 100


@dataclass(frozen=True)
class Search:
    """Words that nothing answered. week: the last in which they were searched for."""

    text: str
    week: dt.date
    times: int


@dataclass(frozen=True)
class Unhelpful:
    article: Article
    yes: int
    no: int


def unanswered(jurisdiction: Jurisdiction, most: int = 500) -> list[UnansweredSearch]:
    """The newest week first, then by how often."""
    return list(_often(jurisdiction).order_by("-week", "-value", "words")[:most])


def _often(jurisdiction: Jurisdiction) -> QuerySet[UnansweredSearch]:
    since = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(weeks=WEEKS)
    return UnansweredSearch.objects.filter(jurisdiction=jurisdiction, week__gte=since, value__gte=TIMES)


def to_settle(jurisdiction: Jurisdiction) -> list[Search]:
    """Those that nobody has done anything about, most often first. Added words that people still don't find come back."""
    settled = {
        text: None if how == SettledSearch.How.NOT_OURS else at.astimezone(jurisdiction.zone).date()
        for text, how, at in SettledSearch.objects.filter(jurisdiction=jurisdiction).values_list(
            "text", "how", "settled_at"
        )
    }
    rows = _often(jurisdiction).values("words").annotate(last=Max("week"), times=Sum("value"))
    searches = [Search(row["words"], row["last"], row["times"]) for row in rows.order_by("-times", "words")]
    return [one for one in searches if one.text not in settled or _came_back(one, settled[one.text])][:LISTED]


def _came_back(search: Search, added_on: dt.date | None) -> bool:
    # In a week that began after the words were added.
    return added_on is not None and search.week > added_on


def unhelpful(jurisdiction: Jurisdiction) -> list[Unhelpful]:
    """The published articles that most people said No to, of those with more No than Yes first."""
    since = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(days=DAYS)
    votes = (
        ArticleVote.objects.filter(jurisdiction=jurisdiction, day__gte=since)
        .values("article_code")
        .annotate(
            yes=Sum("value", filter=Q(helped=True), default=0), no=Sum("value", filter=Q(helped=False), default=0)
        )
        .filter(no__gte=NOES)
        .order_by(F("no").desc(), "yes", "article_code")
    )
    counted = list(votes[:LISTED])
    articles = Article.objects.filter(jurisdiction=jurisdiction, code__in=[row["article_code"] for row in counted])
    by_code = {one.code: one for one in articles.valid().select_related("owner")}
    return [
        Unhelpful(by_code[row["article_code"]], row["yes"], row["no"])
        for row in counted
        if row["article_code"] in by_code
    ]
