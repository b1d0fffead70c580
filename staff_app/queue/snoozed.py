"""Snoozing a request for oneself, and the list of those that are."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions.work import snoozes as actions
from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.models import Jurisdiction, ServiceRequest, Snooze, User
from requests_app.rules.publication import redaction
from requests_app.rules.work import snoozes
from staff_app import in_place
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import changed_row, list_position
from staff_app.request.forms import day_field

TAG = "snoozed-"


class SnoozeForm(forms.Form):
    until = day_field(gettext_lazy("Hide it from my lists until"))

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city = city
        field = self.fields["until"]
        field.today = lambda: snoozes.tomorrow(city) - dt.timedelta(days=1)  # type: ignore[attr-defined]
        field.initial = snoozes.tomorrow(city)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        if not snoozes.tomorrow(self.city) <= day <= snoozes.last_day(self.city):
            raise forms.ValidationError(_("Enter a date from tomorrow to a year from now."))
        return day


@staff_page
def snooze(request: StaffRequest, reference: str) -> HttpResponseBase:
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    form = SnoozeForm(request.POST if request.method == "POST" else None, city=request.jurisdiction)
    if form.is_valid():
        day = form.cleaned_data["until"]
        try:
            actions.snooze(service_request, until=snoozes.morning(request.jurisdiction, day), actor=request.user)
        except actions.TooMany:
            form.add_error(None, _("You’ve snoozed %(n)s requests. Unsnooze some of them first.") % {"n": snoozes.MAX})
        else:
            words = _("%(number)s is hidden from your lists until %(date)s.")
            messages.success(
                request,
                words % {"number": service_request.display_reference, "date": wording.long_date(day)},
                extra_tags=f"{TAG}{service_request.reference}",
            )
            if in_place.is_asked(request):
                return changed_row.answer(request, service_request, is_snoozed=True)
            back = redirect("staff_app:detail", service_request.reference)
            return list_position.after_action(request, service_request, back)
    context = {"service_request": service_request, "form": form, "active": active_for(request.user, service_request)}
    return render(request, "staff_app/queue/snooze.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def unsnooze(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    actions.unsnooze(service_request, actor=request.user)
    words = _("%(number)s is in your lists again.") % {"number": service_request.display_reference}
    messages.success(request, words)
    if in_place.is_asked(request):
        return changed_row.answer(request, service_request)
    return redirect("staff_app:detail", service_request.reference)


@staff_page
def snoozed(request: StaffRequest) -> HttpResponse:
    snoozed_rows = list(snoozes.active(request.user, request.jurisdiction)[: snoozes.MAX])
    visible = (
        ServiceRequest.objects.visible_to(request.user)
        .in_jurisdiction(request.jurisdiction)
        .select_related("service_version")
        .in_bulk([one.service_request_id for one in snoozed_rows])
    )
    redaction.redact_for(request.user, visible.values())
    rows = [
        {
            "service_request": visible[one.service_request_id],
            "service": localized(visible[one.service_request_id].service_version.name),
            "until": one.until,
        }
        for one in snoozed_rows
        if one.service_request_id in visible
    ]
    return render(request, "staff_app/queue/snoozed.html", {"rows": rows})


def active_for(user: User, service_request: ServiceRequest) -> Snooze | None:
    return snoozes.active(user, service_request.jurisdiction).filter(service_request=service_request).first()
