"""The first page of setup: everything a city can shape, by subject, each with one sentence."""

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.sections import GROUPS, PERMISSIONS


@staff_page
def setup(request: StaffRequest) -> HttpResponse:
    """The pages that this user may open; groups without any are left out."""
    may = {one for one in PERMISSIONS if permissions.can_in_city(request.user, one, request.jurisdiction)}
    shown = [(name, [section for section in sections if section.either & may]) for name, sections in GROUPS]
    return render(request, "staff_app/setup/setup.html", {"groups": [group for group in shown if group[1]]})
