"""HTML part of plain emails: the text, paragraph by paragraph, with its one link as a named link."""

from dataclasses import dataclass

from django.template.loader import render_to_string


@dataclass(frozen=True)
class Line:
    words: str
    url: str = ""


def as_html(text: str, *, title: str, url: str = "") -> str:
    """In the active language. `url`: the email's own link; the line before it becomes its text.

    Other URLs stay text: the email may quote a resident, whose links must not look like the city's.
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
    return [paragraph for paragraph in paragraphs if paragraph]


def _lines(paragraph: list[str], url: str) -> list[Line]:
    lines: list[Line] = []
    for line in paragraph:
        if url and line == url and lines:
            lines[-1] = Line(lines[-1].words.removesuffix(":").rstrip(), url)
        else:
            lines.append(Line(line, url if line == url else ""))
    return lines
