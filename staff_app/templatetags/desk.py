"""Tags and filters of the desk's pages."""

import datetime as dt
from typing import Any

from django import template

from requests_app import references
from requests_app.rules.contacts import ringing as rules
from staff_app.desk import ring

register = template.Library()
register.filter("contact_number", references.display_contact)


@register.filter
def as_day(text: str) -> dt.date | None:
    """A day as a draft stores it."""
    return dt.date.fromisoformat(text) if text else None


@register.inclusion_tag("staff_app/desk/_ringing.html", takes_context=True)
def ringing(context: dict[str, Any], *, is_listed: bool = False) -> dict[str, Any]:
    """What rings at the reader's telephone. is_listed: also for who has no script."""
    request = context["request"]
    address = ring.address(request, request.jurisdiction.pk)
    rows = []
    if is_listed and address:
        session = rules.session_name(request.session.session_key)
        rows = rules.at(request.user.pk, request.jurisdiction, session) or []
    return {"address": address, "calls": [ring.described(row) for row in rows], "is_listed": is_listed}
