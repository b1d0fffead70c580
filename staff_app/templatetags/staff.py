"""Template filters and tags for staff pages.

`{{ request|may_in_city:"read_outbox" }}`: whether this user has a city-wide permission, and so may follow a link.
`{{ request|may_set_up }}`: whether this user may open a page of setup.
`{{ request|may_oversee }}`: whether this user may open the overview.
`{% reviews_waiting request as waiting %}`: how many reports are pending review.
`{{ message|undoable_event }}`: the id of the event that a message's Undo button undoes, if it has one.
`{% other_cities request as cities %}`: the other cities that this user works for.
`{% sign_in_provider request as provider %}`: the city's single sign-on, if it has one.
`{{ url|qr }}`: a QR code of an address, as an SVG that grows with its box.
"""

import segno
from django import template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from requests_app.models import Jurisdiction, SignInProvider
from requests_app.rules import permissions
from staff_app.moderation import review_queue
from staff_app.overview import figures
from staff_app.request import undo
from staff_app.setup import sections
from staff_app.single_sign_on import active_provider

register = template.Library()


@register.filter
def may_in_city(request: HttpRequest, permission: str) -> bool:
    jurisdiction = getattr(request, "jurisdiction", None)
    return jurisdiction is not None and permissions.can_in_city(request.user, permission, jurisdiction)


@register.filter
def may_set_up(request: HttpRequest) -> bool:
    return any(may_in_city(request, permission) for permission in sections.PERMISSIONS)


@register.filter
def may_oversee(request: HttpRequest) -> bool:
    jurisdiction = getattr(request, "jurisdiction", None)
    return jurisdiction is not None and figures.may_open(request.user, jurisdiction)


@register.simple_tag
def reviews_waiting(request: HttpRequest) -> review_queue.Waiting:
    """How many reports this user can review; shown in the navigation of every page."""
    return review_queue.waiting(request)


@register.simple_tag
def other_cities(request: HttpRequest) -> list[Jurisdiction]:
    """Costs a query only for those who have any."""
    here = getattr(request, "jurisdiction", None)
    ids = {membership.jurisdiction_id for membership in permissions.memberships_of(request.user)}
    ids -= {here.pk} if here is not None else set()
    return list(Jurisdiction.objects.filter(pk__in=ids).only("id", "name").order_by("name")) if ids else []


@register.simple_tag
def sign_in_provider(request: HttpRequest) -> SignInProvider | None:
    return active_provider(getattr(request, "jurisdiction", None))


@register.filter
def undoable_event(message: Message) -> int | None:
    tag = message.extra_tags or ""
    return int(tag.removeprefix(undo.TAG)) if tag.startswith(undo.TAG) else None


@register.filter
def qr(url: str) -> SafeString:
    """A QR code as SVG, readable with a sixth of it damaged. It needs a white background, in dark mode too."""
    code = segno.make(url, error="q", micro=False)
    # Safe: the SVG holds only squares and no text from the URL.
    return mark_safe(code.svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None))  # noqa: S308
