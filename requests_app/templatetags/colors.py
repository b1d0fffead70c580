"""A city's colors in the style sheet: only real ones, and moved until letters can be read on them (WCAG, 1.4.3)."""

from django import template

from requests_app.colors import DARK_GROUND, WHITE, css, mix, moved, parse

register = template.Library()


@register.filter
def under_white(color: str | None, default: str) -> str:
    """Dark enough for white letters on it, and for letters of it on white."""
    return css(moved(parse(color, default), (0, 0, 0), WHITE))


@register.filter
def on_dark(color: str | None, default: str) -> str:
    """Light enough for dark letters on it, and for letters of it on a dark page."""
    return css(moved(parse(color, default), WHITE, DARK_GROUND))


@register.filter
def any_color(color: str | None, default: str) -> str:
    """A color that carries no letters."""
    return css(parse(color, default))


@register.filter
def darker(color: str) -> str:
    return css(mix(parse(color, "#000000"), (0, 0, 0), 0.3))


@register.filter
def lighter(color: str) -> str:
    return css(mix(parse(color, "#ffffff"), WHITE, 0.4))
