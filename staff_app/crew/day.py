"""Today's work of the person who is signed in."""

from django.http import HttpResponse
from django.shortcuts import render

from staff_app.crew import stops
from staff_app.crew.script_text import crew_words
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing


@staff_page
def crew_day(request: StaffRequest) -> HttpResponse:
    at = listing.Moment.of(request.jurisdiction)
    day = stops.of(request.user, request.jurisdiction, at)
    return render(request, "staff_app/crew/crew_day.html", {"day": day, "today": at.now, "words": crew_words()})
