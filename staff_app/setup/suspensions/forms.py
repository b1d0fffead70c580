"""Forms of stopped clocks and of the watches."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.models import Area, ClockSuspension, Jurisdiction, Service, ServiceVersion
from staff_app.request.forms import Choices, services_by_category
from staff_app.setup.texts.forms import TextsForm

DAYS_MAX = 90
REASON_MAX = 100
FORMAT = "%Y-%m-%dT%H:%M"


def _time() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT)


def _problem_of_end(ends_at: dt.datetime, starts_at: dt.datetime) -> str:
    if ends_at <= starts_at:
        return _("It must end after it starts.")
    if ends_at <= timezone.now():
        return _("This has passed. Enter a later time.")
    if ends_at - starts_at > dt.timedelta(days=DAYS_MAX):
        return _("Clocks may be stopped for %(days)s days at most.") % {"days": DAYS_MAX}
    return ""


def _areas_by_layer(city: Jurisdiction) -> list[tuple[str, Choices]]:
    found: dict[str, Choices] = {}
    for area in Area.objects.filter(jurisdiction=city).only("layer", "name").order_by("layer", "name", "id"):
        found.setdefault(area.layer, []).append((area.pk, area.label))
    return [(layer.replace("_", " ").capitalize(), areas) for layer, areas in found.items()]


class SuspensionForm(TextsForm):
    text_fields = {
        "reason": {
            "label": gettext_lazy("Reason"),
            "max_length": REASON_MAX,
            "help_text": gettext_lazy("Staff and residents read it. For example: Snow emergency."),
            "error_messages": {"required": gettext_lazy("Enter the reason in this language.")},
        }
    }
    rest = ("services", "areas", "starts_at", "ends_at")

    services = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Services"),
        help_text=gettext_lazy("Choose none, and it counts for all services."),
        queryset=Service.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Areas"),
        help_text=gettext_lazy("Choose none, and it counts for the whole city."),
        queryset=Area.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Now or later. It can’t apply to time that has already passed."),
        widget=_time(),
    )
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("You can change the end later."),
        widget=_time(),
        error_messages={"required": gettext_lazy("Enter when it ends.")},
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, city=city, **kwargs)
        services, areas = self.fields["services"], self.fields["areas"]
        services.queryset = Service.objects.filter(jurisdiction=city, active=True)  # type: ignore[attr-defined]
        versions = ServiceVersion.objects.filter(pk__in=services.queryset.values("current")).select_related("category")  # type: ignore[attr-defined]
        services.choices = services_by_category(versions, "service_id")  # type: ignore[attr-defined]
        areas.queryset = Area.objects.filter(jurisdiction=city)  # type: ignore[attr-defined]
        areas.choices = _areas_by_layer(city)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and starts_at < timezone.now() - dt.timedelta(minutes=15):
            self.add_error("starts_at", _("This has passed. Clocks can be stopped from now on."))
        elif starts_at and ends_at and (problem := _problem_of_end(ends_at, starts_at)):
            self.add_error("ends_at", problem)
        return cleaned

    def columns(self) -> dict[str, Any]:
        return {"reason": self.texts("reason"), **{name: self.cleaned_data[name] for name in self.rest}}


class EndForm(forms.Form):
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Until"), widget=_time(), error_messages={"required": gettext_lazy("Enter when it ends.")}
    )

    def __init__(self, *args: Any, suspension: ClockSuspension, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": {"ends_at": suspension.ends_at}, **kwargs})
        self.suspension = suspension
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False

    def clean_ends_at(self) -> dt.datetime:
        ends_at: dt.datetime = self.cleaned_data["ends_at"]
        if problem := _problem_of_end(ends_at, self.suspension.starts_at):
            raise forms.ValidationError(problem)
        return ends_at


class WatchForm(forms.Form):
    silent_days = forms.IntegerField(
        label=gettext_lazy("Days without an update"),
        help_text=gettext_lazy("After this many days without a public update, we ask staff for the reason."),
        min_value=1,
        max_value=365,
    )
    checked_endings = forms.IntegerField(
        label=gettext_lazy("Places to check each week"),
        help_text=gettext_lazy(
            "In each department. They’re picked at random, and another team checks them. Enter 0 for none."
        ),
        min_value=0,
        max_value=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
