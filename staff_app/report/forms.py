"""The form of a report by somebody who works here: what it is, where, and a few words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.forms import place_input
from requests_app.forms.fields import WordsField
from requests_app.forms.report_forms import PlaceForm
from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.rules.shared import intake


class StaffReportForm(PlaceForm):
    """photos: how many have arrived; without one, it needs words. Where it is, the next page asks if nothing says it."""

    service = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[],
        error_messages={
            "required": gettext_lazy("Choose what it is."),
            "invalid_choice": gettext_lazy("We no longer offer this service. Choose another one."),
        },
    )
    text = WordsField(
        label=gettext_lazy("What’s wrong?"),
        max_length=intake.DESCRIPTION_MAX,
        lines=3,
        required=False,
    )

    def __init__(
        self, *args: Any, city: Jurisdiction, offered: Sequence[ServiceVersion], photos: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, required=False, **kwargs)
        self.city, self.photos = city, photos
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (version.service.service_code, localized(version.name)) for version in offered
        ]
        self.fields["note"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("text") and not self.photos and "text" not in self.errors:
            self.add_error("text", _("Add a photo or a few words."))
        return cleaned

    def typed(self) -> dict[str, Any]:
        """As a draft stores it. Call only if it is valid."""
        data = self.cleaned_data
        return {"service": data["service"], "text": data["text"], **self._place()}

    def _place(self) -> dict[str, Any]:
        """The place, if what was typed names one; otherwise what was typed, for the page that asks."""
        address, note, point = (self.cleaned_data[name] for name in ("address", "note", "point"))
        if point is None and not address:
            return {"place_typed": {"address": "", "note": note, "lat": "", "long": ""}} if note else {}
        place = place_input.place_for(self.city, address, point, note)
        if place is not None and not place_input.problem(self.city, place):
            return {"place": place_input.marked_on_water(self.city, place), "place_typed": {}}
        at = {"lat": str(point.y), "long": str(point.x)} if point else {"lat": "", "long": ""}
        return {"place_typed": {"address": address, "note": note, **at}, "chooses_place": bool(address)}
