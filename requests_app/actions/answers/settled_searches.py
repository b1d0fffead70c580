"""What is done about words that nothing answered: they are added to an article, or they aren't the city's to answer."""

from django.db import transaction

from requests_app.actions.answers import articles
from requests_app.models import Article, Jurisdiction, SettledSearch, User


def not_ours(jurisdiction: Jurisdiction, text: str, *, actor: User) -> None:
    _settle(jurisdiction, text, SettledSearch.How.NOT_OURS, actor)


def begin_article(jurisdiction: Jurisdiction, text: str, *, actor: User) -> None:
    """The actor writes one about them."""
    _settle(jurisdiction, text, SettledSearch.How.ADDED, actor)


@transaction.atomic
def add_to(article: Article, text: str, *, language: str, actor: User) -> Article:
    """To how people ask for it, in its draft: somebody publishes it like any other change."""
    article = Article.objects.select_for_update(of=("self",)).select_related("jurisdiction", "owner").get(pk=article.pk)
    draft = articles.draft_of(article)
    asked = {**draft.get("asked", {})}
    if text not in asked.get(language, []):
        asked[language] = [*asked.get(language, []), text]
        articles.save_draft(
            article.pk,
            {**draft, "asked": asked},
            owner=article.owner,
            review_on=article.review_on,
            seen=None,
            actor=actor,
        )
    _settle(article.jurisdiction, text, SettledSearch.How.ADDED, actor)
    return article


def _settle(jurisdiction: Jurisdiction, text: str, how: str, actor: User) -> None:
    SettledSearch.objects.filter(jurisdiction=jurisdiction, text=text).delete()
    SettledSearch.objects.create(jurisdiction=jurisdiction, text=text, how=how, user=actor)
