"""The form for new signs: assets by number, or a place, or neither; and an optional service."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from requests_app.localized import localized
from requests_app.models import Asset, Jurisdiction, ServiceVersion
from requests_app.places import addresses, assets, ownership
from requests_app.web.fields import address_attributes
from requests_app.web.text_field import WordsField

AT_ONCE = 60
# Address matches above this confidence are accepted without asking.
SURE = 0.9


class SignForm(forms.Form):
    """is_valid() also sets `assets` and `point`, and completes cleaned_data["address"] and ["label"]."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers of streetlights, trees, trash cans and so on"),
        help_text=gettext_lazy("As shown on the tag, like L00417. Put spaces between numbers."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    address = WordsField(
        label=gettext_lazy("Or a place: an address, a corner or a park"), max_length=200, required=False
    )
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    long = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    label = WordsField(
        label=gettext_lazy("Text on the sign"),
        help_text=gettext_lazy(
            "For example: Playground, Millstream Park. If you leave it blank, we’ll use the place or the number."
        ),
        max_length=80,
        required=False,
    )
    service = forms.ChoiceField(label=gettext_lazy("What is the sign about?"), required=False)

    def __init__(self, *args: Any, city: Jurisdiction, offered: list[ServiceVersion], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city = city
        self.assets: list[Asset] = []
        self.point: Point | None = None
        services = [(str(one.service_id), localized(one.name)) for one in offered]
        self.fields["service"].choices = [("", _("Any problem")), *services]  # type: ignore[attr-defined]
        self.fields["address"].widget.attrs |= address_attributes(
            f"{reverse('place_search')}?language={get_language()}", "id_lat", "id_long"
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.tiles = False

    def clean_numbers(self) -> str:
        typed: str = self.cleaned_data["numbers"]
        numbers = list(dict.fromkeys(typed.replace(",", " ").replace(";", " ").split()))
        if len(numbers) > AT_ONCE:
            raise forms.ValidationError(
                _("You can make up to %(most)d at once. You entered %(count)d.")
                % {"most": AT_ONCE, "count": len(numbers)}
            )
        known = assets.by_numbers(self.city, numbers)
        unknown = [number for number in numbers if number.upper() not in known]
        if unknown:
            words = ngettext(
                "We can’t find anything with this number: %(numbers)s",
                "We can’t find anything with these numbers: %(numbers)s",
                len(unknown),
            )
            raise forms.ValidationError(words % {"numbers": ", ".join(unknown[:10])})
        self.assets = list({known[number.upper()].pk: known[number.upper()] for number in numbers}.values())
        return typed

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        if self.assets and given["address"]:
            self.add_error("address", _("Enter numbers or a place, but not both."))
        elif given["address"]:
            self._find(given)
        elif not self.assets and not given["service"]:
            self.add_error("numbers", _("Enter a number or a place, or choose what the sign is about."))
        return given

    def _find(self, given: dict[str, Any]) -> None:
        if given["lat"] is not None and given["long"] is not None:
            self.point = Point(given["long"], given["lat"], srid=4326)
        else:
            matches = addresses.search(self.city, given["address"], limit=3)
            sure = [one for one in matches if one.confidence >= SURE]
            if not sure:
                near = ", ".join(one.label for one in matches)
                words = _("We couldn’t find this place. Did you mean: %(places)s?") % {"places": near}
                self.add_error(
                    "address",
                    words if near else _("We couldn’t find this place. Enter an address, a corner or a park."),
                )
                return
            self.point, given["address"] = sure[0].point, sure[0].label
        if not ownership.inside(self.city, self.point):
            self.add_error("address", _("This place is outside %(city)s.") % {"city": self.city.name})
