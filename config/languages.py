"""Which languages the site speaks: English, which it is written in, and each one that has a folder of words.

A language is added by files alone, see docs/languages.md.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import to_language

WRITTEN_IN = "en"


def spoken(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """(code, name in itself) of every language whose words are in one of the folders, English first."""
    found = {
        to_language(file.parents[1].name): file.parents[1]
        for folder in folders
        for file in sorted(folder.glob("*/LC_MESSAGES/django.po"))
    }
    for code, folder in found.items():
        introduce(code, folder / "language.json")
    return [(code, name_of(code)) for code in (WRITTEN_IN, *(code for code in found if code != WRITTEN_IN))]


def introduce(code: str, file: Path) -> None:
    """Tell Django of a language that it does not know, as of Haitian Creole or Somali: its name and which way it runs."""
    if file.exists():
        said = json.loads(file.read_text())
        LANG_INFO[code] = {
            "code": code,
            "name": said["name"],
            "name_local": said["name_local"],
            "bidi": said.get("right_to_left", False),
        }
    elif code not in LANG_INFO:
        raise ValueError(f"Django does not know the language {code}: {file} must say its name, see docs/languages.md.")


def name_of(code: str) -> str:
    return str(info(code)["name_local"]).capitalize()


def run_from_the_right(languages: Iterable[tuple[str, str]]) -> list[str]:
    return [code for code, _ in languages if info(code)["bidi"]]


def info(code: str) -> Mapping[str, Any]:
    known: dict[str, Any] = LANG_INFO[code]
    # Some point to another: zh-cn is zh-hans.
    return LANG_INFO[known["fallback"][0]] if "fallback" in known else known
