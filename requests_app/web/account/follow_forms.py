"""Forms for email updates on your own report, or on an area, a service, a place or an asset."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.forms.fields import email_field
from requests_app.messages.wording import distance_words
from requests_app.models import Cadence
from requests_app.rules.following.follow_target import RADII

CADENCES = [
    (Cadence.AT_ONCE.value, _("Right away, one email for each update")),
    (Cadence.DAILY.value, _("Once a day, all updates in one email")),
    (Cadence.WEEKLY.value, _("Once a week, on Mondays")),
]


class CadenceForm(forms.Form):
    cadence = forms.ChoiceField(label=_("How often?"), choices=CADENCES, widget=forms.RadioSelect)


class SubscribeForm(CadenceForm):
    """The URL says what to follow; a place also needs a radius."""

    email = email_field(_("We’ll email you a link first. Updates start after you confirm."))
    radius = forms.TypedChoiceField(
        label=_("How far around it?"),
        choices=lambda: [(meters, distance_words(meters)) for meters in RADII],
        coerce=int,
        widget=forms.RadioSelect,
    )
    field_order = ["email", "radius", "cadence"]

    def __init__(self, *args: Any, radius: int | None, with_cadence: bool = True, **kwargs: Any) -> None:
        """radius: meters around the place on the previous page; None if it isn't a place."""
        near = next((meters for meters in RADII if radius and meters >= radius), RADII[-1])
        kwargs["initial"] = {"cadence": Cadence.DAILY, "radius": near, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        if radius is None:
            del self.fields["radius"]
        if not with_cadence:
            del self.fields["cadence"]
