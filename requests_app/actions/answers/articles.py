"""Editing articles: residents read what was published while a draft waits. The log of setup keeps the versions."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify

from requests_app.actions.answers import article_problems
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.actions.shared.setup_rows import check_seen, fingerprint
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Article, ArticleTopic, Department, Jurisdiction, Service, SetupChange, User
from requests_app.rules.setup.catalog_rows import written_article

Definition = dict[str, Any]
KIND, TOPIC = "article", "topic"
CODE_MAX = 60
# A change of these shows in “Last updated”.
READ_BY_RESIDENTS = ("title", "body", "by_address", "contact", "services")


class NothingToPublish(Exception):
    """There is no draft: someone published or discarded it."""


class OwnDraft(Exception):
    """In this city somebody else publishes it than who changed the draft last."""


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
def create(
    jurisdiction: Jurisdiction, draft: Definition, *, owner: User | None, review_on: dt.date | None, actor: User | None
) -> Article:
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
        draft_by=actor,
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
    if draft != draft_of(article):
        article.draft_by = actor
    article.draft = None if draft == _without_state(catalog_fields(article)) else draft
    if review_on and (article.review_on is None or review_on > article.review_on):
        # Putting the next look off means that somebody has looked.
        article.reviewed_on = _today(article)
    if (owner, review_on) != (article.owner, article.review_on):
        article.review_noticed_on = None
    article.owner, article.review_on = owner, review_on
    article.save(update_fields=["draft", "draft_by", "owner", "review_on", "review_noticed_on", "reviewed_on"])
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
    """Its audience reads the draft from now on, and it's no longer marked as wrong.

    Raises NothingToPublish, OwnDraft, and MissingWords of a language of the city.
    """
    article = _locked(pk)
    if not article.draft and article.published:
        raise NothingToPublish
    if needs_second_person(article, actor):
        raise OwnDraft
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


def needs_second_person(article: Article, user: User) -> bool:
    """Whether this user may not publish its draft, because they changed it last."""
    is_own = article.draft is not None and article.draft_by_id == user.pk
    return is_own and article.jurisdiction.second_person_publishes


@transaction.atomic
def roll_back(pk: int, state: Definition, *, actor: User) -> Article:
    """Publishes an earlier state again, as the log has it. A draft stays. A service that is gone by now is left out."""
    article = _locked(pk)
    waiting, writer = article.draft, article.draft_by
    _become(article, _without_state(state), action="rolled_back", actor=actor)
    if waiting:
        article.draft, article.draft_by = waiting, writer
        article.save(update_fields=["draft", "draft_by"])
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
    article.published, article.reviewed_on = True, _today(article)
    article.draft = article.draft_by = None
    if before is None or any(before.get(name) != state.get(name) for name in READ_BY_RESIDENTS):
        article.updated_at = app_now()
    columns = for_staff_columns(state)
    for name, value in columns.items():
        setattr(article, name, value)
    article.version += before is not None
    published = ("title", "body", "topic", "asked", "contact", "by_address", *columns)
    article.save(update_fields=[*published, "published", "draft", "draft_by", "updated_at", "reviewed_on", "version"])
    refer(article, state)
    relate(article, state)
    article_problems.mend(article)
    _record(article, before, action, note=note, actor=actor)
    index_catalog(article.jurisdiction)


def for_staff_columns(state: Definition) -> Definition:
    """The columns of what says who reads it, until when, and what is for staff alone."""
    until = state.get("valid_until")
    return {
        "script": state.get("script") or {},
        "note": state.get("note") or {},
        "audience": state.get("audience") or Article.Audience.EVERYONE.value,
        "valid_until": dt.datetime.fromisoformat(str(until)) if until else None,
    }


def refer(article: Article, state: Definition) -> None:
    """Its services and departments. One that is gone by now is left out."""
    here = {"jurisdiction": article.jurisdiction_id}
    article.services.set(Service.objects.filter(**here, service_code__in=state.get("services") or []))
    article.departments.set(Department.objects.filter(**here, code__in=state.get("departments") or []))


def relate(article: Article, state: Definition) -> None:
    related = Article.objects.filter(jurisdiction=article.jurisdiction_id, code__in=state.get("related") or [])
    article.related.set(related.exclude(pk=article.pk))


def grow_version(jurisdiction: Jurisdiction, code: str) -> None:
    """Once a file has changed it."""
    Article.objects.filter(jurisdiction=jurisdiction, code=code).update(version=F("version") + 1)


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
