"""What staff pages say with a filter.

`{{ request|may_in_city:"read_outbox" }}`: whether a link to a page of the whole city leads anywhere for this reader.
`{% reviews_waiting request as waiting %}`: how many reports wait for a look before everybody can read them.
`{{ url|qr }}`: a QR code of an address, as an SVG that grows with its box.
"""

import segno
from django import template
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from requests_app.rules import permissions
from staff_app.moderation import review_queue

register = template.Library()


@register.filter
def may_in_city(request: HttpRequest, permission: str) -> bool:
    jurisdiction = getattr(request, "jurisdiction", None)
    return jurisdiction is not None and permissions.can_in_city(request.user, permission, jurisdiction)


@register.simple_tag
def reviews_waiting(request: HttpRequest) -> review_queue.Waiting:
    """How many reports wait for a look by this reader. Asked on each page: nobody looks for what is not shown."""
    return review_queue.waiting(request)


@register.filter
def qr(url: str) -> SafeString:
    """Read even if a sixth of it is scratched or dirty. The page around it must be white there, in the dark too."""
    code = segno.make(url, error="q", micro=False)
    # Of our own making: squares, and none of the letters of the address.
    return mark_safe(code.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None))  # noqa: S308
