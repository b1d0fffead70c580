"""A city's colors for the style sheet: validated, and adjusted for enough text contrast (WCAG 1.4.3)."""

from django import template

from requests_app.colors import DARK_GROUND, WHITE, css, mix, moved, parse

register = template.Library()


@register.filter
def under_white(color: str | None, default: str) -> str:
    """Dark enough for white text on it, and for text of this color on white."""
    return css(moved(parse(color, default), (0, 0, 0), WHITE))


@register.filter
def on_dark(color: str | None, default: str) -> str:
    """Light enough for dark text on it, and for text of this color on a dark page."""
    return css(moved(parse(color, default), WHITE, DARK_GROUND))


@register.filter
def any_color(color: str | None, default: str) -> str:
    """A color that never has text on it."""
    return css(parse(color, default))


@register.filter
def darker(color: str) -> str:
    return css(mix(parse(color, "#000000"), (0, 0, 0), 0.3))


@register.filter
def lighter(color: str) -> str:
    return css(mix(parse(color, "#ffffff"), WHITE, 0.4))
