"""A mail that is all words: its HTML part says what its text says, paragraph by paragraph, with links that have names."""

from dataclasses import dataclass

from django.template.loader import render_to_string


@dataclass(frozen=True)
class Line:
    words: str
    url: str = ""


def as_html(text: str, *, title: str) -> str:
    """In the active language. A line that is an address becomes the link of the line before it."""
    return render_to_string("emails/words.html", {"title": title, "parts": list(map(_lines, _paragraphs(text)))})


def _paragraphs(text: str) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return [one for one in paragraphs if one]


def _lines(paragraph: list[str]) -> list[Line]:
    lines: list[Line] = []
    for line in paragraph:
        if not line.startswith(("https://", "http://")):
            lines.append(Line(line))
        elif lines and not lines[-1].url:
            lines[-1] = Line(lines[-1].words.removesuffix(":").rstrip(), line)
        else:
            lines.append(Line(line, line))
    return lines
