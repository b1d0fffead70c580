"""The look of HTML emails. Email programs know neither our style sheets nor custom properties, so each element has its own style.

tests/requests_app/messages/test_email_look.py lists what may be used, and which programs know it.
"""

from dataclasses import dataclass

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from requests_app.messages.email_parts import TONES, seal_url
from requests_app.models import Jurisdiction
from requests_app.templatetags.colors import on_dark, under_white

register = template.Library()

FONT = "font-family: Helvetica, Arial, sans-serif"
PRIMARY, HEADER, DARK_LINK = "#005ea2", "#162e51", "#73b3e7"
INK, SOFT, TINT, SHEET, PAGE = "#1b1b1b", "#565c65", "#f0f0f0", "#ffffff", "#f0f0f0"
TEXT = f"margin: 0 0 16px; {FONT}; font-size: 16px; line-height: 24px; color: {INK}; word-break: break-word"


@dataclass(frozen=True)
class Look:
    """css may hold {primary} and {header}, the city's colors. background: as an attribute too, for Outlook."""

    css: str
    background: str = ""


LOOKS: dict[str, Look] = {
    "page": Look("margin: 0; padding: 0", PAGE),
    "preheader": Look("display: none; max-height: 0; overflow: hidden; mso-hide: all"),
    "gutter": Look("padding: 16px 8px"),
    "sheet": Look("max-width: 600px; word-break: break-word", SHEET),
    "header": Look("padding: 16px 24px", "{header}"),
    "seal": Look("display: block; border: 0"),
    "city": Look(f"padding: 0 12px; {FONT}; font-size: 18px; line-height: 24px; font-weight: bold; color: #ffffff"),
    "demo": Look(f"padding: 8px 24px; {FONT}; font-size: 14px; line-height: 20px; color: #3b2f0a", "#ffe396"),
    "body": Look(f"padding: 24px 24px 8px; {FONT}; font-size: 16px; line-height: 24px; color: {INK}", SHEET),
    "block": Look(f"padding: 0 24px 16px; {FONT}; font-size: 16px; line-height: 24px; color: {INK}", SHEET),
    "title": Look(f"margin: 0 0 16px; {FONT}; font-size: 24px; line-height: 32px; color: {INK}"),
    "heading": Look(f"margin: 24px 0 8px; {FONT}; font-size: 18px; line-height: 24px; color: {INK}"),
    "text": Look(TEXT),
    "list": Look("margin: 0 0 16px; padding: 0 24px"),
    "item": Look(f"margin: 0 0 8px; {FONT}; font-size: 16px; line-height: 24px; color: {INK}"),
    "quote": Look(
        f"margin: 0 0 16px; padding: 12px 16px; {FONT}; font-size: 16px; line-height: 24px; color: {INK}", TINT
    ),
    "link": Look("color: {primary}; text-decoration: underline"),
    "picture": Look("display: block; width: 100%; height: auto; border: 0"),
    "caption": Look(f"margin: 4px 0 0; {FONT}; font-size: 14px; line-height: 20px; color: {SOFT}"),
    "half": Look("padding: 0 4px 16px; vertical-align: top"),
    # Outlook for Windows knows no padding on a link, and takes mso-padding-alt for the cell instead.
    "button": Look("border-radius: 4px; mso-padding-alt: 14px 24px", "{primary}"),
    "button-link": Look(
        f"display: inline-block; padding: 14px 24px; {FONT}; font-size: 16px; line-height: 20px; font-weight: bold; "
        "color: #ffffff; text-decoration: none"
    ),
    "outline": Look("border: 2px solid {primary}; border-radius: 4px; mso-padding-alt: 12px 24px", SHEET),
    "outline-link": Look(
        f"display: inline-block; padding: 12px 24px; {FONT}; font-size: 16px; line-height: 20px; font-weight: bold; "
        "color: {primary}; text-decoration: none"
    ),
    "foot": Look(
        f"padding: 16px 24px; border-top: 1px solid #dfe1e2; {FONT}; font-size: 14px; line-height: 20px; color: {SOFT}",
        SHEET,
    ),
    "foot-link": Look(f"color: {SOFT}; text-decoration: underline"),
    "gap": Look("font-size: 16px; line-height: 16px"),
    "pictures": Look("padding: 0 20px", SHEET),
    "question": Look(f"margin: 0 0 8px; {FONT}; font-size: 18px; line-height: 24px; font-weight: bold; color: {INK}"),
    "small": Look(f"margin: 0 0 8px; {FONT}; font-size: 14px; line-height: 20px; color: {SOFT}"),
}


