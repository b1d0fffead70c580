"""Emails to those who keep articles: a colleague says that one is wrong, or some are to be reviewed soon."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.core.localized import localized
from requests_app.messages import email
from requests_app.messages.letters import letter
from requests_app.models import Article, ArticleProblem, Jurisdiction, OutboxRow, User
from requests_app.rules.answers import staff_articles
from requests_app.rules.people import permissions


def mail_problem(row: OutboxRow) -> None:
    """Nothing if it was mended meanwhile, or if somebody else keeps it now."""
    _kind, problem_id, user_id = row.dedupe_key.split(":")
    problems = ArticleProblem.objects.select_related("article__jurisdiction", "article__owner", "user")
    problem = problems.filter(pk=int(problem_id), mended_at=None).first()
    keepers = staff_articles.keepers(problem.article) if problem is not None else []
    user = next((one for one in keepers if one.pk == int(user_id)), None)
    if problem is None or user is None:
        return
    city, article = problem.article.jurisdiction, problem.article
    path = reverse("staff_app:edit_article", args=[article.pk]) if _may_write(user, city) else _page_of(article)
    _send(
        "article_problem", {"problem": problem, "title": localized(article.title, user.language)}, row, city, user, path
    )


def mail_reviews(row: OutboxRow) -> None:
    """The articles that came up on the day of the row, but for those that were given another date or owner meanwhile."""
    _kind, city_id, day, user_id = row.dedupe_key.split(":")
    city = Jurisdiction.objects.defer("boundary").filter(pk=int(city_id)).first()
    user = User.objects.filter(pk=int(user_id), is_active=True, memberships__jurisdiction=int(city_id)).first()
    if city is None or user is None:
        return
    noticed = dt.date.fromisoformat(day)
    articles = Article.objects.filter(jurisdiction=city, owner=user, review_noticed_on=noticed)
    listed = list(articles.order_by("review_on", "code"))
    if listed:
        path = reverse("staff_app:articles") if _may_write(user, city) else _page_of(listed[0])
        _send("article_reviews", {"articles": listed}, row, city, user, path)


def _page_of(article: Article) -> str:
    return reverse("staff_app:staff_article", args=[article.code])


def _may_write(user: User, city: Jurisdiction) -> bool:
    return permissions.can_in_city(user, "write_articles", city)


def _send(name: str, context: dict[str, Any], row: OutboxRow, city: Jurisdiction, user: User, path: str) -> None:
    with override(user.language), timezone.override(city.zone):
        mail = letter(
            name,
            context,
            city=city,
            to=user.email,
            message_id=email.message_id(None, user.pk, row.dedupe_key, city),
            url=links.base_url(city) + path,
            reply_to=email.reply_to(city),
        )
    email.send(mail, None)
