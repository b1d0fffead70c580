"""The form of a target."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.clock import app_now
from requests_app.forms.fields import WordsField
from requests_app.models import Area, Calendar, Service, Target
from requests_app.models.geography import area_label
from requests_app.rules.promises.service_levels import LONGEST
from requests_app.rules.shared.priorities import PRIORITIES
from staff_app.due import target_length

UNITS = [
    (Target.Unit.MINUTES, gettext_lazy("minutes")),
    (Target.Unit.HOURS, gettext_lazy("hours")),
    (Target.Unit.DAYS, gettext_lazy("days, weekends included")),
    (Target.Unit.BUSINESS_DAYS, gettext_lazy("business days")),
]
KINDS = [
    (Target.Kind.ACKNOWLEDGE, gettext_lazy("Until staff have reviewed it")),
    (Target.Kind.RESOLVE, gettext_lazy("Until it’s done")),
]
YEARS_AHEAD = 5
WHOLE_NUMBER = gettext_lazy("Enter a whole number, like 3.")


class TargetForm(forms.Form):
    """is_valid() also sets `target`, which isn't saved yet."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the target is about"),
        choices=KINDS,
        initial=Target.Kind.RESOLVE,
        widget=forms.RadioSelect,
    )
    value = forms.IntegerField(
        label=gettext_lazy("How many"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": WHOLE_NUMBER, "invalid": WHOLE_NUMBER},
    )
    unit = forms.ChoiceField(label=gettext_lazy("Of what"), choices=UNITS, initial=Target.Unit.BUSINESS_DAYS)
    calendar = forms.ChoiceField(
        label=gettext_lazy("Counted in the hours of"),
        required=False,
        help_text=gettext_lazy("“Days” counts every day, even when the calendar is closed."),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("For which priority"),
        choices=[("", gettext_lazy("Every priority")), *PRIORITIES.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )
    area = forms.ChoiceField(
        label=gettext_lazy("For which area"),
        required=False,
        help_text=gettext_lazy("A target for an area overrides one for a priority, and both override the general one."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Counts from"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("For reports sent on this day or later. Today means from now on."),
        error_messages={
            "required": gettext_lazy("Enter the day it takes effect."),
            "invalid": gettext_lazy("Enter a real date, with month, day and year."),
        },
    )
    agreed_by = WordsField(
        label=gettext_lazy("Who agreed to it"),
        max_length=200,
        help_text=gettext_lazy("For example: City Council, Resolution 26-114."),
        error_messages={"required": gettext_lazy("Enter who agreed to this target.")},
    )
    # Says that what is saved is what the preview was about.
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.service, self.city = service, service.jurisdiction
        self.today = app_now().astimezone(self.city.zone).date()
        self.target: Target | None = None
        calendars = Calendar.objects.filter(jurisdiction=self.city).order_by("code")
        self.calendars = {str(one.pk): one for one in calendars}
        layers: dict[str, list[tuple[str, str]]] = {}
        self.areas: dict[str, Area] = {}
        for area in (
            Area.objects.filter(jurisdiction=self.city, is_ours=True).defer("polygon").order_by("layer", "name")
        ):
            self.areas[str(area.pk)] = area
            layers.setdefault(area.layer, []).append((str(area.pk), area_label(area.layer, area.name)))
        grouped = [(layer.replace("_", " ").capitalize(), areas) for layer, areas in layers.items()]
        self.fields["calendar"].choices = [  # type: ignore[attr-defined]
            ("", _("The department that does the work")),
            *((pk, one.code) for pk, one in self.calendars.items()),
        ]
        self.fields["area"].choices = [("", _("The whole city")), *grouped]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = self.today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_valid_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["valid_from"]
        if day < self.today:
            raise forms.ValidationError(
                _("Choose today or a later day. Reports already sent keep the target they have.")
            )
        if day.year > self.today.year + YEARS_AHEAD:
            raise forms.ValidationError(_("Choose a day within the next %(n)d years.") % {"n": YEARS_AHEAD})
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        value, unit = cleaned.get("value"), cleaned.get("unit")
        if value is not None and unit:
            longest = LONGEST[Target.Unit(unit)]
            if value < 1:
                self.add_error("value", _("A target must be at least 1."))
            elif value > longest:
                words = _("That’s too long. The longest target is %(longest)s.")
                self.add_error("value", words % {"longest": target_length(longest, unit)})
        if not self.errors:
            day = cleaned["valid_from"]
            self.target = Target(
                service=self.service,
                kind=cleaned["kind"],
                value=cleaned["value"],
                unit=cleaned["unit"],
                calendar=self.calendars.get(cleaned["calendar"]),
                priority=cleaned["priority"],
                area=self.areas.get(cleaned["area"]),
                valid_from=app_now() if day == self.today else dt.datetime.combine(day, dt.time(), self.city.zone),
                agreed_by=cleaned["agreed_by"],
            )
        return cleaned

    def digest(self) -> list[str]:
        """What a preview was about."""
        names = ("kind", "value", "unit", "calendar", "priority", "area", "valid_from")
        return [str(self.service.pk), *(str(self.cleaned_data[name]) for name in names)]
