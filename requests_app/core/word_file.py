"""Words that code looks for in what people type: in a YAML file next to the code, by language.

What people type mixes languages, so code looks for the words of all of them. Another language is one more section of the file.
"""

from pathlib import Path
from typing import Any

import yaml


class WordFile:
    """A file's sections are languages, and each has lists of words by name, or tables of such lists.

    Raises ValueError for what YAML doesn't read as text, such as `no` or `on` without quotes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8")
        self._languages: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def word_list(self, name: str) -> tuple[str, ...]:
        """The words of all languages, in the file's order. Raises KeyError if no language has the list."""
        return tuple(word for words in self._sections(name) for word in self._checked(name, words))

    def table(self, name: str) -> dict[str, tuple[str, ...]]:
        """The tables of all languages as one, in which a key has the words of each. Raises KeyError like words()."""
        table: dict[str, tuple[str, ...]] = {}
        for section in self._sections(name):
            for key in self._checked(name, section):
                table[key] = table.get(key, ()) + self._checked(f"{name}: {key}", section[key])
        return table

    def _sections(self, name: str) -> list[Any]:
        sections = [lists[name] for lists in self._languages.values() if name in lists]
        if not sections:
            raise KeyError(f"{self.path.name} has no {name}.")
        return sections

    def _checked(self, name: str, entries: Any) -> tuple[str, ...]:
        for word in entries:
            if not isinstance(word, str):
                raise ValueError(f"{self.path.name}, {name}: put {word!r} in quotes.")
        return tuple(entries)
