"""Where members of a role that requires a second step at sign-in begin, until they have set one up."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from requests_app.rules.people.second_step import has_second_step
from staff_app.decorators import StaffRequest, staff_page


@staff_page
def second_step(request: StaffRequest) -> HttpResponse:
    if request.method == "GET" and has_second_step(request.user):
        return redirect("staff_app:queue")
    return render(request, "staff_app/second_step.html")
