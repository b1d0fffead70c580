"""Editing articles: residents read what was published while a draft waits. The log of setup keeps the versions."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.actions.shared.setup_rows import check_seen, fingerprint
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Article, ArticleTopic, Jurisdiction, Service, SetupChange, User
from requests_app.rules.setup.catalog_rows import written_article

Definition = dict[str, Any]
KIND, TOPIC = "article", "topic"
CODE_MAX = 60


class NothingToPublish(Exception):
    """There is no draft: someone published or discarded it."""


class MissingWords(Exception):
    """Residents of some languages would read nothing. languages: their codes."""

    def __init__(self, languages: list[str]) -> None:
        self.languages = languages
        super().__init__(", ".join(languages))


def catalog_fields(article: Article) -> Definition:
    """What residents read, as a catalog file has it."""
    return written_article(article) | {"published": article.published}


def draft_of(article: Article) -> Definition:
    """The draft, or what is published if there is none."""
    if article.draft:
        draft: Definition = article.draft
        return draft
    return _without_state(catalog_fields(article))


def seen_of(article: Article) -> str:
    """For the form that shows its draft."""
    return fingerprint(_shown(article))


def _shown(article: Article) -> Definition:
    return {**draft_of(article), **_kept_by(article), "published": article.published}


@transaction.atomic
def create(jurisdiction: Jurisdiction, draft: Definition, *, owner: User | None, review_on: dt.date | None) -> Article:
    """A draft that nobody else sees yet. It enters the log when it is published."""
    # Lock first: two articles of the same title need two codes.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=jurisdiction.pk)
    title = draft["title"].get(jurisdiction.languages[0]) or localized(draft["title"])
    stem = slugify(title)[: CODE_MAX - 4].strip("-") or "article"
    taken = set(Article.objects.filter(jurisdiction=jurisdiction, code__startswith=stem).values_list("code", flat=True))
    code = next(one for one in (stem, *(f"{stem}-{number}" for number in range(2, 999))) if one not in taken)
    return Article.objects.create(
        jurisdiction=jurisdiction,
        code=code,
        title={},
        body={},
        published=False,
        draft=draft,
        owner=owner,
        review_on=review_on,
    )


@transaction.atomic
def save_draft(
    pk: int, draft: Definition, *, owner: User | None, review_on: dt.date | None, seen: str | None, actor: User
) -> Article:
    """A draft that says what is published already is none. seen: what seen_of() said; raises ChangedMeanwhile."""
    article = _locked(pk)
    check_seen(article.jurisdiction, KIND, article.code, _shown(article), seen)
    before = _kept_by(article)
    article.draft = None if draft == _without_state(catalog_fields(article)) else draft
    if review_on and (article.review_on is None or review_on > article.review_on):
        # Putting the next look off means that somebody has looked.
        article.reviewed_on = _today(article)
    article.owner, article.review_on = owner, review_on
    article.save(update_fields=["draft", "owner", "review_on", "reviewed_on"])
    setup_changes.record(
        article.jurisdiction,
        KIND,
        article.code,
        actor=actor,
        name=name_of(article),
        before=before,
        after=_kept_by(article),
    )
    return article


@transaction.atomic
def publish(pk: int, *, note: str = "", actor: User) -> Article:
    """Residents read the draft from now on. Raises NothingToPublish, and MissingWords of a language of the city."""
    article = _locked(pk)
    if not article.draft and article.published:
        raise NothingToPublish
    draft = draft_of(article)
    missing = [
        language
        for language in article.jurisdiction.languages
        if not draft["title"].get(language) or not draft["body"].get(language)
    ]
    if missing:
        raise MissingWords(missing)
    _become(article, draft, action="published", note=note, actor=actor)
    return article


@transaction.atomic
def roll_back(pk: int, state: Definition, *, actor: User) -> Article:
    """Publishes an earlier state again, as the log has it. A draft stays. A service that is gone by now is left out."""
    article = _locked(pk)
    waiting = article.draft
    _become(article, _without_state(state), action="rolled_back", actor=actor)
    if waiting:
        article.draft = waiting
        article.save(update_fields=["draft"])
    return article


@transaction.atomic
def discard_draft(pk: int) -> Article | None:
    """Removes an article that was never published altogether, and returns None."""
    article = _locked(pk)
    if not article.title:
        article.delete()
        return None
    article.draft = None
    article.save(update_fields=["draft"])
    return article


@transaction.atomic
def take_down(pk: int, *, actor: User) -> Article:
    article = _locked(pk)
    before = catalog_fields(article)
    if article.published:
        article.published = False
        article.save(update_fields=["published"])
        _record(article, before, "switched_off", actor=actor)
        index_catalog(article.jurisdiction)
    return article


def topic_state(topic: ArticleTopic) -> Definition:
    return {"code": topic.code, "name": topic.name}


@transaction.atomic
def rename_topic(pk: int, name: dict[str, str], *, seen: str | None, actor: User) -> ArticleTopic:
    """seen: the fingerprint of the state that was shown. Raises ChangedMeanwhile."""
    topic = ArticleTopic.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=pk)
    city, before = topic.jurisdiction, topic_state(topic)
    check_seen(city, TOPIC, topic.code, before, seen)
    topic.name = name
    topic.save(update_fields=["name"])
    setup_changes.record(city, TOPIC, topic.code, actor=actor, name=str(topic), before=before, after=topic_state(topic))
    return topic


def versions(article: Article) -> list[SetupChange]:
    """The changes after which residents read something else, newest first."""
    changes = SetupChange.objects.filter(jurisdiction=article.jurisdiction, kind=KIND, key=article.code)
    return list(changes.filter(after__has_key="body").select_related("user").order_by("-id")[:100])


def name_of(article: Article) -> str:
    return localized(article.title) or localized(draft_of(article)["title"]) or article.code


def _become(article: Article, state: Definition, *, action: str, note: str = "", actor: User) -> None:
    before = catalog_fields(article) if article.title else None
    article.title, article.body = state["title"], state["body"]
    article.topic = ArticleTopic.objects.filter(
        jurisdiction=article.jurisdiction, code=state.get("topic") or ""
    ).first()
    article.asked, article.contact = state.get("asked") or {}, state.get("contact")
    article.by_address = state.get("by_address") or ""
    article.published, article.draft, article.updated_at, article.reviewed_on = True, None, app_now(), _today(article)
    words = ("title", "body", "topic", "asked", "contact", "by_address")
    article.save(update_fields=[*words, "published", "draft", "updated_at", "reviewed_on"])
    article.services.set(
        Service.objects.filter(jurisdiction=article.jurisdiction, service_code__in=state.get("services") or [])
    )
    _record(article, before, action, note=note, actor=actor)
    index_catalog(article.jurisdiction)


def _record(article: Article, before: Definition | None, action: str, *, note: str = "", actor: User) -> None:
    setup_changes.record(
        article.jurisdiction,
        KIND,
        article.code,
        actor=actor,
        name=name_of(article),
        before=before,
        after=catalog_fields(article),
        action=action,
        note=note,
    )


def _today(article: Article) -> dt.date:
    return app_now().astimezone(article.jurisdiction.zone).date()


def _locked(pk: int) -> Article:
    return Article.objects.select_for_update(of=("self",)).select_related("jurisdiction", "owner").get(pk=pk)


def _kept_by(article: Article) -> Definition:
    return {
        "owner": str(article.owner) if article.owner else "",
        "review_on": article.review_on.isoformat() if article.review_on else "",
    }


def _without_state(state: Definition) -> Definition:
    return {name: value for name, value in state.items() if name != "published"}
