"""Saves texts of a city in another language, each row as its own page does.

Every function raises ChangedMeanwhile or service_drafts.Conflict if the row was changed since it was read.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from requests_app.actions.answers import articles
from requests_app.actions.setup import city as city_setup
from requests_app.actions.setup import outcome_words, service_drafts
from requests_app.actions.shared.setup_rows import SetupRow, fingerprint
from requests_app.core.localized import LocalizedField
from requests_app.models import Article, ArticleTopic, Jurisdiction, User

# A row's texts by column or key, and the way to one of them.
Document = dict[str, Any]
Path = tuple[str, ...]
Save = Callable[[Any, Document, User], object]


@dataclass(frozen=True)
class ServiceRow:
    """A service as its pages show it: drafted, or as it was published. revision, base: as service_drafts.save() takes them."""

    city: Jurisdiction
    code: str
    definition: Document
    revision: int = 0
    base: int = 0


@transaction.atomic
def save_all(changes: Iterable[tuple[Save, Any, Document]], actor: User) -> None:
    """All or none. changes: each row as it was read, with its new texts and what saves it."""
    for save, row, document in changes:
        save(row, document, actor)


def texts_of_row(row: Model) -> Document:
    """Its columns that hold texts by language."""
    columns = [field for field in row._meta.concrete_fields if isinstance(field, LocalizedField)]
    return {field.name: getattr(row, field.name) for field in columns}


def save_row(row: SetupRow[Any]) -> Save:
    """What saves the rows of a table that setup edits in rows."""

    def save(shown: Any, document: Document, actor: User) -> object:
        now = texts_of_row(shown)
        columns = {column: value for column, value in document.items() if value != now[column]}
        return row.change(shown.pk, actor=actor, seen=row.seen(shown), **columns)

    return save


def save_service(row: ServiceRow, document: Document, actor: User) -> object:
    """Into its draft."""
    return service_drafts.save(row.city, row.code, document, revision=row.revision, base=row.base, actor=actor)


def save_article(article: Article, document: Document, actor: User) -> object:
    return articles.save_draft(
        article.pk,
        document,
        owner=article.owner,
        review_on=article.review_on,
        seen=articles.seen_of(article),
        actor=actor,
    )


def save_topic(topic: ArticleTopic, document: Document, actor: User) -> object:
    return articles.rename_topic(topic.pk, document["name"], seen=fingerprint(articles.topic_state(topic)), actor=actor)


def city_texts(city: Jurisdiction) -> Document:
    return {**city_setup.written_texts(city), "seal_alt": city.branding.get("seal_alt") or {}}


def save_city(city: Jurisdiction, document: Document, actor: User) -> object:
    parts = {"texts": {name: document[name] for name in city_setup.TEXTS}, "look": {"seal_alt": document["seal_alt"]}}
    for part, values in parts.items():
        before = city_setup.PARTS[part](city)
        if any(before[name] != value for name, value in values.items()):
            city_setup.change_city(city.pk, part, values, actor=actor, seen=fingerprint(before))
    return city


def save_outcomes(city: Jurisdiction, document: Document, actor: User) -> object:
    names = document["outcome_words"]
    return outcome_words.change(city.pk, names, seen=fingerprint(city.outcome_words), actor=actor)
