"""The city's two watches: for requests without an update, and over what was said to be fixed. No one sets them for themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.setup import watch as actions
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.suspensions.forms import WatchForm


@staff_page
def watch(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    initial = {"silent_days": city.silent_days, "checked_endings": city.checked_endings}
    form = WatchForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        actions.set_watch(city, **form.cleaned_data, actor=request.user)
        messages.success(request, _("Saved."))
        return redirect("staff_app:watch")
    return render(request, "staff_app/setup/suspensions/watch.html", {"form": form}, status=422 if form.errors else 200)
