"""HTML part of plain emails: the text, paragraph by paragraph, with its one link as a button."""

from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from requests_app.messages.email_parts import Picture, StatusLine
from requests_app.models import Jurisdiction

# A longer line before a link explains it; a shorter one is the button's own text.
BUTTON_LETTERS = 40


@dataclass
class Part:
    """A paragraph, and the button below it if it ends in the email's own link."""

    lines: list[str] = field(default_factory=list)
    url: str = ""
    button: str = ""


@dataclass(frozen=True)
class Frame:
    """What an email about a report shows besides its words. A line of these that the status line says is left out."""

    status_line: StatusLine | None = None
    what: str = ""
    pictures: list[list[Picture]] = field(default_factory=list)


def as_html(
    text: str, *, title: str, city: Jurisdiction | None = None, url: str = "", frame: Frame | None = None
) -> str:
    """In the active language. city: whose seal is at the top. url: the email's own link, which becomes a button.

    Other URLs stay text: the email may quote a resident, whose links must not look like the city's.
    """
    frame = frame or Frame()
    said = f"{frame.status_line.label}." if frame.status_line else ""
    paragraphs = [[line for line in lines if line != said] for lines in _paragraphs(text)]
    context = {"title": title, "city": city, "parts": [_part(lines, url) for lines in paragraphs if lines]}
    return render_to_string("emails/words.html", {**context, **vars(frame)})


def _paragraphs(text: str) -> list[list[str]]:
    paragraphs: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            paragraphs[-1].append(line.strip())
        elif paragraphs[-1]:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _part(lines: list[str], url: str) -> Part:
    if not url or url not in lines:
        return Part(lines)
    before, after = lines[: lines.index(url)], lines[lines.index(url) + 1 :]
    words = before[-1].removesuffix(":").rstrip() if before else ""
    if words and len(words) <= BUTTON_LETTERS:
        return Part([*before[:-1], *after], url, words)
    return Part([*before, *after], url, _("Continue"))
