"""A member of staff says that an article is wrong: it's marked for all of them until it's mended, and its owner gets an email."""

from django.db import transaction

from requests_app import outbox
from requests_app.actions.people import staff_notices
from requests_app.clock import app_now
from requests_app.models import Article, ArticleProblem, Jurisdiction, User
from requests_app.rules.answers import staff_articles

KIND = "mail_article_problem"
TEXT_MAX = 500


@transaction.atomic
def report(article: Article, *, text: str = "", actor: User) -> ArticleProblem:
    """Twice by the same person, while it isn't mended, is once; the later text counts."""
    # Lock first: one that is sent twice sends one email.
    Article.objects.select_for_update(of=("self",)).only("pk").get(pk=article.pk)
    problem = ArticleProblem.objects.filter(article=article, user=actor, mended_at=None).first()
    if problem is not None:
        if text and text != problem.text:
            problem.text = text[:TEXT_MAX]
            problem.save(update_fields=["text"])
        return problem
    problem = ArticleProblem.objects.create(article=article, user=actor, text=text[:TEXT_MAX], version=article.version)
    city = article.jurisdiction
    told = [user for user in staff_articles.keepers(article) if user.pk != actor.pk]
    staff_notices.notify_of_article(article, told)
    for user in told:
        outbox.enqueue(KIND, lane="outside", jurisdiction_id=city.pk, dedupe_key=f"{KIND}:{problem.pk}:{user.pk}")
    return problem


def mend(article: Article) -> int:
    """It's right, or right again. Returns how many people had said that it's wrong."""
    return ArticleProblem.objects.filter(article=article, mended_at=None).update(mended_at=app_now())


def of_city(jurisdiction: Jurisdiction) -> int:
    """How many of the city's articles are marked."""
    marked = ArticleProblem.objects.filter(article__jurisdiction=jurisdiction, mended_at=None)
    return marked.values("article").distinct().count()
