"""Template filters and tags for staff pages.

`{{ request|may_in_city:"read_outbox" }}`: whether this user has a city-wide permission, and so may follow a link.
`{{ request|may_set_up }}`: whether this user may open a page of setup.
`{{ request|may_oversee }}`: whether this user may open the overview.
`{% reviews_waiting request as waiting %}`: how many reports are pending review.
`{% unread_notices request as unread %}`: how many notices this user has not read, "3" or "9+"; empty for none.
`{{ text|with_mentions:named }}`: a note whose @handles are links.
`{{ message|undoable_event }}`: the id of the event that a message's Undo button undoes, if it has one.
`{% ringing_alarms request as lines %}`: the alarms that nobody has taken, for the lines on top of every page.
`{% other_cities request as cities %}`: the other cities that this user works for.
`{% editors_here request as here %}`: who else edits this page of setup, and the token of its poll; nothing for those who may not.
`{% sign_in_provider request as provider %}`: the city's single sign-on, if it has one.
`{% bulk_choices request as choices %}`: what the user may do to ticked rows, their macros, and the rest of the queue's address.
`{% copied_at as since %}`: about when the copy of another installation that this database is was taken; nothing if it's none.
`{{ url|qr }}`: a QR code of an address, as an SVG that grows with its box.
"""

import datetime as dt
import html
import re
from typing import Any
from urllib.parse import urlencode

import segno
from django import template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from requests_app.actions.people import staff_notices
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, SignInProvider, User
from requests_app.rules.people import permissions
from requests_app.rules.shared import installation
from staff_app.moderation import review_queue
from staff_app.overview import figures
from staff_app.queue import alarms, bulk_words, macro_choices, updates
from staff_app.request import undo
from staff_app.setup import sections
from staff_app.single_sign_on import active_provider

register = template.Library()
# An @handle in escaped text.
MENTION = re.compile(r"(?<![\w@.+-])@((?:[\w.+’-]|&\#x27;)*\w)")


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
def editors_here(request: Any) -> dict[str, str] | None:
    match = request.resolver_match
    if match is None or not may_set_up(request):
        return None
    place = " ".join([match.view_name, *(str(match.kwargs[name]) for name in sorted(match.kwargs))])
    page = updates.OpenPage(place=place, either=sections.PERMISSIONS)
    return {"sentence": updates.join_editors(request, place), "token": page.token(request.user)}


@register.simple_tag
def copied_at() -> dt.datetime | None:
    return installation.copy_from()


@register.simple_tag
def reviews_waiting(request: HttpRequest) -> review_queue.Waiting:
    """How many reports this user can review; shown in the navigation of every page."""
    return review_queue.waiting(request)


@register.simple_tag
def unread_notices(request: HttpRequest) -> str:
    """At most 30 seconds old; shown in the bar of every page."""
    jurisdiction = getattr(request, "jurisdiction", None)
    if jurisdiction is None or not isinstance(request.user, User):
        return ""
    count = staff_notices.unread_count(request.user, jurisdiction)
    return f"{staff_notices.COUNT_MAX}+" if count > staff_notices.COUNT_MAX else str(count or "")


@register.simple_tag
def ringing_alarms(request: HttpRequest) -> list[alarms.Line]:
    """At most some seconds old; shown on every page of a member of staff of this city."""
    jurisdiction = getattr(request, "jurisdiction", None)
    if jurisdiction is None or not isinstance(request.user, User):
        return []
    if not any(one.jurisdiction_id == jurisdiction.pk for one in permissions.memberships_of(request.user)):
        return []
    return alarms.lines(request.user, jurisdiction)


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


@register.simple_tag
def bulk_choices(request: HttpRequest) -> dict[str, Any]:
    """No query as a rule: the macros are kept for a minute."""
    user, city = request.user, getattr(request, "jurisdiction", None)
    if not isinstance(user, User) or city is None:
        return {}
    match = request.resolver_match
    tab = [("tab", "mine")] if match is not None and match.url_name == "mine" else []
    return {
        "verbs": [(verb, bulk_words.VERBS[verb]) for verb in bulk_words.IN_BULK if may_in_city(request, verb)],
        "macros": macro_choices.offered(user, city),
        "seen": app_now().isoformat(),
        "pairs": [
            *tab,
            *((name, value) for name, values in request.GET.lists() if name != "cursor" for value in values),
        ],
    }


@register.filter
def with_mentions(text: str, named: dict[str, int]) -> SafeString:
    """The text of a note, with each colleague named in it as a link to their requests. named: ids by handle."""

    def linked(match: re.Match[str]) -> str:
        handle = html.unescape(match.group(1))
        if handle not in named:
            return match.group(0)
        url = f"{reverse('staff_app:queue')}?{urlencode({'assignee': named[handle]})}"
        return f'<a href="{escape(url)}">{match.group(0)}</a>'

    # Safe: escaped first, and only links of our own are added.
    return mark_safe(MENTION.sub(linked, linebreaksbr(text)))  # noqa: S308


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


# About twelve lines on the page of a request; a little more is shown whole.
FOLD_LINES, LINE_LENGTH, SLACK = 12, 90, 3


@register.filter
def folded(text: str) -> tuple[str, str]:
    """The first twelve lines and the rest, which is empty unless it is more than a few lines."""
    lines, end = 0, 0
    for line in text.splitlines(keepends=True):
        needed = max(1, -(-len(line) // LINE_LENGTH))
        if lines + needed > FOLD_LINES:
            end += text[end : end + (FOLD_LINES - lines) * LINE_LENGTH].rfind(" ") + 1 if needed > 1 else 0
            break
        lines, end = lines + needed, end + len(line)
    first, rest = text[:end], text[end:]
    left = sum(max(1, -(-len(line) // LINE_LENGTH)) for line in rest.splitlines())
    return (first, rest) if left > SLACK and first else (text, "")
