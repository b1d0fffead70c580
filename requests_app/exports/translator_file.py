"""A file for a translator: the texts of a city as CSV. imports/translator_file.py reads it when it comes back."""

import csv
import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from requests_app.core.languages import language_name
from requests_app.exports.csv_cells import safe
from requests_app.imports.translated_texts import Passage, text_fingerprint
from requests_app.models import Jurisdiction

# Spreadsheets take a file without it for another encoding.
BOM = "\ufeff"


def lines(city: Jurisdiction, language: str, rows: Iterable[Passage]) -> Iterator[str]:
    """The CSV file line by line, the texts as they are now. An id says which texts they were, so that later changes are seen."""
    first = city.languages[0]
    yield BOM + _line(["id", _("Where it is"), _column(first), _column(language)])
    for row in rows:
        source, text = row.text(first), row.text(language)
        code = f"{row.id(city, language)}@{text_fingerprint(source)}-{text_fingerprint(text)}"
        yield _line([code, row.where, source, text])


def _column(language: str) -> str:
    return f"{language_name(language)} ({language})"


def _line(cells: list[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([safe(cell) for cell in cells])
    return buffer.getvalue()
