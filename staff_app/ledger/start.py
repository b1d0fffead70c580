"""The day on which 311 began. It has to be there before any count is shown: a day chosen afterward finds what one hopes to find."""

import datetime as dt

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions.setup.desk_start import DESK_START
from requests_app.clock import app_now
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_city_columns
from staff_app.setup.people.forms import SetupForm

PAGE = "staff_app/ledger/start.html"


class StartForm(SetupForm):
    desk_began_on = forms.DateField(
        label=gettext_lazy("When could people first call 311 here?"),
        help_text=gettext_lazy("The day from which calls are compared. Changing it later is in the audit."),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the day."),
            "invalid": gettext_lazy("Enter a day like 2026-11-30."),
        },
    )

    def clean_desk_began_on(self) -> dt.date:
        began_on: dt.date = self.cleaned_data["desk_began_on"]
        if began_on > app_now().date():
            raise forms.ValidationError(_("This day is in the future. Come back once 311 has begun."))
        return began_on


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def desk_start(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return edit_city_columns(request, StartForm, DESK_START, PAGE, then="staff_app:ledger_calls")
