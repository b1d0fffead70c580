"""The first page of setup: what waits, then everything a city can shape, by subject, each with one sentence; and finding it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.find import WORDS_MAX, find
from staff_app.setup.sections import GROUPS, PERMISSIONS
from staff_app.setup.to_do import to_do


@staff_page
def setup(request: StaffRequest) -> HttpResponse:
    """The pages that this user may open; groups without any are left out. ?q= finds what is set up."""
    city = request.jurisdiction
    may = {one for one in PERMISSIONS if permissions.can_in_city(request.user, one, city)}
    shown = [(name, [section for section in sections if section.either & may]) for name, sections in GROUPS]
    groups = [group for group in shown if group[1]]
    typed = request.GET.get("q", "").replace("\x00", "").strip()[:WORDS_MAX]
    context: dict[str, Any] = {"groups": groups, "typed": typed}
    if typed:
        context["matches"] = find(city, typed, [section for _name, sections in groups for section in sections])
    elif "administer" in may:
        context["to_do"] = to_do(city)
    return render(request, "staff_app/setup/setup.html", context)
