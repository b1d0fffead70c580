"""The form that replaces an API key."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy


class ReplaceKeyForm(forms.Form):
    """Hours that the earlier key stays valid."""

    HOURS = [
        ("24", gettext_lazy("For one day")),
        ("168", gettext_lazy("For a week")),
        ("720", gettext_lazy("For 30 days")),
        ("0", gettext_lazy("Not at all: it ends now")),
    ]
    hours = forms.ChoiceField(
        label=gettext_lazy("How long should the current key keep working?"),
        choices=HOURS,
        initial="168",
        widget=forms.RadioSelect,
    )

    def overlap(self) -> dt.timedelta:
        return dt.timedelta(hours=int(self.cleaned_data["hours"]))
