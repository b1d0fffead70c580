"""Address and place search forms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from requests_app.forms.fields import WordsField, address_attributes

ADDRESS_MAX = 200


class AddressForm(forms.Form):
    """Sent by POST, so that no URL has the address. Stores nothing."""

    q = WordsField(
        label=gettext_lazy("Your address"),
        help_text=gettext_lazy("For example, 12 Elm St. Only this device keeps it."),
        max_length=ADDRESS_MAX,
        error_messages={"required": gettext_lazy("Enter an address, a corner or a park.")},
    )
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    long = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Its own ids, since the home page has other forms too.
        super().__init__(*args, **{"auto_id": "address_%s", **kwargs})
        # A point is enough.
        self.fields["q"].required = not self.data.get("lat")
        self.fields["q"].widget.attrs |= address_attributes(reverse("place_search"), "address_lat", "address_long")


def typed_or_chosen(sent: QueryDict) -> Mapping[str, str]:
    """The data of a form that was sent with an address, or with one of several matches (`choice`: latitude,longitude;label)."""
    place, _comma, label = sent.get("choice", "").partition(";")
    lat, _comma, long = place.partition(",")
    return {"q": label, "lat": lat, "long": long} if place else sent


class PlaceForm(AddressForm):
    """The same box for finding reports, where an address means its block. Sent by GET, so that the result can be bookmarked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = gettext_lazy("An address, a corner, a park or the number on a street light")
        self.fields["q"].help_text = gettext_lazy("For example, 12 Elm St or L00417. We don’t save it.")


class MapPlaceForm(PlaceForm):
    """The same, above the map, which comes soon after it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = gettext_lazy("Address, corner, park or street light number")
        self.fields["q"].help_text = ""
        self.fields["q"].widget.attrs["class"] = "usa-input"
