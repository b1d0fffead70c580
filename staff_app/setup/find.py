"""Finds anything that is set up by the words people know: pages, services, people, rules, templates, settings of the city."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.core.languages import language_in_sentence
from requests_app.core.localized import localized
from requests_app.models import (
    AnswerTemplate,
    Article,
    Department,
    Jurisdiction,
    ListedReason,
    Macro,
    Notice,
    Role,
    Service,
    Team,
    User,
)
from requests_app.rules.alarms.screening import plain
from requests_app.rules.routing.routing import rules_in_use
from staff_app.setup.city.city import PARTS
from staff_app.setup.sections import Section, Text
from staff_app.setup.translations.kinds import other_languages

WORDS_MAX = 120
# Of each group.
SHOWN = 8
ROWS_AT_ONCE = 100


@dataclass(frozen=True)
class Match:
    name: str
    url: str
    about: str = ""


@dataclass(frozen=True)
class Group:
    name: Text
    matches: list[Match]


def find(city: Jurisdiction, typed: str, sections: Iterable[Section]) -> list[Group]:
    """Groups with up to SHOWN matches each, the empty ones left out. sections: those that the reader may open.

    Each word must be in the name of a row, in any of the city's languages, or in the name or the sentence of a page.
    """
    terms = plain(typed).split()
    if not terms:
        return []
    open_pages = {section.url_name for section in sections}
    groups = [Group(_("Pages"), [*_pages(sections, terms), *_languages_of(city, terms, open_pages)])]
    if "city" in open_pages:
        groups.append(Group(_("Settings of the city"), list(_settings(terms))))
    groups += [
        Group(kind.name, kind.matches(city, terms))
        for page, kinds in KINDS.items()
        if page in open_pages
        for kind in kinds
    ]
    if "routing" in open_pages:
        groups.append(Group(_("Routing rules"), list(_rules(city, terms))))
    return [Group(group.name, group.matches[:SHOWN]) for group in groups if group.matches]


def _has(terms: list[str], *texts: Any) -> bool:
    text = plain(" ".join(str(text) for text in texts if text))
    return all(word in text for word in terms)


def _pages(sections: Iterable[Section], terms: list[str]) -> Iterator[Match]:
    for section in sections:
        if _has(terms, section.name, section.about):
            yield Match(str(section.name), reverse(f"staff_app:{section.url_name}"), str(section.about))


def _languages_of(city: Jurisdiction, terms: list[str], open_pages: set[str]) -> Iterator[Match]:
    """What isn't translated yet, by the language's name."""
    for language in other_languages(city) if "translations" in open_pages else []:
        name = gettext("What has no %(language)s yet") % {"language": language_in_sentence(language)}
        if _has(terms, name):
            yield Match(name, f"{reverse('staff_app:translations')}?{urlencode({'language': language})}")


def _settings(terms: list[str]) -> Iterator[Match]:
    """The fields of the city's pages, by what they are called there."""
    for part, (name, form) in PARTS.items():
        for code, field in form.base_fields.items():
            if field.label and _has(terms, field.label):
                yield Match(str(field.label), f"{reverse('staff_app:city_part', args=[part])}#id_{code}", str(name))


def _rules(city: Jurisdiction, terms: list[str]) -> Iterator[Match]:
    for position, rule in enumerate(rules_in_use(city.pk), start=1):
        if _has(terms, rule.get("name")):
            yield Match(str(rule["name"]), reverse("staff_app:routing_rule", args=[position]), str(position))


class _Letters(Func):
    """The letters a to z and the digits of a text, without accents, as PostgreSQL can tell."""

    template = "regexp_replace(without_accents(lower(%(expressions)s)), '[^a-z0-9]+', '', 'g')"
    output_field = TextField()


