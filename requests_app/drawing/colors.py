"""Color arithmetic: parsing, contrast (WCAG 1.4.3) and adjusting a color until it is readable."""

import re

WHITE = (255, 255, 255)
# The lightest background behind a link in dark mode: --quiet-tint in static/css/site.css.
DARK_BACKGROUND = (43, 52, 61)
# Slightly above WCAG's 4.5, because browsers round.
CONTRAST_MIN = 4.6

Color = tuple[int, int, int]


def parse(color: str | None, default: str) -> Color:
    """Parses `#rgb` or `#rrggbb`. Returns the default for anything else, so that branding cannot inject CSS."""
    text = color if isinstance(color, str) and re.fullmatch(r"#(?:[0-9a-fA-F]{3}){1,2}", color) else default
    digits = text[1:] if len(text) == 7 else "".join(digit * 2 for digit in text[1:])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def css(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def luminance(color: Color) -> float:
    """Relative luminance, 0 to 1, as defined by WCAG 2.2."""
    parts = [part / 255 for part in color]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(color: Color, background: Color) -> float:
    """Contrast ratio: 1 (same color) to 21 (black on white)."""
    low, high = sorted([luminance(color), luminance(background)])
    return (high + 0.05) / (low + 0.05)


def mix(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def adjusted(color: Color, towards: Color, until_readable_on: Color) -> Color:
    """Mixes `color` towards another in steps of 5% until the contrast is sufficient."""
    for step in range(21):
        candidate = mix(color, towards, step / 20)
        if contrast(candidate, until_readable_on) >= CONTRAST_MIN:
            return candidate
    return towards
