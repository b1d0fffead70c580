"""All that administrators write in several languages, kind by kind: where it stands, where it is edited, and how it is saved.

Which columns hold such texts is declared in the models (LocalizedField). A kind names the models; its texts follow from them.
"""

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy

from requests_app.actions.answers import articles
from requests_app.actions.answers.notices import NOTICE
from requests_app.actions.people.memberships import ROLE
from requests_app.actions.promises.suspensions import SUSPENSION
from requests_app.actions.setup import city as city_setup
from requests_app.actions.setup import outcome_words, service_drafts
from requests_app.actions.setup.catalog_order import CATEGORY
from requests_app.actions.setup.departments import CALENDAR, DEPARTMENT, TEAM
from requests_app.actions.setup.listed_reasons import REASON
from requests_app.actions.shared.setup_rows import SetupRow, fingerprint
from requests_app.actions.work.answer_templates import TEMPLATE
from requests_app.clock import app_now
from requests_app.core.localized import LocalizedField, localized
from requests_app.messages.setup_differences import field_label
from requests_app.models import (
    Article,
    ArticleTopic,
    Jurisdiction,
    QuestionVersion,
    Service,
    ServiceDraft,
    ServiceVersion,
    User,
)
from requests_app.rules.setup.catalog_rows import written_services
from requests_app.rules.shared import directory
from staff_app.setup.city.forms import SEAL_ALT_MAX, WELCOME_MAX
from staff_app.setup.city.forms import TEXT_MAX as CITY_TEXT_MAX
from staff_app.setup.departments.forms import NAME_MAX as DEPARTMENT_NAME_MAX
from staff_app.setup.forms import ASKED_MAX
from staff_app.setup.go_live.states import LIVE, WAITING, services_in
from staff_app.setup.people.forms import ROLE_NAME_MAX
from staff_app.setup.services.forms import KEYWORDS_MAX, NAME_MAX, TEXT_MAX
from staff_app.setup.services.question_forms import OPTION_MAX
from staff_app.setup.suspensions.forms import REASON_MAX as SUSPENSION_REASON_MAX
from staff_app.setup.texts.forms import (
    ANSWER_MAX,
    APPEAL_MAX,
    BODY_MAX,
    NOTICE_MAX,
    OUTCOME_MAX,
    REASON_MAX,
    TITLE_MAX,
)

Text = str | Promise
# What a row's page edits, by column or key.
Document = dict[str, Any]
Path = tuple[str, ...]
EACH = "*"
# What identifies a row of a list inside a document, and what people call it.
IDENTIFIED_BY = ("code", "value", "date")
CALLED_BY = ("text", "label", "name")
# Seconds. Every change of setup makes the count new at once, but not what ends by itself, as a notice does.
COUNTED_S = 600
# Letters of the words that a notice or a reason is called by.
TITLE_SHOWN = 80


def paths_of(*models: type[Model]) -> list[Path]:
    """Where the columns of these models hold texts by language, as their fields declare."""
    return [
        tuple(step for step in (field.name, *at.split(".")) if step)
        for model in models
        for field in model._meta.concrete_fields
        if isinstance(field, LocalizedField)
        for at in field.at
    ]


def _document(row: Model) -> Document:
    return {field.name: getattr(row, field.name) for field in _columns(row)}


def _columns(row: Model) -> list[LocalizedField]:
    return [field for field in row._meta.concrete_fields if isinstance(field, LocalizedField)]


def _page(name: str, attribute: str = "pk") -> Callable[[Any, Path], str]:
    return lambda row, _steps: reverse(f"staff_app:{name}", args=[getattr(row, attribute)])


@dataclass(frozen=True)
class Kind:
    """Rows that are edited in the same way. models: those whose columns the document of a row has.

    most: how long a text may be, by the last named step of its path. url: the page where a text is edited; without the languages'
    own fields, if `field` is None. save: raises ChangedMeanwhile or service_drafts.Conflict if the row was changed since it was
    read.
    """

    code: str
    name: Text
    models: Sequence[type[Model]]
    most: Mapping[str, int]
    rows: Callable[[Jurisdiction], Iterable[Any]]
    key: Callable[[Any], object]
    title: Callable[[Any], str]
    url: Callable[[Any, Path], str]
    save: Callable[[Any, Document, User], object]
    document: Callable[[Any], Document] = _document
    paths: Sequence[Path] = ()
    field: Callable[[Path], str] = "_".join

    def __post_init__(self) -> None:
        if not self.paths:
            object.__setattr__(self, "paths", paths_of(*self.models))
        if without := {_named(path) for path in self.paths} - self.most.keys():
            raise ImproperlyConfigured(f"How long may these texts of {self.code} be? {', '.join(sorted(without))}")