@dataclass(frozen=True)
class Kind:
    """Rows of a table that have a name. texts: what is searched of each; columns: where that is; url: of its page."""

    name: Text
    rows: Callable[[Jurisdiction], QuerySet[Any]]
    columns: Sequence[str]
    texts: Callable[[Any], Iterable[Any]]
    url: Callable[[Any], str]
    about: Callable[[Any], str] = lambda row: ""

    def matches(self, city: Jurisdiction, terms: list[str]) -> list[Match]:
        """PostgreSQL leaves out what can't match, so that few rows are read of a city that has thousands."""
        columns = [Cast(column, TextField()) for column in self.columns]
        rows = self.rows(city).annotate(letters=_Letters(Concat(*columns, Value(""), output_field=TextField())))
        for word in terms:
            if word.isascii():
                rows = rows.filter(letters__contains=word)
        found = (row for row in rows.iterator(chunk_size=ROWS_AT_ONCE) if _has(terms, *self.texts(row)))
        return [Match(str(next(iter(self.texts(row)))), self.url(row), self.about(row)) for row in islice(found, SHOWN)]


def _url(name: str) -> Callable[[Any], str]:
    return lambda row: reverse(f"staff_app:{name}", args=[row.pk])


def _in(city: Jurisdiction, model: Any) -> QuerySet[Any]:
    return model.objects.filter(jurisdiction=city)


def _languages(text: dict[str, str] | None) -> list[str]:
    """The reader's language first, since the first text is what a match is called."""
    return [localized(text), *(text or {}).values()]


# By the page of setup that lists them.
KINDS: dict[str, list[Kind]] = {
    "services": [
        Kind(
            _("Services"),
            lambda city: _in(city, Service).select_related("current").order_by("service_code"),
            ("current__name", "service_code"),
            lambda row: [*(_languages(row.current.name) if row.current else []), row.service_code],
            lambda row: reverse("staff_app:service", args=[row.service_code]),
        )
    ],
    "people": [
        Kind(
            _("People"),
            lambda city: User.objects.filter(memberships__jurisdiction=city).distinct().order_by("name", "pk"),
            ("name", "email"),
            lambda row: [row.name, row.email],
            _url("person"),
            lambda row: row.email,
        )
    ],
    "roles": [
        Kind(
            _("Roles"),
            lambda city: _in(city, Role).order_by("code"),
            ("name", "code"),
            lambda row: [localized(row.name) or row.code, row.code],
            _url("role"),
        )
    ],
    "departments": [
        Kind(
            _("Departments"),
            lambda city: _in(city, Department).order_by("code"),
            ("name", "code"),
            lambda row: [*_languages(row.name), row.code],
            _url("department"),
        )
    ],
    "teams": [
        Kind(
            _("Teams"),
            lambda city: Team.objects.filter(department__jurisdiction=city).select_related("department").order_by("pk"),
            ("name", "code"),
            lambda row: [*_languages(row.name), row.code],
            _url("team"),
            lambda row: str(row.department),
        )
    ],
    "articles": [
        Kind(
            _("Articles"),
            lambda city: _in(city, Article).only("code", "title").order_by("code"),
            ("title", "code"),
            lambda row: [*_languages(row.title), row.code],
            _url("edit_article"),
        )
    ],
    "templates": [
        Kind(
            _("Answer templates"),
            lambda city: _in(city, AnswerTemplate).only("name").order_by("name", "pk"),
            ("name",),
            lambda row: [row.name],
            _url("edit_template"),
        )
    ],
    "macros": [
        Kind(
            _("Macros"),
            lambda city: _in(city, Macro).filter(owner=None).only("name").order_by("name", "pk"),
            ("name",),
            lambda row: [row.name],
            _url("edit_macro"),
        )
    ],
    "reasons": [
        Kind(
            _("Reasons"),
            lambda city: _in(city, ListedReason).order_by("pk"),
            ("words", "code"),
            lambda row: [*_languages(row.words), row.code],
            _url("edit_reason"),
        )
    ],
    "notices": [
        Kind(
            _("Notices"),
            lambda city: _in(city, Notice).order_by("-pk"),
            ("words",),
            lambda row: _languages(row.words),
            _url("edit_notice"),
        )
    ],
}
