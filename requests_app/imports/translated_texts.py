"""The texts that a city writes in several languages: what a kind of rows says, and each text in it with its place.

Which columns hold such texts is declared in the models (LocalizedField). A kind names the models; its texts follow from them.
"""

import copy
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import Truncator

from requests_app.actions.setup.translations import Document, Path, texts_of_row
from requests_app.core.localized import LocalizedField, localized
from requests_app.messages.setup_differences import field_label
from requests_app.models import Jurisdiction, User

Text = str | Promise
EACH = "*"
# What identifies a row of a list inside a document, and what people call it.
IDENTIFIED_BY = ("code", "value", "date")
CALLED_BY = ("text", "label", "name")
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
    document: Callable[[Any], Document] = texts_of_row
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


def passages_of(kinds: Iterable[Kind], city: Jurisdiction) -> Iterator[Passage]:
    """Everything that has a text in the city's first language, kind by kind."""
    first = city.languages[0]
    for kind in kinds:
        for row in kind.rows(city):
            document = kind.document(row)
            for path in kind.paths:
                for steps, texts in _texts_at(document, path):
                    passage = Passage(kind, row, document, steps, path, texts)
                    if passage.text(first):
                        yield passage


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