@dataclass
class Passage:
    """One text of the city, in all its languages."""

    kind: Kind
    row: Any
    document: Document
    steps: Path
    path: Path
    texts: Mapping[str, Any]

    @cached_property
    def where(self) -> str:
        """ "Pothole, “How deep?”, Help" """
        labels: list[str] = []
        value: Any = self.document
        for step in self.steps:
            if isinstance(value, list):
                value = _row_of(value, step)
                label = next((value[name] for name in CALLED_BY if value.get(name)), step)
                labels.append(f"“{localized(label) if isinstance(label, dict) else label}”")
            else:
                value = value[step]
                # An answer has nothing but its words.
                if not isinstance(value, list) and step != "label":
                    labels.append(field_label(step, self.kind.code))
        return ", ".join([Truncator(self.kind.title(self.row)).chars(TITLE_SHOWN), *labels])

    def text(self, language: str) -> str:
        """Phrases are one on each line."""
        value = self.texts.get(language) or ""
        text = "\n".join(value) if isinstance(value, list) else str(value)
        return text.replace("\r\n", "\n").strip()

    def url(self, language: str) -> str:
        return f"{self.kind.url(self.row, self.steps)}#id_{self.kind.field(self.steps)}_{language}"

    def id(self, city: Jurisdiction, language: str) -> str:
        """Stays the same as long as the text is there. Other cities and languages have other ids."""
        place = [self.kind.code, str(self.kind.key(self.row)), *self.steps]
        return f"{id_start(city, language)}{'/'.join(place)}"

    @property
    def most(self) -> int:
        return self.kind.most[_named(self.path)]


def id_start(city: Jurisdiction, language: str) -> str:
    return f"{city.jurisdiction_id}/{language}/"


def passages(city: Jurisdiction) -> Iterator[Passage]:
    """Everything that has a text in the city's first language, kind by kind."""
    first = city.languages[0]
    for kind in KINDS:
        for row in kind.rows(city):
            document = kind.document(row)
            for path in kind.paths:
                for steps, texts in _texts_at(document, path):
                    passage = Passage(kind, row, document, steps, path, texts)
                    if passage.text(first):
                        yield passage


def untranslated(city: Jurisdiction, language: str) -> list[Passage]:
    return [passage for passage in passages(city) if not passage.text(language)]


def untranslated_count(city: Jurisdiction, language: str) -> int:
    """Kept until setup is changed, since it reads all texts of the city."""
    key = f"untranslated:{directory.stamp_of(city.pk)}:{'-'.join(city.languages)}:{language}"
    return int(cache.get_or_set(key, lambda: len(untranslated(city, language)), COUNTED_S) or 0)


def other_languages(city: Jurisdiction) -> list[str]:
    return list(city.languages[1:])


def with_text(document: Document, steps: Path, language: str, text: str) -> Document:
    """A copy of the document with this text in it."""
    changed = copy.deepcopy(document)
    value: Any = changed
    for step in steps:
        value = _row_of(value, step) if isinstance(value, list) else value[step]
    is_phrases = any(isinstance(other, list) for other in value.values())
    value[language] = (
        list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())) if is_phrases else text
    )
    return changed


def text_fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _named(path: Path) -> str:
    return next(step for step in reversed(path) if step != EACH)


