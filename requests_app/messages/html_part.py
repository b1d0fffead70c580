"""A mail that is all words: its HTML part says what its text says, paragraph by paragraph, and its one link has a name."""

from dataclasses import dataclass

from django.template.loader import render_to_string


@dataclass(frozen=True)
class Line:
    words: str
    url: str = ""


def as_html(text: str, *, title: str, url: str = "") -> str:
    """In the active language. `url`: the mail's own link, which becomes the line before it.

    Other addresses stay words: the mail may hold what a resident typed, which must not look like a link of the city's.
    """
    parts = [_lines(paragraph, url) for paragraph in _paragraphs(text)]
    return render_to_string("emails/words.html", {"title": title, "parts": parts})


def _paragraphs(text: str) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return [one for one in paragraphs if one]


def _lines(paragraph: list[str], url: str) -> list[Line]:
    lines: list[Line] = []
    for line in paragraph:
        if url and line == url and lines:
            lines[-1] = Line(lines[-1].words.removesuffix(":").rstrip(), url)
        else:
            lines.append(Line(line, url if line == url else ""))
    return lines
