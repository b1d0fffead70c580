"""What a new city begins with: one department, its hours, and the 12 services that cities are asked for most."""

from pathlib import Path
from typing import Any

from requests_app.imports.catalog import check, save
from requests_app.imports.catalog_file import Catalog, read_catalog
from requests_app.models import Jurisdiction, User

FILE = Path(__file__).with_suffix(".yaml")
# Languages that the file has words in.
LANGUAGES = ["en", "es"]


def import_starter(jurisdiction: Jurisdiction, actor: User | None = None) -> dict[str, int]:
    """Imports the starter catalog in the city's languages; returns the number of new or changed rows per part.

    Without any of its languages the words are English. missing_languages() are for the city to write. Raises ImportProblemError.
    """
    catalog = starter_catalog(jurisdiction)
    return save(jurisdiction, catalog, actor)


def starter_catalog(jurisdiction: Jurisdiction) -> Catalog:
    """The file, checked, with only the city's languages."""
    languages = [language for language in LANGUAGES if language in jurisdiction.languages] or LANGUAGES[:1]
    catalog = read_catalog([FILE])
    for part, said in catalog.items():
        catalog[part] = _in_languages(said, set(languages))
    check(jurisdiction, catalog, languages)
    return catalog


def missing_languages(jurisdiction: Jurisdiction) -> list[str]:
    """The city's languages that the starter catalog has no words in."""
    return [language for language in jurisdiction.languages if language not in LANGUAGES]


def _in_languages(said: Any, languages: set[str]) -> Any:
    if isinstance(said, list):
        return [_in_languages(one, languages) for one in said]
    if not isinstance(said, dict):
        return said
    if said and set(said) <= set(LANGUAGES):
        return {language: words for language, words in said.items() if language in languages}
    return {name: _in_languages(one, languages) for name, one in said.items()}
