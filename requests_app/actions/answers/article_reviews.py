"""Reminds those who keep articles, two weeks before they are to review one."""

from django.db import transaction
from django.db.models import Q

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import Article, Jurisdiction
from requests_app.rules.answers.staff_articles import REVIEW_NOTICE

KIND = "mail_article_reviews"


@transaction.atomic
def remind_owners(city: Jurisdiction) -> None:
    """By the clock, each night: one email to an owner about all that come up. Another date or owner has a notice of its own."""
    today = app_now().astimezone(city.zone).date()
    works_here = Q(owner__is_active=True, owner__memberships__jurisdiction=city)
    due = Article.objects.filter(
        works_here, jurisdiction=city, review_on__lte=today + REVIEW_NOTICE, review_noticed_on=None
    ).exclude(title={})
    articles = list(Article.objects.select_for_update(of=("self",)).filter(pk__in=due.values("pk")).order_by("pk"))
    if not articles:
        return
    Article.objects.filter(pk__in=[one.pk for one in articles]).update(review_noticed_on=today)
    for owner_id in sorted({one.owner_id for one in articles if one.owner_id is not None}):
        outbox.enqueue(
            KIND,
            lane="outside",
            jurisdiction_id=city.pk,
            dedupe_key=f"{KIND}:{city.pk}:{today.isoformat()}:{owner_id}",
        )
