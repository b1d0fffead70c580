"""What residents missed in an article: kept without a link to anybody, and deleted after 30 days."""

import datetime as dt

from requests_app.clock import app_now
from requests_app.models import Article, ArticleFeedback
from requests_app.rules.publication import redaction

TEXT_MAX = 500
KEPT = dt.timedelta(days=30)
DELETED_AT_ONCE = 20_000
# Of one article. Who floods it doesn't fill the database; the oldest stay until they are deleted.
MOST = 200


def add(article: Article, text: str, *, language: str) -> None:
    """Whatever still looks like personal data is replaced."""
    if ArticleFeedback.objects.filter(article=article)[:MOST].count() < MOST:
        ArticleFeedback.objects.create(article=article, text=redaction.redacted(text)[:TEXT_MAX], language=language)


def delete_old() -> None:
    # By primary key, and so by age, without another index.
    oldest = ArticleFeedback.objects.order_by("pk").values_list("pk", "created_at")[:DELETED_AT_ONCE]
    old = [pk for pk, created_at in oldest if created_at < app_now() - KEPT]
    ArticleFeedback.objects.filter(pk__in=old).delete()
