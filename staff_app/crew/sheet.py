"""A day as one page to print: the user's, or that of a team or person of their departments."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.messages import wording
from requests_app.models import Jurisdiction, Team, User
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory as directories
from requests_app.rules.work import crew_day as rules
from staff_app.crew import order, stops
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.queue.filters import departments_of

ME = "me"


class SheetForm(forms.Form):
    """whose: ME, or "team-" or "person-" with an id."""

    whose = forms.ChoiceField(
        label=gettext_lazy("Whose day?"),
        required=False,
        widget=forms.Select(attrs={"class": "usa-select"}),
        error_messages={"invalid_choice": gettext_lazy("You can’t print that day. Here’s your own.")},
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        choices=list(order.ORDERS.items()),
        required=False,
        widget=forms.Select(attrs={"class": "usa-select"}),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["whose"].choices = choices  # type: ignore[attr-defined]


@staff_page
def crew_sheet(request: StaffRequest) -> HttpResponse:
    city, user = request.jurisdiction, request.user
    form = SheetForm(request.GET, choices=_choices(user, city))
    at = listing.Moment.of(city)
    status = 200 if form.is_valid() else 422
    whose = form.cleaned_data.get("whose") or ME
    name, day = _day(whose, user, city, at)
    arranged = order.arrange(day.stops, city, order=form.cleaned_data.get("order", ""))
    context: dict[str, Any] = {
        "form": form,
        "offers_others": len(form.fields["whose"].choices) > 1,  # type: ignore[attr-defined]
        "name": name,
        "day": day,
        "today": wording.long_date(at.now.astimezone(city.zone).date()),
        "arranged": arranged,
        "most": rules.STOPS_MAX,
        "site": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "staff_app/crew/crew_sheet.html", context, status=status)


def _choices(user: User, city: Jurisdiction) -> list[tuple[str, Any]]:
    """Oneself; and the teams and people of the departments in which the user gives out work."""
    choices: list[tuple[str, Any]] = [(ME, _("Mine"))]
    if not permissions.can_in_city(user, "assign", city):
        return choices
    directory = directories.of(city)
    own = {department.pk for department in departments_of(user, city)}
    teams = sorted((one for one in directory.teams.values() if one.active and one.department_id in own), key=str)
    people = [one for one in directory.people if one.pk != user.pk and own & set(one.department_ids)]
    if teams:
        choices.append((_("Teams"), [(f"team-{one.pk}", str(one)) for one in teams]))
    if people:
        choices.append((_("People"), [(f"person-{one.pk}", one.name) for one in people]))
    return choices


def _day(whose: str, user: User, city: Jurisdiction, at: listing.Moment) -> tuple[str, stops.Day]:
    """whose: one of the choices."""
    kind, _dash, number = whose.partition("-")
    if kind == "team":
        team = get_object_or_404(Team, pk=number)
        return str(team), stops.of_team(team, user, city, at)
    if kind == "person":
        person = get_object_or_404(User, pk=number)
        return str(person), stops.of_person(person, user, city, at)
    return str(user), stops.of(user, city, at)
