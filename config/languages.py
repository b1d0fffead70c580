"""The site's languages: English, in which it is written, and each language with a folder of translations.

To add a language, add files only: see docs/languages.md.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

SOURCE_LANGUAGE = "en"


def spoken(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """(code, native name) of each language with translations in one of the folders, English first."""
    folder_of = {
        to_language(file.parents[1].name): file.parents[1]
        for folder in folders
        for file in sorted(folder.glob("*/LC_MESSAGES/django.po"))
    }
    for code, folder in folder_of.items():
        introduce(code, folder / "language.json")
    return [
        (code, name_of(code)) for code in (SOURCE_LANGUAGE, *(code for code in folder_of if code != SOURCE_LANGUAGE))
    ]


def introduce(code: str, file: Path) -> None:
    """Registers a language that Django does not know, such as Haitian Creole: its names and direction."""
    if file.exists():
        language = json.loads(file.read_text())
        LANG_INFO[code] = {
            "code": code,
            "name": language["name"],
            "name_local": language["name_local"],
            "bidi": language.get("right_to_left", False),
        }
    elif code not in LANG_INFO:
        raise ValueError(f"Django does not know the language {code}: {file} must name it, see docs/languages.md.")


def name_of(code: str) -> str:
    return str(info(code)["name_local"]).capitalize()


def run_from_the_right(languages: Iterable[tuple[str, str]]) -> list[str]:
    return [code for code, _ in languages if info(code)["bidi"]]


def info(code: str) -> Mapping[str, Any]:
    known: dict[str, Any] = LANG_INFO[code]
    # Some codes refer to another: zh-cn to zh-hans.
    return LANG_INFO[known["fallback"][0]] if "fallback" in known else known
