"""A city's colors for the style sheet: validated, and adjusted for enough text contrast (WCAG 1.4.3)."""

from django import template

from requests_app.drawing.colors import DARK_BACKGROUND, WHITE, adjusted, css, mix, parse

register = template.Library()


@register.filter
def under_white(color: str | None, default: str) -> str:
    """Dark enough for white text on it, and for text of this color on white."""
    return css(adjusted(parse(color, default), (0, 0, 0), WHITE))


@register.filter
def on_dark(color: str | None, default: str) -> str:
    """Light enough for dark text on it, and for text of this color on a dark page."""
    return css(adjusted(parse(color, default), WHITE, DARK_BACKGROUND))


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
