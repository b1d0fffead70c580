"""Today's work of the person who is signed in."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from requests_app import access
from requests_app.messages import wording
from requests_app.rules.publication import redaction
from requests_app.rules.truth.thanks import thanks_to
from requests_app.rules.work import crew_day as rules
from staff_app.crew import order, stops
from staff_app.crew.script_text import crew_words
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.report import report


@staff_page
def crew_day(request: StaffRequest) -> HttpResponse:
    """order: see order.ORDERS; lat and long: where the drive begins, which is not stored."""
    city = request.jurisdiction
    at = listing.Moment.of(city)
    day, thanks = stops.of(request.user, city, at), thanks_to(request.user, city)
    access.fill(thanks.newest, city)
    redaction.redact_addresses(request.user, thanks.newest, city)
    start, is_unreadable = order.read_start(request.GET)
    arranged = order.arrange(day.stops, city, order=request.GET.get("order", ""), start=start)
    place = [("lat", str(start.y)), ("long", str(start.x))] if start is not None else []
    context: dict[str, Any] = {
        "day": day,
        "today": wording.long_date(at.now.astimezone(city.zone).date()),
        "arranged": arranged,
        "orders": [
            {"name": name, "query": urlencode([("order", code), *place]), "on": code == arranged.order}
            for code, name in order.ORDERS.items()
        ],
        "start": start,
        "is_unreadable": is_unreadable,
        "most": rules.STOPS_MAX,
        "script_text": crew_words(),
        "thanks": thanks,
        **report.form_context(request),
        "unsent_reports": report.unsent(request),
        "is_folded": True,
    }
    return render(request, "staff_app/crew/crew_day.html", context)
