"""One deliberate mistake."""

from dataclasses import dataclass
from pathlib import Path


class NotFound(Exception):
    """The code has changed, so that the regression no longer says what to replace."""


@dataclass(frozen=True)
class Regression:
    """name: what goes wrong for somebody. old: text that occurs once in the file. tests: the files that must notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied_to(self, text: str) -> str:
        """Raises NotFound unless the old text occurs exactly once."""
        if text.count(self.old) != 1:
            raise NotFound(f"{self.file}: found {text.count(self.old)} times: {self.old}")
        return text.replace(self.old, self.new)

    def apply(self, root: Path) -> str:
        """Changes the file below root; returns the text that it had."""
        path = root / self.file
        before = path.read_text(encoding="utf-8")
        path.write_text(self.applied_to(before), encoding="utf-8")
        return before
