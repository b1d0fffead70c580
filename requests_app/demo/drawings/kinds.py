"""What the demo's drawings show, and which requests they fit. Importing this draws nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

# Written by `manage.py draw_demo_photos`, shipped with the program.
FOLDER = Path(__file__).parent.parent / "pictures"
WIDTH, HEIGHT = 640, 480
DRAWING = {"en": "Drawing", "es": "Dibujo"}
# Numbers of scenes: those with one of these remainders.
Every = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class Kind:
    """Scenes of one problem; see kinds.yaml."""

    draw: str
    scenes: int
    mended: int
    shows: Mapping[str, str]
    after: Mapping[str, str]
    fits: Mapping[str, Every]
    night: Every

    def numbers(self, service: str, situation: str) -> list[int]:
        """The scenes that fit such a request."""
        every, which = self.fits.get(f"{service}/{situation}") or self.fits.get(service) or (1, ())
        return [number for number in range(self.scenes) if number % every in which]

    def is_night(self, number: int) -> bool:
        every, which = self.night
        return number % every in which

    def caption(self, language: str, *, after: bool) -> str:
        """ "Drawing: a pothole in the street"."""
        return f"{DRAWING[language]}: {(self.after if after else self.shows)[language]}"


@cache
def kinds() -> list[Kind]:
    entries = yaml.safe_load(Path(__file__).with_name("kinds.yaml").read_text(encoding="utf-8"))
    return [
        Kind(
            draw,
            kind["scenes"],
            kind["mended"],
            kind["shows"],
            kind["after"],
            {code: _every(numbers) for code, numbers in kind["fits"].items()},
            _every(kind.get("night", "none")),
        )
        for draw, kind in entries.items()
    ]


def _every(text: str) -> Every:
    """all, none, or "0 1 of 3"."""
    if text in ("all", "none"):
        return 1, (0,) if text == "all" else ()
    which, _, every = text.partition(" of ")
    return int(every), tuple(map(int, which.split()))


def file_name(kind: Kind, number: int, *, after: bool = False, small: bool = False) -> str:
    return f"{kind.draw}-{number:02d}{'-after' if after else ''}{'-small' if small else ''}.jpg"
