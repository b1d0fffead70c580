"""Counts what articles answered and what nothing answered, by day or week, with no link to any person."""

import datetime as dt

from django.db import connection
from django.db.models import Q

from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import Article, Draft, Jurisdiction, ServiceVersion, UnansweredSearch
from requests_app.rules.alarms.screening import plain
from requests_app.rules.answers import suggestions
from requests_app.rules.answers.unanswered_searches import TIMES, WEEKS
from requests_app.rules.report.path import Path

COUNT = """
INSERT INTO requests_app_answeredcount AS counted (jurisdiction_id, day, article_code, service_code, value)
VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, article_code, service_code) DO UPDATE SET value = counted.value + 1
"""
VOTE = """
INSERT INTO requests_app_articlevote AS counted (jurisdiction_id, day, article_code, helped, value)
VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, article_code, helped) DO UPDATE SET value = counted.value + 1
"""
SEARCH = """
INSERT INTO requests_app_unansweredsearch AS counted (jurisdiction_id, week, words, value)
VALUES (%s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, week, words) DO UPDATE SET value = counted.value + 1
"""
# More words are a story rather than a search.
SEARCH_WORDS, SEARCH_LENGTH = 6, 80


def answered(draft: Draft, article: Article, version: ServiceVersion | None) -> None:
    """Deletes the draft and counts it once, however often the button is clicked. version: the report it spared, if known."""
    if not drafts.delete([draft]) or draft.tester_id is not None:
        return
    code = version.service.service_code if version else ""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [draft.jurisdiction.pk, _today(draft.jurisdiction), article.code, code])


def voted(article: Article, *, helped: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(VOTE, [article.jurisdiction_id, _today(article.jurisdiction), article.code, helped])


def may_count(text: str) -> bool:
    """Whether it's a short search. What may tell of a person isn't counted: digits, an @, or many words."""
    is_short = 0 < len(plain(text).split()) <= SEARCH_WORDS
    return is_short and "@" not in text and not any(letter.isnumeric() for letter in text)


def is_unmatched(path: Path, language: str) -> bool:
    """Whether neither a service nor an article fits the first words of a report, which may be counted."""
    # The words of somebody in danger are no search that the city should answer better.
    if not may_count(path.text) or path.screening.is_sure or path.screening.helps_first:
        return False
    suggested = suggestions.suggest(path.draft.jurisdiction, path.text, language)
    return not (suggested.services or suggested.articles)


def not_found(jurisdiction: Jurisdiction, text: str) -> None:
    """Counts a text that nothing matched, if it may be counted."""
    if not may_count(text):
        return
    today = _today(jurisdiction)
    monday = today - dt.timedelta(days=today.weekday())
    with connection.cursor() as cursor:
        cursor.execute(SEARCH, [jurisdiction.pk, monday, plain(text).strip()[:SEARCH_LENGTH]])


def forget_searches() -> None:
    """Deletes what too few searched for, once its week is over, and what is too old to be shown."""
    today = app_now().date()
    rare = Q(week__lt=today - dt.timedelta(days=8), value__lt=TIMES)
    UnansweredSearch.objects.filter(rare | Q(week__lt=today - dt.timedelta(weeks=WEEKS))).delete()


def _today(jurisdiction: Jurisdiction) -> dt.date:
    return app_now().astimezone(jurisdiction.zone).date()
