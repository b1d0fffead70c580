"""Draws what tests/test_rooms.py says: the packages as docs/architecture.svg, the subjects as docs/subjects.svg.

`python -m tests.room_map` writes both.
"""

import textwrap
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from tests.test_rooms import FLOORS, SUBJECTS

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/architecture.svg"
SUBJECTS_PICTURE = ROOT / "docs/subjects.svg"
# What each floor is for, from the ground up.
NAMES = {
    "requests_app": [
        "Foundations", "Data and rules", "Queue", "Log", "Writes", "Messages and forms", "Files and background", "Entrances",
        "Every address",
    ],
    "staff_app": ["Foundations", "Queue and request", "Moderation", "Pages", "Addresses"],
}  # fmt: skip
WIDTHS = {"requests_app": 620, "staff_app": 340}
MARGIN, GAP, LABEL = 20, 10, 24
ROW, LETTER = 30, 7.9
LEGEND = [
    "A package may import its own floor and the floors below.",
    "staff_app may import requests_app, never the other way.",
    "Nothing imports config.",
]

STYLE = """
  svg { color-scheme: light dark; }
  .paper { fill: #fbfaf7; stroke: #b8b4a8; }
  .floor { fill: #eceae2; }
  .room { fill: #ffffff; stroke: #8a8678; }
  text { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #22211d; }
  .app { font: bold 16px system-ui, sans-serif; }
  .name { font: 12px system-ui, sans-serif; fill: #55524a; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #1d1f23; stroke: #4a4d55; }
    .floor { fill: #2a2d33; }
    .room { fill: #16181b; stroke: #7d818c; }
    text { fill: #ececec; }
    .name { fill: #b9bcc4; }
  }
"""


def rows(rooms: Iterable[str], width: int) -> list[list[tuple[str, int]]]:
    """The rooms of a floor, with the width of each, in as many rows as they need."""
    lines: list[list[tuple[str, int]]] = [[]]
    used = 0
    for room in sorted(rooms):
        wide = round(len(room) * LETTER) + 16
        if used and used + wide > width - 2 * GAP:
            lines.append([])
            used = 0
        lines[-1].append((room, wide))
        used += wide + GAP
    return lines


def draw() -> str:
    parts: list[str] = []
    bottoms = []
    left = MARGIN
    for app, floors in FLOORS.items():
        width, top = WIDTHS[app], MARGIN + 40
        parts.append(f'<text class="app" x="{left}" y="{MARGIN + 16}">{app}</text>')
        for name, rooms in reversed(list(zip(NAMES[app], floors, strict=True))):
            lines = rows(rooms, width)
            height = LABEL + len(lines) * (ROW + GAP)
            parts.append(f'<rect class="floor" x="{left}" y="{top}" width="{width}" height="{height}" rx="6"/>')
            parts.append(f'<text class="name" x="{left + GAP}" y="{top + 17}">{escape(name)}</text>')
            for number, line in enumerate(lines):
                x, y = left + GAP, top + LABEL + number * (ROW + GAP)
                for room, wide in line:
                    parts.append(f'<rect class="room" x="{x}" y="{y}" width="{wide}" height="{ROW}" rx="4"/>')
                    parts.append(f'<text x="{x + 8}" y="{y + 19}">{escape(room)}</text>')
                    x += wide + GAP
            top += height + GAP
        bottoms.append(top)
        left += width + MARGIN
    height = max(bottoms) + MARGIN
    x = left - MARGIN - WIDTHS["staff_app"]
    for number, line in enumerate(LEGEND):
        parts.append(f'<text class="name" x="{x}" y="{height - 64 + 18 * number}">{escape(line)}</text>')
    return framed(parts, " ".join(LEGEND), width=left, height=height)


def modules(layer: str, subject: str) -> list[str]:
    paths = (ROOT / "requests_app" / layer / subject).glob("*.py")
    return sorted(path.stem for path in paths if path.stem != "__init__")


def draw_subjects() -> str:
    """A table: a row for each subject, a column for each layer, and in its cells the modules."""
    names = 108
    cell = (WIDTHS["requests_app"] + WIDTHS["staff_app"] + MARGIN - names) // 2
    width = 2 * MARGIN + names + 2 * cell
    parts = [
        f'<text class="app" x="{MARGIN + names + column * cell + GAP}" y="{MARGIN + 16}">{layer}/</text>'
        for column, layer in enumerate(SUBJECTS)
    ]
    top = MARGIN + 30
    for subject in sorted(set[str]().union(*SUBJECTS.values())):
        cells = [
            textwrap.wrap(" · ".join(modules(layer, subject)), int((cell - 2 * GAP) / LETTER)) for layer in SUBJECTS
        ]
        height = max(len(lines) for lines in cells) * 18 + 16
        parts.append(
            f'<rect class="floor" x="{MARGIN}" y="{top}" width="{width - 2 * MARGIN}" height="{height}" rx="6"/>'
        )
        parts.append(f'<text x="{MARGIN + GAP}" y="{top + 22}">{subject}/</text>')
        for column, lines in enumerate(cells):
            x = MARGIN + names + column * cell
            parts += [
                f'<text class="name" x="{x + GAP}" y="{top + 22 + 18 * number}">{escape(line)}</text>'
                for number, line in enumerate(lines)
            ]
        top += height + GAP
    title = "The modules of rules and actions by subject"
    return framed(parts, title, width=width, height=top - GAP + MARGIN)


def framed(parts: list[str], title: str, *, width: int, height: int) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
            f"<title>{escape(title)}</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="paper" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="8"/>',
            *parts,
            "</svg>\n",
        ]
    )


def main() -> None:
    PICTURE.write_text(draw())
    SUBJECTS_PICTURE.write_text(draw_subjects())


if __name__ == "__main__":
    main()
