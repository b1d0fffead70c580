"""The check for personal data before staff publish a text: what is marked in a form, and how to remove it.

Without JavaScript: each finding has a button in the form that sends everything typed and gets it back without that passage.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from requests_app.rules.publication import personal_data
from requests_app.rules.publication.personal_data import Finding
from requests_app.rules.publication.public_texts import version_of
from requests_app.rules.publication.public_words import KIND_WORDS, SHOWN_AT_ONCE, found_in
from requests_app.rules.shared.intake import clean_text

# Posted with the form once its writer has seen what is marked: the version of the texts they saw.
SEEN = "marked"
REMOVE = "remove"


@dataclass(frozen=True)
class Mark:
    """A finding in a field. value: of the button that removes it."""

    field: str
    label: str
    finding: Finding

    @property
    def kind_words(self) -> str:
        return str(KIND_WORDS[self.finding.kind])

    @property
    def value(self) -> str:
        return f"{self.field}:{self.finding.start}:{self.finding.text}"


@dataclass(frozen=True)
class Marks:
    """What is marked in a form; version: of the texts it is in. left_out: how many more appear when these are removed."""

    shown: Sequence[Mark]
    version: str
    left_out: int = 0
    # Browsers don't send files again with a page that comes back.
    lost_files: bool = False


def marks_in(form: forms.Form, fields: Sequence[str], texts: dict[str, str]) -> list[Mark]:
    """texts: of the fields, as they will be stored."""
    return [
        Mark(name, str(form.fields[name].label), found)
        for name in fields
        for found in found_in("text", texts.get(name, ""))
    ]


def marks_to_show(marks: Sequence[Mark], version: str, *, lost_files: bool = False) -> Marks:
    return Marks(marks[:SHOWN_AT_ONCE], version, len(marks[SHOWN_AT_ONCE:]), lost_files)


def version(texts: dict[str, str]) -> str:
    return version_of("\n".join(f"{name}: {text}" for name, text in sorted(texts.items())))


def without(data: QueryDict, fields: Sequence[str]) -> tuple[QueryDict, str]:
    """What was typed, without the passage whose button was selected, and that passage; empty if it is not there."""
    field, _, rest = data.get(REMOVE, "").partition(":")
    start, _, passage = rest.partition(":")
    typed: Any = data.copy()
    del typed[REMOVE]
    if field not in fields or not start.isdecimal() or len(start) > 5:
        return typed, ""
    # As the form will clean it: browsers send line breaks as two characters.
    text = clean_text(data.get(field, ""))
    same = [found for found in found_in("text", text) if found.text == passage]
    if not same:
        return typed, ""
    typed[field] = personal_data.without(text, min(same, key=lambda found: abs(found.start - int(start))))
    return typed, passage
