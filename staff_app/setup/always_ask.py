"""Ask in every report whether anyone is in danger: switched on or off with the approval of the 911 center."""

import datetime as dt
from copy import deepcopy
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions.alarms.always_ask import ALWAYS_ASK
from requests_app.clock import app_now
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_city_columns
from staff_app.setup.go_live.forms import ApprovalForm, day_of_review
from staff_app.setup.people.forms import SetupForm

PAGE = "staff_app/setup/always_ask.html"


class AlwaysAskForm(SetupForm):
    """Switching it off is approved, too: fewer people are asked then."""

    always_ask_emergency = forms.BooleanField(
        label=gettext_lazy("Ask in every report, whatever it says"),
        help_text=gettext_lazy("On the website, in the app and at the desk. Everyone answers one more question."),
        required=False,
    )
    always_ask_approver = deepcopy(ApprovalForm.base_fields["approver"])
    always_ask_review_by = deepcopy(ApprovalForm.base_fields["review_by"])

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["always_ask_approver"].help_text = gettext_lazy(
            "Name and position of the person who agreed, like “Lt. Dana Ruiz, shift supervisor.”"
        )
        if not self.initial.get("always_ask_review_by"):
            self.initial["always_ask_review_by"] = today + dt.timedelta(days=365)

    def clean_always_ask_review_by(self) -> dt.date:
        return day_of_review(self.cleaned_data["always_ask_review_by"], self.today)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def always_ask(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    today = app_now().astimezone(request.jurisdiction.zone).date()
    make = partial(AlwaysAskForm, today=today)
    return edit_city_columns(request, make, ALWAYS_ASK, PAGE, then="staff_app:always_ask")
