"""The forms of who waits for the desk: what the list shows, when to try again, and how it ended."""

import datetime as dt

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from requests_app.clock import app_now
from requests_app.models import CallBack
from requests_app.rules.contacts.call_backs import MINE, NOBODY

Text = str | Promise
Kind, Outcome = CallBack.Kind, CallBack.Outcome
KINDS: dict[str, Text] = {
    Kind.CALL_BACK: gettext_lazy("Call-back"),
    Kind.MISSED_CALL: gettext_lazy("Missed call"),
    Kind.VOICEMAIL: gettext_lazy("Voicemail"),
    Kind.TRANSFER_911: gettext_lazy("From 911"),
}
OUTCOMES: dict[str, Text] = {
    Outcome.REACHED: gettext_lazy("Reached"),
    Outcome.MESSAGE_LEFT: gettext_lazy("Left a message"),
    Outcome.NOT_REACHED: gettext_lazy("Not reached: we stop trying"),
    Outcome.NOT_NEEDED: gettext_lazy("No call needed"),
    Outcome.REVIEWED: gettext_lazy("Made public or kept for staff"),
}
OWNERS: dict[str, Text] = {
    "": gettext_lazy("Anybody"),
    NOBODY: gettext_lazy("Not taken yet"),
    MINE: gettext_lazy("Taken by me"),
}
# In minutes.
AGAIN: dict[str, Text] = {
    "30": gettext_lazy("In 30 minutes"),
    "120": gettext_lazy("In 2 hours"),
    "1440": gettext_lazy("At this time tomorrow"),
}


class WaitingForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("All")), *KINDS.items()], required=False
    )
    owner = forms.ChoiceField(label=gettext_lazy("Taken by"), choices=list(OWNERS.items()), required=False)


class AgainForm(forms.Form):
    again = forms.ChoiceField(label=gettext_lazy("Try again"), choices=list(AGAIN.items()))

    @property
    def at(self) -> dt.datetime:
        return app_now() + dt.timedelta(minutes=int(self.cleaned_data["again"]))


class EndForm(forms.Form):
    """A call of a 911 center ends by what is done with its request."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[(code, words) for code, words in OUTCOMES.items() if code != Outcome.REVIEWED],
    )
