"""The phrases that ship with the product (phrases.yaml), in every language."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
import yaml

log = structlog.get_logger(__name__)

FILE = Path(__file__).parent / "phrases.yaml"


@dataclass(frozen=True)
class ShippedPhrase:
    """kind: EmergencyPhrase.Kind. unless: longer phrases that mean something else."""

    language: str
    kind: str
    phrase: str
    unless: tuple[str, ...] = ()


@cache
def shipped_phrases() -> tuple[ShippedPhrase, ...]:
    """Empty if the file is missing or damaged, which is logged once."""
    try:
        written = yaml.load(FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return tuple(_read(written["emergency_words"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        log.error("emergency_phrases_unusable", error=type(error).__name__)
        return ()


def _read(by_kind: dict[str, dict[str, list[str | dict[str, object]]]]) -> list[ShippedPhrase]:
    found = []
    for kind, by_language in by_kind.items():
        for language, phrases in by_language.items():
            for written in phrases:
                entry = written if isinstance(written, dict) else {"phrase": written}
                unless = entry.get("unless", [])
                longer = tuple(map(str, unless)) if isinstance(unless, list) else (str(unless),)
                found.append(ShippedPhrase(language, kind, str(entry["phrase"]).strip(), longer))
    return found
