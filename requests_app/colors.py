"""Colors as numbers: which are real ones, how well letters are read on them (WCAG, 1.4.3), and moving them until they are."""

import re

WHITE = (255, 255, 255)
# The lightest ground that a link stands on at night, as --quiet-tint in static/css/site.css.
DARK_GROUND = (43, 52, 61)
# A little above the 4.5 that the guideline asks for: browsers round.
ENOUGH = 4.6

Color = tuple[int, int, int]


def parse(color: str | None, default: str) -> Color:
    """`#rgb` or `#rrggbb`; anything else is the default, so that no branding can write other rules into the sheet."""
    text = color if isinstance(color, str) and re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", color) else default
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def css(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def luminance(color: Color) -> float:
    """Relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """1 (the same) to 21 (black on white)."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def mix(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def moved(color: Color, towards: Color, until_readable_on: Color) -> Color:
    """The first of twenty steps towards black or white at which the color and the ground have enough contrast."""
    for step in range(21):
        candidate = mix(color, towards, step / 20)
        if contrast(candidate, until_readable_on) >= ENOUGH:
            return candidate
    return towards
