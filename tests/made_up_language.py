"""A language added by files alone, as a city would add one: our sentences in other letters, still readable."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

SPANISH = Path(__file__).resolve().parent.parent / "locale/es/LC_MESSAGES/django.po"
ARABIC_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه", strict=True))
# Placeholders and markup stay unchanged.
KEPT = re.compile(r"(%\(\w+\)[a-z]|%[sd%]|\{[^}]*\}|\\.|<[^>]+>|&\w+;|https?://\S+)")
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n'


def in_arabic_letters(sentence: str) -> str:
    parts = KEPT.split(sentence)
    return "".join(
        part if at % 2 else "".join(ARABIC_LETTERS.get(letter, letter) for letter in part.lower())
        for at, part in enumerate(parts)
    )


def add_language(folder: Path, code: str, *, about: Mapping[str, object] | None = None) -> None:
    """Adds the language `code` to a locale folder: each of our sentences, compiled, and the formats that Django needs."""
    words = folder / code / "LC_MESSAGES"
    words.mkdir(parents=True)
    if about:
        (folder / code / "language.json").write_text(json.dumps(about))
    lines = subprocess.run(
        ["msgcat", "--no-wrap", str(SPANISH)], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    entries = [HEADER]
    for line in lines:
        if match := re.fullmatch(r'(msgctxt|msgid|msgid_plural) "(.+)"', line):
            kind, sentence = match.groups()
            translation = in_arabic_letters(sentence)
            if kind == "msgctxt":
                entries.append(f"\n{line}")
            elif kind == "msgid":
                entries.append(f'{line}\nmsgstr "{translation}"\n')
            else:
                entries[-1] = re.sub(r"^msgstr", f"{line}\nmsgstr[0]", entries[-1], flags=re.MULTILINE)
                entries.append(f'msgstr[1] "{translation}"\n')
    (words / "django.po").write_text("\n".join(entries))
    subprocess.run(["msgfmt", "-o", words / "django.mo", words / "django.po"], check=True)
