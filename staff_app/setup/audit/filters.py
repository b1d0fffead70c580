"""What the audit can be narrowed to: a form whose fields are the address's."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.choices import flatten_choices
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import references
from requests_app.actions.shared.setup_changes import KINDS
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, Service, ServiceRequest, User
from requests_app.rules.contacts import contacts
from requests_app.rules.people import permissions
from requests_app.rules.setup import audit
from staff_app.request import timeline

# The kinds of acts that people look for.
ACTS = (
    "reporter_viewed", "assigned", "transferred", "priority_set", "service_changed", "commented", "note_added", "asked",
    "put_on_hold", "resolved", "handed_over", "merged", "unmerged", "reopened", "withdrawn", "hidden", "published",
    "text_hidden", "text_restored", "photo_hidden", "photo_restored", "text_edited", "undone",
)  # fmt: skip
ACT_NAMES = {
    "assigned": gettext_lazy("Assigned"),
    "transferred": gettext_lazy("Transferred"),
    "priority_set": gettext_lazy("Priority changed"),
    "service_changed": gettext_lazy("Service changed"),
    "resolved": gettext_lazy("Resolved"),
    "put_on_hold": gettext_lazy("Put on hold"),
    "handed_over": gettext_lazy("Handed over"),
    "merged": gettext_lazy("Merged"),
    "unmerged": gettext_lazy("Unmerged"),
    "routed": gettext_lazy("Routed"),
    "triaged": gettext_lazy("Sent to triage"),
    "scheduled": gettext_lazy("Scheduled"),
    "submitted": gettext_lazy("Reported"),
    "personal_data_kept": gettext_lazy("Left personal data in after a warning"),
    "alarm_accepted": gettext_lazy("Alarm: “I have it”"),
    "emergency_called": gettext_lazy("Called 911"),
}


def act_name(kind: str) -> str:
    """The kind of an act, without what it was about."""
    return str(ACT_NAMES[kind]) if kind in ACT_NAMES else timeline.simple_words(kind)


class FiltersForm(forms.Form):
    """cleaned() gives rules.audit.Filters. Nothing that the viewer may not open can be searched for."""

    of = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    who = forms.TypedChoiceField(label=gettext_lazy("Who"), required=False, coerce=int, empty_value=None)
    service = forms.TypedChoiceField(label=gettext_lazy("Service"), required=False, coerce=int, empty_value=None)
    number = forms.CharField(label=gettext_lazy("Report or contact number"), required=False, max_length=20)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, city: Jurisdiction, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city, self.viewer = city, viewer
        self.service_requests: list[ServiceRequest] = []
        self.services = {
            service.pk: service
            for service in Service.objects.filter(jurisdiction=city).select_related("current").order_by("service_code")
        }
        staff = User.objects.filter(memberships__jurisdiction=city).distinct().order_by("name", "id")
        people = [(user.pk, str(user)) for user in staff]
        if (asked := str(self.data.get("who", ""))).isdecimal() and int(asked) not in {pk for pk, _name in people}:
            # Someone who has left: a link in the list leads here.
            people += [(int(asked), _("Someone who no longer works here"))]
        kinds = sorted(
            ((f"setup:{code}", str(name)) for code, name in KINDS.items()), key=lambda kind: kind[1].casefold()
        )
        choices: dict[str, list[Any]] = {
            "of": [
                ("", _("Everything")),
                (
                    _("Actions on requests"),
                    [("acts", _("All actions")), *((f"act:{one}", act_name(one)) for one in ACTS)],
                ),
                (
                    _("Setup"),
                    [("setup", _("All setup changes")), *kinds],
                ),
            ],
            "who": [("", _("Everyone")), *people],
            "service": [
                ("", _("All services")),
                *(
                    (pk, localized(service.current.name) if service.current else service.service_code)
                    for pk, service in self.services.items()
                ),
            ],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.tiles = False
        self.helper.show_optional = False

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        if number:
            named = ServiceRequest.objects.in_jurisdiction(self.city).filter(reference=references.parse(number) or "")
            if references.parse_contact(number):
                named = contacts.requests_of(self.city, number)
            self.service_requests = list(named.filter(permissions.visible_filter(self.viewer)))
            if not self.service_requests:
                raise forms.ValidationError(_("There’s no request with this number, or you don’t have access to it."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("This day is before the first one."))
        return cleaned

    def sentences(self) -> list[str]:
        """ "Service: Pothole", of what was filtered by; for a reader who may not see all of it, too."""
        sentences = []
        for name, field in self.fields.items():
            typed = str(self.data.get(name, ""))
            if not typed:
                continue
            choices = dict(flatten_choices(getattr(field, "choices", [])))
            text = next((str(label) for code, label in choices.items() if str(code) == typed), typed)
            if isinstance(field, forms.DateField) and (read := parse_date(typed)):
                text = date_format(read, "DATE_FORMAT")
            sentences.append(_("%(field)s: %(values)s") % {"field": field.label, "values": text})
        return sentences

    def cleaned(self) -> audit.Filters:
        typed = self.cleaned_data
        service = self.services.get(typed.get("service") or 0)
        since = self._midnight(typed["since"]) if typed.get("since") else None
        if service is not None and since is None:
            since = app_now() - dt.timedelta(days=audit.SERVICE_DAYS)
        return audit.Filters(
            of=typed.get("of", ""),
            user_id=typed.get("who"),
            service_requests=self.service_requests,
            service_id=service.pk if service else None,
            service_code=service.service_code if service else "",
            since=since,
            until=self._midnight(typed["until"] + dt.timedelta(days=1)) if typed.get("until") else None,
        )

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self.city.zone)
