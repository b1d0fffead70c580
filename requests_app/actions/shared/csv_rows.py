"""The rows of a CSV file that a program or a spreadsheet wrote, by the names in its first line."""

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

Row = Mapping[str, object]


class Unreadable(Exception):
    """It's no table with the columns that it needs. The message says what is wrong."""


@dataclass(frozen=True)
class Mistake:
    """at: the row's number in what was sent, from 0. field: empty if it's about the whole row."""

    at: int
    field: str
    message: str


class BadRows(Exception):
    """Nothing was stored."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(f"{len(mistakes)} mistakes")
        self.mistakes = mistakes


def rows_of_file(content: bytes, required: Collection[str]) -> list[Row]:
    """Cells are separated by commas, semicolons or tabs; empty lines are left out. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file isn’t a CSV file in UTF-8.")) from error
    lines = text.replace("\x00", "").splitlines()
    if not lines:
        raise Unreadable(_("The file is empty."))
    separator = max(",;\t", key=lines[0].count)
    names = [name.strip().lower().replace(" ", "_") for name in next(csv.reader(lines[:1], delimiter=separator))]
    missing = [name for name in required if name not in names]
    if missing:
        raise Unreadable(_("These columns are missing: %(columns)s.") % {"columns": ", ".join(missing)})
    try:
        rows = list(csv.reader(lines[1:], delimiter=separator))
    except csv.Error as error:
        raise Unreadable(_("The file isn’t a CSV file in UTF-8.")) from error
    return [dict(zip(names, row, strict=False)) for row in rows if any(cell.strip() for cell in row)]
