"""Template filters for distances, for the page of a place, and for map pictures."""

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app.messages import wording
from requests_app.models import ServiceRequest
from requests_app.places import map_picture_links, named
from requests_app.places.public_place import listed_by_place

register = template.Library()


register.filter(wording.distance_words)
register.filter("public_words", named.public_words)


@register.filter
def page_of_place(service_request: ServiceRequest) -> str:
    """URL of the page of the request's public place (block, corner or landmark); empty if there is none."""
    if not service_request.is_public or not service_request.public_address or not listed_by_place(service_request):
        return ""
    path = named.path_of(service_request.public_address)
    return reverse("requests_app:place", args=[path]) if path else ""


register.filter("picture_of_area", map_picture_links.of_area)
register.filter("picture_of_service", map_picture_links.of_service)
register.filter("picture_of_place", map_picture_links.of_place)


@register.filter
def picture_of_report(service_request: ServiceRequest, kind: str = "") -> str:
    """The subject of its map picture, with kind="neighbors" among the open reports around it; empty if it has none."""
    if not service_request.is_public or service_request.public_point is None or not listed_by_place(service_request):
        return ""
    return map_picture_links.of_report(service_request, with_neighbors=kind == "neighbors")


@register.simple_tag
def map_backdrop() -> SafeString:
    """The city without names, behind the home page's first form; nothing to read."""
    backdrop = map_picture_links.BACKDROP
    day, night = (map_picture_links.path(backdrop, "wide", at_night=dark) for dark in (False, True))
    return format_html(
        '<picture class="hero__map"><source media="(prefers-color-scheme: dark)" srcset="{}"><img src="{}" width="1200" '
        'height="630" alt=""></picture>',
        night,
        day,
    )


@register.inclusion_tag("requests_app/_map_picture.html", takes_context=True)
def map_picture(context: RequestContext, subject: str, alt: str, size: str = "medium") -> dict[str, Any]:
    """The picture as an element that fits the screen and its colors; nothing if the city has no layers or subject is empty."""
    if not subject or not context["city"].basemap_version:
        return {}

    def source(name: str, media: str) -> dict[str, Any]:
        width, height = map_picture_links.SIZES[name]
        night = "dark" in media
        return {
            "url": map_picture_links.path(subject, name, at_night=night),
            "media": media,
            "width": width,
            "height": height,
        }

    phone, dark = "(max-width: 40em)", "(prefers-color-scheme: dark)"
    sources = [source("small", f"{phone} and {dark}"), source("small", phone), source(size, dark)]
    return {"alt": alt, "sources": sources, "image": source(size, "")}
