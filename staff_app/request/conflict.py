"""The page for a form that someone else's change has made outdated (409): who changed what and when, and sending it again."""

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.forms import unsent_text
from requests_app.models import Event, ServiceRequest
from requests_app.rules.work import staff_actions
from staff_app import last_event
from staff_app.decorators import StaffRequest
from staff_app.request import timeline
from staff_app.unsent import NOT_KEPT


def page(request: StaffRequest, service_request: ServiceRequest, events: list[Event]) -> HttpResponse:
    """For a button without a page of its own. Hidden fields keep the form; sent again, these events have been seen."""
    posted = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_KEPT and name != last_event.FIELD
        for value in values
    ]
    context = {
        "service_request": service_request,
        "changes": timeline.change_lines(service_request, events),
        "last_event": max(event.pk for event in events),
        "posted": posted,
        "unsent_texts": unsent_text.typed_texts(request),
    }
    return render(request, "staff_app/request/changed.html", context, status=409)


def changes_since(request: StaffRequest, service_request: ServiceRequest, form: str) -> list[timeline.Change]:
    """What happened after the page of the posted form was loaded."""
    number = last_event.posted(request)
    if number is None:
        return []
    return timeline.change_lines(service_request, staff_actions.changes_since(service_request, number, form))
