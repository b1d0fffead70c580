"""The picture of a shared link: a PNG of 1200 × 630 with a title, one line, and the city's name, color and seal.

The same card is the same picture, kept under a hash of what is on it. branding.social_card() fills in what is the city's.
"""

import base64
import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import lru_cache
from html import escape

import resvg_py
from django.conf import settings
from django.core.cache import cache
from PIL import ImageFont

from requests_app.drawing import colors

WIDTH, HEIGHT, BAR, MARGIN = 1200, 630, 120, 72
KEPT_S = 86_400
# A change of the drawing is another version, so that no kept picture is shown again.
VERSION = 1
HEADER, INK, SOFT_INK, PAPER = "#162e51", "#1b1b1b", "#4d555d", "#ffffff"
SEAL_PX = 84
# The title is set as large as it fits in three lines.
TITLE_SIZES, TITLE_LINES = (76, 66, 58, 50, 44), 3
LINE_SIZE, LINE_LINES = 34, 2
FONT_FILE, BOLD_FILE = (
    str(settings.BASE_DIR / f"static/vendor/uswds/fonts/PublicSans-{weight}.ttf") for weight in ("SemiBold", "Bold")
)
ELLIPSIS = "…"


@dataclass(frozen=True)
class SocialCard:
    """city: its name, as in the bar. header: the bar's color. seal: a PNG or JPEG, or nothing."""

    title: str
    line: str
    city: str
    header: str = HEADER
    seal: bytes = b""

    @property
    def version(self) -> str:
        """A hash of what is on it, for its address and the cache."""
        content = repr((VERSION, *astuple(self)))
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def png(card: SocialCard) -> bytes:
    """The picture, drawn once a day."""
    key = f"social_card:{card.version}"
    content: bytes | None = cache.get(key)
    if content is None:
        content = bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg(card),
                skip_system_fonts=True,
                font_files=[FONT_FILE, BOLD_FILE],
                sans_serif_family="Public Sans",
            )
        )
        cache.set(key, content, timeout=KEPT_S)
    return content


def svg(card: SocialCard) -> str:
    header = colors.parse(card.header, HEADER)
    size, title = _title(card.title)
    y, rows = BAR + 96 + size // 2, []
    for text in title:
        rows.append(_text(text, MARGIN, y, size, INK, weight=700))
        y += round(size * 1.18)
    y += 12
    for text in _wrapped(card.line, LINE_SIZE, WIDTH - 2 * MARGIN, most=LINE_LINES):
        rows.append(_text(text, MARGIN, y, LINE_SIZE, SOFT_INK))
        y += round(LINE_SIZE * 1.3)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
        f'<rect width="{WIDTH}" height="{BAR}" fill="{colors.css(header)}"/>'
        f'<rect y="{HEIGHT - 14}" width="{WIDTH}" height="14" fill="{colors.css(header)}"/>'
        f"{_seal(card.seal)}{_city(card, header)}{''.join(rows)}</svg>"
    )


def ink_on(background: colors.Color) -> colors.Color:
    """White, or black where white couldn't be read."""
    return colors.WHITE if colors.contrast(colors.WHITE, background) > colors.CONTRAST_MIN else (0, 0, 0)


def _city(card: SocialCard, header: colors.Color) -> str:
    x = MARGIN + (SEAL_PX + 24 if card.seal else 0)
    name = next(_wrapped(card.city, 42, WIDTH - MARGIN - x, most=1), "")
    return _text(name, x, BAR // 2 + 15, 42, colors.css(ink_on(header)), weight=700)


def _seal(seal: bytes) -> str:
    """On white, since it may be dark."""
    if not seal:
        return ""
    kind = "png" if seal.startswith(b"\x89PNG") else "jpeg"
    y, pixels = (BAR - SEAL_PX) // 2, base64.b64encode(seal).decode()
    return (
        f'<rect x="{MARGIN}" y="{y}" width="{SEAL_PX}" height="{SEAL_PX}" rx="12" fill="{PAPER}"/>'
        f'<image x="{MARGIN + 6}" y="{y + 6}" width="{SEAL_PX - 12}" height="{SEAL_PX - 12}" '
        f'href="data:image/{kind};base64,{pixels}"/>'
    )


def _text(text: str, x: int, y: int, size: int, color: str, weight: int = 600) -> str:
    return (
        f'<text x="{x}" y="{y}" font-family="Public Sans" font-size="{size}" font-weight="{weight}" fill="{color}">'
        f"{escape(text)}</text>"
    )


# --- Fitting words ----------------------------------------------------------------------------------------------------


def _title(title: str) -> tuple[int, list[str]]:
    """The largest size in which all of it has room, and its lines; in the smallest one, it may end in an ellipsis."""
    room = WIDTH - 2 * MARGIN
    for size in TITLE_SIZES:
        lines = list(_wrapped(title, size, room, most=TITLE_LINES))
        if not lines or not lines[-1].endswith(ELLIPSIS) or title.endswith(ELLIPSIS):
            break
    return size, lines


def _wrapped(text: str, size: int, room: int, *, most: int) -> Iterator[str]:
    """At most so many lines of so many pixels. A longer word is broken; what has no room ends in an ellipsis."""
    pieces = [piece for word in text.split() for piece in _broken(word, size, room)]
    for number in range(1, most + 1):
        line = ""
        while pieces and _width(f"{line} {pieces[0]}".strip(), size) <= room:
            line = f"{line} {pieces.pop(0)}".strip()
        if pieces and number == most:
            while line and _width(line + ELLIPSIS, size) > room:
                line = line[:-1].rstrip()
            line += ELLIPSIS
        if not line:
            return
        yield line


def _broken(word: str, size: int, room: int) -> Iterator[str]:
    while _width(word, size) > room:
        # The widths of its beginnings grow; one letter always has room.
        end = max(1, bisect_right(range(len(word)), float(room), key=lambda length: _width(word[:length], size)) - 1)
        yield word[:end]
        word = word[end:]
    yield word


def _width(text: str, size: int) -> float:
    """In pixels, in bold letters, which are wider than the others."""
    return _font(size).getlength(text)


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(BOLD_FILE, size)
