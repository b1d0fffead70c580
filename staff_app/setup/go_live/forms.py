"""The form that approves the emergency check of a service."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.forms.fields import WordsField
from requests_app.rules.setup.go_live import REVIEW_WITHIN


class ApprovalForm(forms.Form):
    approver = WordsField(
        label=gettext_lazy("Who at the 911 center approved it"),
        help_text=gettext_lazy(
            "Name and position of the person who read these words, like “Lt. Dana Ruiz, shift supervisor.”"
        ),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter who at the 911 center approved it.")},
    )
    review_by = forms.DateField(
        label=gettext_lazy("Review it again by"),
        help_text=gettext_lazy("On this day the approval ends. A year from now is usual."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the day by which somebody reads it again."),
            "invalid": gettext_lazy("Enter a date, like 12/31/2027."),
        },
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        initial = {"review_by": today + dt.timedelta(days=365)}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        self.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_review_by(self) -> dt.date:
        return day_of_review(self.cleaned_data["review_by"], self.today)


def day_of_review(day: dt.date, today: dt.date) -> dt.date:
    """The day, if an approval may end then. Raises ValidationError."""
    if not today < day <= today + REVIEW_WITHIN:
        raise forms.ValidationError(_("Enter a day within the next three years."))
    return day
