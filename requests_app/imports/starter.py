"""What a new city begins with: one department, its hours, the 12 services that cities are asked for most, and what its staff need:
answers to send, macros, views of the queue, reasons, and who is called at night."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

from requests_app.imports.catalog import check, save
from requests_app.imports.catalog_file import Catalog, read_catalog
from requests_app.models import Department, Jurisdiction, ListedReason, OnCall, User

FILE = Path(__file__).with_suffix(".yaml")
DESK_FILE = FILE.with_name("starter_desk.yaml")
# Languages that the file has words in.
LANGUAGES = ["en", "es"]
# How long a city has to show its emergency words to its 911 center.
SHIPPED_FOR = dt.timedelta(days=30)
# The emergency number as the file writes it.
NUMBER = re.compile(r"\b911\b")


def import_starter(jurisdiction: Jurisdiction, actor: User | None = None) -> dict[str, int]:
    """Imports the starter catalog in the city's languages; returns the number of new or changed rows per part. Idempotent.

    Without any of its languages the words are English. missing_languages() are for the city to write. Residents are offered the
    services if nothing is missing; their emergency words are the product's for 30 days. Raises ImportProblemError.
    """
    catalog = starter_catalog(jurisdiction, email=actor.email if actor else "")
    return save(jurisdiction, catalog, actor)


def starter_catalog(jurisdiction: Jurisdiction, *, email: str = "") -> Catalog:
    """The file, checked, with only the city's languages and its emergency number. email: of the department, if it has none yet and
    the city has no address for replies."""
    languages = [language for language in jurisdiction.languages if language in LANGUAGES] or LANGUAGES[:1]
    catalog = read_catalog([FILE, DESK_FILE])
    name_rows(catalog, languages[0])
    for part, said in catalog.items():
        catalog[part] = _with_number(_in_languages(said, set(languages)), jurisdiction.emergency_number)
    catalog.shipped_for = SHIPPED_FOR
    department = catalog["departments"][0]
    known = Department.objects.filter(jurisdiction=jurisdiction, code=department["code"]).first()
    department["email"] = (known.email if known else "") or jurisdiction.reply_address or email
    _call(jurisdiction, catalog, department["email"], email)
    check(jurisdiction, catalog, languages)
    return catalog


def name_rows(catalog: Catalog, language: str) -> None:
    """Staff's own names for answers, macros and views have one language; the file has two."""
    for row in [*catalog["templates"], *catalog["macros"], *catalog["views"]]:
        row["name"] = row["name"][language]
        for step in row.get("steps", []):
            if "template" in step:
                step["template"] = step["template"][language]


def _call(jurisdiction: Jurisdiction, catalog: Catalog, address: str, staff: str) -> None:
    """Fills in who is on the desk's roster. One that the city keeps stays as it is, and so do lists of reasons."""
    shifts = catalog.pop("desk_on_call")
    name = next(iter(catalog["departments"][0]["name"].values()))
    person = {"staff": staff} if staff else {"name": name, "email": address}
    if (staff or address) and not OnCall.objects.filter(jurisdiction=jurisdiction, department=None, kind="").exists():
        catalog["desk_on_call"] = [{**person, **shift} for shift in shifts]
    listed = set(ListedReason.objects.filter(jurisdiction=jurisdiction).values_list("kind", flat=True))
    catalog["reasons"] = {kind: rows for kind, rows in catalog["reasons"].items() if kind not in listed}


def missing_languages(jurisdiction: Jurisdiction) -> list[str]:
    """The city's languages that the starter catalog has no words in."""
    return [language for language in jurisdiction.languages if language not in LANGUAGES]


def _with_number(value: Any, number: str) -> Any:
    if isinstance(value, list):
        return [_with_number(one, number) for one in value]
    if isinstance(value, dict):
        return {name: _with_number(one, number) for name, one in value.items()}
    return NUMBER.sub(lambda _match: number, value) if isinstance(value, str) else value


def _in_languages(value: Any, languages: set[str]) -> Any:
    if isinstance(value, list):
        return [_in_languages(one, languages) for one in value]
    if not isinstance(value, dict):
        return value
    if value and set(value) <= set(LANGUAGES):
        return {language: words for language, words in value.items() if language in languages}
    return {name: _in_languages(one, languages) for name, one in value.items()}