def _texts_at(value: Any, path: Path, steps: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """What the path leads to, with the keys of the rows on the way."""
    if not value:
        return
    if not path:
        if isinstance(value, dict):
            yield steps, value
    elif path[0] != EACH:
        if isinstance(value, dict):
            yield from _texts_at(value.get(path[0]), path[1:], (*steps, path[0]))
    elif isinstance(value, list):
        for row in value:
            yield from _texts_at(row, path[1:], (*steps, _key_of(row)))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _texts_at(part, path[1:], (*steps, key))


def _key_of(row: Mapping[str, Any]) -> str:
    return next((str(row[name]) for name in IDENTIFIED_BY if name in row), json.dumps(row, sort_keys=True))


def _row_of(rows: list[Any], key: str) -> Any:
    return next(row for row in rows if _key_of(row) == key)


# --- Services: their words go into a draft ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ServiceRow:
    """A service as its pages show it: drafted, or as it was published."""

    city: Jurisdiction
    code: str
    definition: Document
    revision: int = 0
    base: int = 0


def _services(city: Jurisdiction) -> list[ServiceRow]:
    """Those that residents use, and those that wait to go live."""
    services = list((services_in(city, LIVE) | services_in(city, WAITING)).order_by("service_code"))
    written = written_services(services)
    drafts = {draft.service_code: draft for draft in ServiceDraft.objects.filter(jurisdiction=city)}
    rows = [_service_row(city, one, written[one.pk], drafts.pop(one.service_code, None)) for one in services]
    new = [draft for _code, draft in sorted(drafts.items()) if draft.service_id is None]
    return rows + [ServiceRow(city, draft.service_code, draft.written, draft.revision) for draft in new]


def _service_row(city: Jurisdiction, service: Service, written: Document, draft: ServiceDraft | None) -> ServiceRow:
    base = service.current.number if service.current else 0
    if draft is None:
        return ServiceRow(city, service.service_code, written, base=base)
    return ServiceRow(city, service.service_code, draft.written, draft.revision, base)


def _service_url(row: ServiceRow, steps: Path) -> str:
    if steps[0] == "questions":
        return reverse("staff_app:service_question", args=[row.code, steps[1]])
    return reverse(
        f"staff_app:{'service_privacy' if steps[0] == 'identity_words' else 'service_words'}", args=[row.code]
    )


def _save_service(row: ServiceRow, document: Document, actor: User) -> object:
    return service_drafts.save(row.city, row.code, document, revision=row.revision, base=row.base, actor=actor)


# --- The other kinds ----------------------------------------------------------------------------------------------------------


def _save_article(article: Article, document: Document, actor: User) -> object:
    return articles.save_draft(
        article.pk,
        document,
        owner=article.owner,
        review_on=article.review_on,
        seen=articles.seen_of(article),
        actor=actor,
    )


def _save_topic(topic: ArticleTopic, document: Document, actor: User) -> object:
    return articles.rename_topic(topic.pk, document["name"], seen=fingerprint(articles.topic_state(topic)), actor=actor)


def _city_texts(city: Jurisdiction) -> Document:
    return {**city_setup.written_texts(city), "seal_alt": city.branding.get("seal_alt") or {}}


def _city_url(_city: Jurisdiction, steps: Path) -> str:
    return reverse("staff_app:city_part", args=["look" if steps[0] == "seal_alt" else "texts"])


def _save_city(city: Jurisdiction, document: Document, actor: User) -> object:
    parts = {"texts": {name: document[name] for name in city_setup.TEXTS}, "look": {"seal_alt": document["seal_alt"]}}
    for part, values in parts.items():
        written = city_setup.PARTS[part](city)
        if any(written[name] != value for name, value in values.items()):
            city_setup.change_city(city.pk, part, values, actor=actor, seen=fingerprint(written))
    return city


def _save_outcomes(city: Jurisdiction, document: Document, actor: User) -> object:
    names = document["outcome_words"]
    return outcome_words.change(city.pk, names, seen=fingerprint(city.outcome_words), actor=actor)


def _fresh(city: Jurisdiction) -> list[Jurisdiction]:
    # The request's city may be some seconds old.
    return list(Jurisdiction.objects.defer("boundary").filter(pk=city.pk))


def _in(row: SetupRow[Any], **lookup: Any) -> Callable[[Jurisdiction], QuerySet[Any]]:
    of_city = "department__jurisdiction" if row is TEAM else "jurisdiction"
    rows = row.model._default_manager.select_related(*row.related).filter(**lookup).order_by("pk")
    return lambda city: rows.filter(**{of_city: city})


def _not_over(row: SetupRow[Any]) -> Callable[[Jurisdiction], QuerySet[Any]]:
    rows = _in(row)
    return lambda city: rows(city).filter(ends_at__gt=app_now())


def setup_kind(
    row: SetupRow[Any],
    name: Text,
    page: str,
    most: Mapping[str, int],
    *,
    rows: Callable[[Jurisdiction], Iterable[Any]] | None = None,
    title: Callable[[Any], str] = str,
) -> Kind:
    """Rows of a table, saved as their own page saves them."""

    def save(saved: Any, document: Document, actor: User) -> object:
        now = _document(saved)
        columns = {column: value for column, value in document.items() if value != now[column]}
        return row.change(saved.pk, actor=actor, seen=row.seen(saved), **columns)

    return Kind(row.kind, name, [row.model], most, rows or _in(row), lambda one: one.pk, title, _page(page), save)


OUTCOME_PATHS = [path for path in paths_of(Jurisdiction) if path[0] == "outcome_words"]
BRANDING_PATHS = [path[1:] for path in paths_of(Jurisdiction) if path[0] == "branding"]

KINDS: list[Kind] = [
    Kind(
        "service",
        gettext_lazy("Services"),
        [ServiceVersion, QuestionVersion],
        {
            "name": NAME_MAX,
            "description": TEXT_MAX,
            "keywords": KEYWORDS_MAX,
            "asked": ASKED_MAX,
            "emergency_screen": TEXT_MAX,
            "outcome_words": NAME_MAX,
            "identity_words": TEXT_MAX,
            "text": TEXT_MAX,
            "help": TEXT_MAX,
            "label": OPTION_MAX,
        },
        _services,
        lambda row: row.code,
        lambda row: localized(row.definition.get("name")) or row.code,
        _service_url,
        _save_service,
        document=lambda row: row.definition,
        paths=[*paths_of(ServiceVersion), *(("questions", EACH, *path) for path in paths_of(QuestionVersion))],
        # A question has a page of its own.
        field=lambda steps: "_".join(steps[2:] if steps[0] == "questions" else steps),
    ),
    setup_kind(CATEGORY, gettext_lazy("Categories"), "category", {"name": NAME_MAX}),
    Kind(
        "article",
        gettext_lazy("Articles"),
        [Article],
        {"title": TITLE_MAX, "body": BODY_MAX, "asked": ASKED_MAX, "name": TITLE_MAX, "hours": TITLE_MAX},
        lambda city: (
            Article.objects.filter(jurisdiction=city)
            .select_related("jurisdiction", "owner", "topic")
            .prefetch_related("services")
            .order_by("code")
        ),
        lambda article: article.code,
        articles.name_of,
        _page("edit_article"),
        _save_article,
        document=articles.draft_of,
    ),
    Kind(
        "topic",
        gettext_lazy("Topics of articles"),
        [ArticleTopic],
        {"name": TITLE_MAX},
        lambda city: ArticleTopic.objects.filter(jurisdiction=city).select_related("jurisdiction"),
        lambda topic: topic.code,
        str,
        lambda _topic, _steps: reverse("staff_app:catalog_file"),
        _save_topic,
    ),
    setup_kind(
        NOTICE,
        gettext_lazy("Notices"),
        "edit_notice",
        {"words": NOTICE_MAX},
        rows=_not_over(NOTICE),
        title=lambda notice: localized(notice.words),
    ),
    setup_kind(
        TEMPLATE,
        gettext_lazy("Answer templates"),
        "edit_template",
        {"words": ANSWER_MAX},
        rows=_in(TEMPLATE, active=True),
    ),
    Kind(
        "outcome",
        gettext_lazy("Outcome wording"),
        [Jurisdiction],
        {"outcome_words": OUTCOME_MAX},
        _fresh,
        lambda _city: "city",
        str,
        lambda _city, _steps: reverse("staff_app:outcomes"),
        _save_outcomes,
        document=lambda city: {"outcome_words": city.outcome_words},
        paths=OUTCOME_PATHS,
        field=lambda steps: steps[-1],
    ),
    setup_kind(
        REASON,
        gettext_lazy("Reasons"),
        "edit_reason",
        {"words": REASON_MAX, "appeal": APPEAL_MAX},
        rows=_in(REASON, active=True),
        title=lambda reason: localized(reason.words),
    ),
    setup_kind(
        SUSPENSION,
        gettext_lazy("Stopped clocks"),
        "suspension",
        {"reason": SUSPENSION_REASON_MAX},
        rows=_not_over(SUSPENSION),
        title=lambda suspension: localized(suspension.reason),
    ),
    setup_kind(
        DEPARTMENT,
        gettext_lazy("Departments"),
        "department",
        {"name": DEPARTMENT_NAME_MAX},
        rows=_in(DEPARTMENT, active=True),
    ),
    setup_kind(TEAM, gettext_lazy("Teams"), "team", {"name": DEPARTMENT_NAME_MAX}, rows=_in(TEAM, active=True)),
    setup_kind(
        ROLE,
        gettext_lazy("Roles"),
        "role",
        {"name": ROLE_NAME_MAX},
        title=lambda role: localized(role.name) or role.code,
    ),
    setup_kind(CALENDAR, gettext_lazy("Days off"), "calendar", {"name": DEPARTMENT_NAME_MAX}),
    Kind(
        "city",
        gettext_lazy("Texts of the city"),
        [Jurisdiction],
        {"welcome": WELCOME_MAX, "privacy": CITY_TEXT_MAX, "accessibility": CITY_TEXT_MAX, "seal_alt": SEAL_ALT_MAX},
        _fresh,
        lambda _city: "city",
        str,
        _city_url,
        _save_city,
        document=_city_texts,
        paths=BRANDING_PATHS,
    ),
]
