"""A translator's file that comes back (exports/translator_file.py wrote it): what it changes, and which lines can't be used."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from requests_app.actions.setup.translations import Document, Save
from requests_app.core.languages import language_in_sentence
from requests_app.exports.csv_cells import FORMULA_STARTS
from requests_app.imports.translated_texts import Kind, Passage, id_start, text_fingerprint, with_text
from requests_app.messages.setup_differences import differences
from requests_app.models import Jurisdiction
from requests_app.rules.shared.names import Names

COLUMNS = 4
DELIMITERS = (",", ";", "\t")
PLACEHOLDER = re.compile(r"\{[^{}\n]*\}")


class NotReadable(Exception):
    """The file can't be read as a translator's file. sentence: what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class LeftOut:
    """A line of the file that isn't used, and why."""

    line: int
    where: str
    sentence: str


@dataclass
class RowChange:
    """The new texts of one row. before: as the row is now."""

    kind: Kind
    row: Any
    before: Document
    after: Document
    names: Names
    count: int = 0

    @property
    def title(self) -> str:
        return f"{self.kind.name}: {self.kind.title(self.row)}"

    @cached_property
    def sentences(self) -> list[str]:
        return differences(self.kind.code, self.before, self.after, self.names)


@dataclass
class Plan:
    """What a file would change, by row."""

    changes: dict[tuple[str, str], RowChange] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    # Lines without a text, and lines that say what the city says already.
    empty: int = 0
    same: int = 0

    @property
    def count(self) -> int:
        return sum(change.count for change in self.changes.values())

    @property
    def to_save(self) -> list[tuple[Save, Any, Document]]:
        """As save_all() takes it."""
        return [(change.kind.save, change.row, change.after) for change in self.changes.values()]

    @cached_property
    def code(self) -> str:
        """Which differences somebody has seen."""
        seen = [[change.before, change.after] for change in self.changes.values()]
        return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()


def plan(city: Jurisdiction, language: str, passages: Iterable[Passage], content: bytes) -> Plan:
    """Compares a file with the city's texts as they are now (passages). Raises NotReadable."""
    by_id = {passage.id(city, language): passage for passage in passages}
    made, used, names = Plan(), set(), Names(city)
    for number, cells in _read(content):
        code, _at, prints = cells[0].strip().rpartition("@")
        source, _dash, target = prints.partition("-")
        text = _typed(cells[3])
        passage = by_id.get(code)
        sentence = ""
        if passage is None:
            sentence = _unknown(city, language, code)
        elif code in used:
            sentence = _("This text is in the file twice. The first one counts.")
        elif not text:
            made.empty += 1
            continue
        elif text == passage.text(language) or text_fingerprint(text) == target:
            # The second: it's as it went out, so nobody translated it.
            made.same += 1
            continue
        else:
            sentence = _refusal(city, language, passage, text, source, target)
        used.add(code)
        if sentence or passage is None:
            made.left_out.append(LeftOut(number, passage.where if passage else cells[1].strip()[:120], sentence))
        else:
            _add(made, passage, language, text, names)
    return made


def _add(made: Plan, passage: Passage, language: str, text: str, names: Names) -> None:
    key = (passage.kind.code, str(passage.kind.key(passage.row)))
    change = made.changes.setdefault(
        key, RowChange(passage.kind, passage.row, passage.document, passage.document, names)
    )
    change.after = with_text(change.after, passage.steps, language, text)
    change.count += 1


def _unknown(city: Jurisdiction, language: str, code: str) -> str:
    own, _slash, rest = code.partition("/")
    if own and own != city.jurisdiction_id and rest:
        return _("This line is from another city’s file.")
    if rest and not code.startswith(id_start(city, language)):
        return _("This line is for another language.")
    return _("The city has no such text. It may have been removed since.")


def _refusal(city: Jurisdiction, language: str, passage: Passage, text: str, source: str, target: str) -> str:
    """Why a translation can't be used; empty: it can."""
    first = city.languages[0]
    original = passage.text(first)
    if text_fingerprint(original) != source:
        words = _("The text in %(language)s has changed since: “%(text)s”. Download the file again.")
        return words % {"language": language_in_sentence(first), "text": original[:120]}
    if text_fingerprint(passage.text(language)) != target:
        words = _("Someone has translated it since: “%(text)s”. It stays.")
        return words % {"text": passage.text(language)[:120]}
    if len(text) > passage.most:
        return _("It has %(count)d characters. It may have %(most)d.") % {"count": len(text), "most": passage.most}
    kept, typed = _braces(original), _braces(text)
    if missing := sorted(kept - typed):
        return _("%(names)s is missing. Keep it as it is, braces included.") % {"names": ", ".join(missing)}
    if more := sorted(typed - kept):
        return _("%(names)s isn’t in the original. Remove it.") % {"names": ", ".join(more)}
    return ""


def _braces(text: str) -> set[str]:
    """Placeholders such as {number}, and braces that are none."""
    return set(PLACEHOLDER.findall(text)) | set(PLACEHOLDER.sub("", text)) & set("{}")


def _typed(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from reading the text as a formula."""
    text = cell.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def _read(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines that have an id or a text, with their number in a spreadsheet. Raises NotReadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        sentence = _("This file isn’t in UTF-8. In your spreadsheet, save it as “CSV UTF-8.”")
        raise NotReadable(sentence) from None
    head = text.partition("\n")[0]
    # Spreadsheets of other countries put semicolons between the cells.
    delimiter = max(DELIMITERS, key=head.count)
    read = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        head_cells = next(reader, [])
        if len(head_cells) < COLUMNS or head_cells[0].strip().lower() != "id":
            raise NotReadable(_("This isn’t a file for a translator. Its first line should begin with “id.”"))
        for number, cells in enumerate(reader, start=2):
            read = number
            if any(cell.strip() for cell in cells):
                yield number, [*cells, *[""] * COLUMNS][:COLUMNS]
    except csv.Error:
        words = _("We can’t read line %(line)d. Is a quotation mark missing?")
        raise NotReadable(words % {"line": read + 1}) from None
