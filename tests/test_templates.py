"""Templates as files: lines that a person can review in a diff."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINE_MAX = 160
TEMPLATES = sorted(path for path in ROOT.glob("templates/**/*") if path.suffix in (".html", ".txt", ".xml", ".css"))


def too_long(text: str) -> list[tuple[int, int]]:
    """Line number and length of each line over the limit."""
    return [(number, len(line)) for number, line in enumerate(text.splitlines(), 1) if len(line) > LINE_MAX]


def test_a_long_line_is_found() -> None:
    assert too_long(f"a\n{'b' * LINE_MAX}\n{'c' * (LINE_MAX + 1)}\n") == [(3, LINE_MAX + 1)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_is_longer_than_the_limit(path: Path) -> None:
    assert too_long(path.read_text()) == []
