"""A safety note: what is at a place, and until when it counts."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.forms.fields import WordsField, address_attributes
from requests_app.models import Jurisdiction
from requests_app.rules.work import safety_notes
from staff_app.typed_place import find_place

WORDS_MAX = 300


class UntilForm(forms.Form):
    """Renews a note."""

    until = forms.DateField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Up to 12 months from now. After that it ends automatically, unless someone renews it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": gettext_lazy("Enter the last day it applies.")},
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        self.city, self.now = city, app_now()
        self.today = self.now.astimezone(city.zone).date()
        initial = {"until": self._latest(), **kwargs.pop("initial", {})}
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def _latest(self) -> dt.date:
        """A year from today; February 29 becomes the 28th."""
        day = min(self.today.day, 28) if self.today.month == 2 else self.today.day
        return self.today.replace(year=self.today.year + 1, day=day)

    def clean_until(self) -> dt.date:
        until: dt.date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(_("This has passed. Enter a later day."))
        if until > self._latest():
            raise forms.ValidationError(_("A note can last up to 12 months. Someone has to check again by then."))
        return until

    def ends_at(self) -> dt.datetime:
        """The end of the day that a valid form names."""
        return dt.datetime.combine(self.cleaned_data["until"], dt.time(23, 59, 59), self.city.zone)


class WordsForm(UntilForm):
    """What a note says, which may be nothing about a person."""

    words = WordsField(
        label=gettext_lazy("What should people know before they go there?"),
        help_text=gettext_lazy(
            "Only facts about the place: “The dog in the front yard isn’t on a leash.” Never who lives there, or anything about "
            "a person’s health or character."
        ),
        max_length=WORDS_MAX,
        lines=3,
        error_messages={"required": gettext_lazy("Describe what is there.")},
    )

    def clean_words(self) -> str:
        words: str = self.cleaned_data["words"]
        if refused := safety_notes.refused_words(words):
            raise forms.ValidationError(
                _("Describe what is at the place, not a person. Remove “%(words)s.”") % {"words": refused}
            )
        return words


class EditNoteForm(WordsForm):
    """Changes what a note says, and renews it."""

    field_order = ("words", "until")


class SafetyNoteForm(WordsForm):
    """A new note."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=list(safety_notes.KINDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what it is.")},
    )
    address = WordsField(
        label=gettext_lazy("Address, corner or park"),
        help_text=gettext_lazy("Or coordinates, like 40.50312, -69.00147."),
        max_length=300,
        error_messages={"required": gettext_lazy("Enter the place.")},
    )
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    point: Point | None = None

    field_order = ("kind", "words", "address", "latitude", "longitude", "until")

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, city=city, **kwargs)
        source = f"{reverse('place_search')}?language={get_language()}"
        self.fields["address"].widget.attrs |= address_attributes(source, "id_latitude", "id_longitude")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("address"):
            self.point = find_place(self, self.city, cleaned)
        return cleaned
