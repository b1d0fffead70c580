"""The desk's first page: begin a contact, go on with one, and what this taker took today."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from requests_app.actions.contacts import contacts
from requests_app.clock import app_now
from requests_app.models import Channel, Contact
from requests_app.rules.contacts import contacts as rules
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk import keys
from staff_app.desk.forms import CHANNELS, OUTCOMES, StartForm

PERMISSION = "submit_for_others"
LOG_SHOWN = 30


@staff_page
def desk(request: StaffRequest) -> HttpResponse:
    need_in_city(request, PERMISSION)
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["channel"] == Channel.LETTER:
            # Its targets count from the day it came.
            return redirect("staff_app:paper")
        contact = contacts.start(
            request.jurisdiction, taker=request.user, language=request.jurisdiction.languages[0], **form.cleaned_data
        )
        return redirect("staff_app:contact", contact.number)
    now = app_now()
    midnight = dt.datetime.combine(
        now.astimezone(request.jurisdiction.zone).date(), dt.time(), request.jurisdiction.zone
    )
    mine = Contact.objects.filter(jurisdiction=request.jurisdiction, taker=request.user)
    closed = mine.filter(closed_at__gte=midnight).order_by("-started_at", "-id")[:LOG_SHOWN]
    context = {
        "form": form,
        "open": open_rows(request),
        "closed": [row(one) for one in closed],
    }
    return render(request, "staff_app/desk/desk.html", context, status=422 if form.errors else 200)


def row(contact: Contact) -> dict[str, Any]:
    """A contact in a list."""
    return {
        "contact": contact,
        "channel": CHANNELS.get(contact.channel, contact.get_channel_display()),
        "outcome": OUTCOMES.get(contact.outcome, gettext_lazy("Open")),
    }


def open_rows(request: StaffRequest, *, but: Contact | None = None) -> list[dict[str, Any]]:
    """The taker's open contacts; the first three have a key. but: the one that is shown."""
    key_of = keys.of(request.user)
    others = [one for one in rules.open_of(request.user, request.jurisdiction) if one != but]
    return [row(one) | {"key": key_of.get(f"parked_{number}", "")} for number, one in enumerate(others, 1)]