@register.simple_tag(takes_context=True)
def look(context: Context, name: str) -> SafeString:
    """The class and style attributes of a part of an email, and its bgcolor."""
    colors = _colors(context.get("city"))
    found = LOOKS[name]
    css, background = (_filled(words, colors) for words in (found.css, found.background))
    return _attributes(name, css, background)


@register.simple_tag(takes_context=True)
def seal(context: Context) -> str:
    """The address of the city's seal."""
    return seal_url(context["city"])


@register.simple_tag
def status_look(tone: str) -> SafeString:
    """The same of the status line, in its color."""
    color = TONES[tone]
    css = f"padding: 16px 24px; border-top: 4px solid {color.ink}; {FONT}; color: {color.ink}"
    return _attributes(f"status {tone}", css, color.background)


@register.simple_tag
def status_words_look(tone: str, part: str) -> SafeString:
    """part: "status-title", "status-about" below it, or "status-small" within a list."""
    size = "font-size: 24px; line-height: 32px" if part == "status-title" else "font-size: 16px; line-height: 24px"
    return _attributes(f"{part} {tone}-ink", f"margin: 0; {FONT}; {size}; color: {TONES[tone].ink}", "")


@register.simple_tag(takes_context=True)
def dark_look(context: Context) -> SafeString:
    """Rules for programs that show email dark and ask us how. The others keep or invert the colors by themselves."""
    city = context.get("city")
    link = on_dark(city.colors.get("primary") if city else None, DARK_LINK)
    rules = {
        ".page": "background-color: #111111 !important",
        ".sheet, .body, .block, .pictures, .foot, .outline": "background-color: #1b1b1b !important",
        ".body, .block, .title, .heading, .text, .item, .question, .quote": "color: #f0f0f0 !important",
        ".quote": "background-color: #2d3339 !important; color: #f0f0f0 !important",
        ".caption, .small, .foot, .foot-link": "color: #c6cace !important",
        ".foot": "border-color: #565c65 !important",
        ".link, .outline-link": f"color: {link} !important",
        ".outline": f"border-color: {link} !important",
        **{
            f".{tone}": f"background-color: {color.dark} !important; border-color: {color.dark_ink} !important"
            for tone, color in TONES.items()
        },
        **{f".{tone}-ink": f"color: {color.dark_ink} !important" for tone, color in TONES.items()},
    }
    # Colors were parsed; nothing else is anybody's input.
    return mark_safe(" ".join(f"{selector} {{ {rule} }}" for selector, rule in rules.items()))  # noqa: S308


def _colors(city: Jurisdiction | None) -> dict[str, str]:
    given = city.colors if city is not None else {}
    return {
        "primary": under_white(given.get("primary"), PRIMARY),
        "header": under_white(given.get("header"), HEADER),
    }


def _filled(text: str, colors: dict[str, str]) -> str:
    for name, color in colors.items():
        text = text.replace(f"{{{name}}}", color)
    return text


def _attributes(names: str, css: str, background: str) -> SafeString:
    if not background:
        return format_html('class="{}" style="{}"', names, css)
    return format_html('bgcolor="{}" class="{}" style="background-color: {}; {}"', background, names, background, css)
