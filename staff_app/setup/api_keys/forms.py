"""Forms of API keys: their terms, their replacement, and the answer to who asked for one."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField
from requests_app.forms.replace_key import ReplaceKeyForm
from requests_app.models import ApiKey, Jurisdiction, Sensor, Service, User
from requests_app.models.api_key import CALLS_A_MINUTE, Scope
from requests_app.places import assets
from requests_app.rules.people import permissions
from requests_app.rules.programs import api_keys as rules

REPLY_MAX = 1000
# Scopes that reach what isn't public; only who administers the whole city gives them.
OF_ADMINISTRATORS = (Scope.STAFF, Scope.CONTACTS)


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False


class TermsForm(PlainForm):
    """Name and terms of a key. user: who gives it."""

    name = forms.CharField(
        label=gettext_lazy("Who will use it?"),
        max_length=100,
        help_text=gettext_lazy("For example: Streetlight app"),
        error_messages={"required": gettext_lazy("Enter who will use the key.")},
    )
    contact = forms.EmailField(
        label=gettext_lazy("Contact email"),
        required=False,
        max_length=254,
        error_messages={"invalid": gettext_lazy("Enter an email address like name@example.com.")},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    acts_as = forms.ModelChoiceField(
        label=gettext_lazy("Whose permissions apply when it works on requests?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody’s"),
        help_text=gettext_lazy("Only for “Work on requests.” What the program does is recorded under this name."),
    )
    calls_a_minute = forms.IntegerField(
        label=gettext_lazy("Calls a minute"), min_value=1, max_value=rules.LIMIT_MOST, initial=CALLS_A_MINUTE
    )
    reports_a_day = forms.IntegerField(
        label=gettext_lazy("Reports a day"),
        help_text=gettext_lazy("Leave it blank for no daily limit. Refused reports count, too."),
        min_value=1,
        max_value=rules.LIMIT_MOST,
        required=False,
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Leave it blank if the key doesn’t expire."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    networks = forms.CharField(
        label=gettext_lazy("Only from these networks"),
        help_text=gettext_lazy("One per line, like 192.0.2.0/24 or 2001:db8::/32. Leave it blank for anywhere."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_test = forms.BooleanField(
        label=gettext_lazy("Test key: everything sent with it is a test, and only this key can see it"), required=False
    )

    def __init__(self, *args: Any, city: Jurisdiction, user: User, key: ApiKey | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.city, self.key = city, key
        if key is not None:
            # What was sent with it is marked already.
            del self.fields["is_test"]
        members = User.objects.filter(is_active=True, memberships__jurisdiction=city).distinct().order_by("name", "id")
        if not permissions.can_in_city(user, "administer", city):
            members = members.filter(pk=user.pk)
            given = key.scopes if key is not None else []
            open_to_them = [pair for pair in Scope.choices if pair[0] not in OF_ADMINISTRATORS or pair[0] in given]
            self.fields["scopes"].choices = open_to_them  # type: ignore[attr-defined]
        self.fields["acts_as"].queryset = members  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        self.expires_at: dt.datetime | None = None
        if day is None:
            return None
        try:
            self.expires_at = rules.end_of(day, self.city)
        except OverflowError:
            raise forms.ValidationError(_("Enter a day before the year 9999.")) from None
        is_unchanged = self.key is not None and self.key.expires_at == self.expires_at
        if self.expires_at <= app_now() and not is_unchanged:
            raise forms.ValidationError(_("This day has passed. To end a key now, revoke it."))
        return day

    def clean_networks(self) -> list[str]:
        try:
            networks = rules.read_networks(self.cleaned_data["networks"])
        except rules.BadNetwork as error:
            words = _("“%(word)s” is not a network. Write it like 192.0.2.0/24 or 2001:db8::/32.")
            raise forms.ValidationError(words % {"word": str(error)}) from None
        if len(networks) > rules.NETWORKS_MAX:
            raise forms.ValidationError(_("Enter at most %(most)s networks.") % {"most": rules.NETWORKS_MAX})
        return networks

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        acts, scopes = cleaned.get("acts_as"), cleaned.get("scopes")
        if scopes and Scope.STAFF in scopes and acts is None and "acts_as" not in self.errors:
            self.add_error("acts_as", _("Choose whose permissions apply when it works on requests."))
        elif acts is not None and scopes is not None and Scope.STAFF not in scopes:
            self.add_error(
                "acts_as", _("This is only for keys that work on requests. Choose “Nobody’s,” or allow that above.")
            )
        return cleaned

    def terms(self) -> dict[str, Any]:
        """For api_keys.create() and the action change()."""
        cleaned = self.cleaned_data
        names = ("name", "contact", "acts_as", "calls_a_minute", "reports_a_day", "networks")
        kept = {name: cleaned[name] for name in (*names, "is_test") if name in cleaned}
        if "scopes" in cleaned:
            kept["scopes"] = rules.read_scopes(cleaned["scopes"])
        return {**kept, "expires_at": self.expires_at}


class ApproveForm(TermsForm):
    """Only what wasn't asked for: what the key may do and whether it is a test key stays as it was asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("contact", "scopes", "acts_as", "is_test"):
            del self.fields[name]


def initial_terms(key: ApiKey) -> dict[str, Any]:
    """What TermsForm shows of a key."""
    ends = key.expires_at
    return {
        "name": key.name,
        "contact": key.contact,
        "scopes": key.scopes,
        "acts_as": key.acts_as_id,
        "calls_a_minute": key.calls_a_minute,
        "reports_a_day": key.reports_a_day,
        # Its end is the midnight after its last day.
        "expires_on": (ends - dt.timedelta(seconds=1)).astimezone(key.jurisdiction.zone).date() if ends else None,
        "networks": "\n".join(key.networks),
    }


class ReplaceForm(PlainForm, ReplaceKeyForm):
    """As on the page of the key's contact."""


class DeclineForm(PlainForm):
    reply = WordsField(
        label=gettext_lazy("Why not?"),
        help_text=gettext_lazy("We’ll email this to the person who asked."),
        max_length=REPLY_MAX,
        lines=4,
        error_messages={"required": gettext_lazy("Say why, so that they know what to do.")},
    )


class SensorForm(PlainForm):
    """At which asset a device measures what, and from which value on it's an alarm."""

    asset = forms.CharField(
        label=gettext_lazy("Number of the asset"),
        max_length=60,
        help_text=gettext_lazy("As on the map, like P0017. The request is about this place."),
    )
    measure = forms.RegexField(
        r"^[a-z0-9_]+$",
        label=gettext_lazy("What it measures, as the device calls it"),
        max_length=40,
        help_text=gettext_lazy("For example: water_level"),
        error_messages={"invalid": gettext_lazy("Use small letters, digits and underscores, like water_level.")},
    )
    unit = WordsField(label=gettext_lazy("Unit"), required=False, max_length=20)
    alarm_below = forms.FloatField(label=gettext_lazy("Alarm below"), required=False)
    alarm_above = forms.FloatField(label=gettext_lazy("Alarm above"), required=False)
    service = forms.ChoiceField(
        label=gettext_lazy("Service of the request"),
        help_text=gettext_lazy("Its questions aren’t asked: a device can’t answer them."),
    )
    description = WordsField(
        label=gettext_lazy("Text of the request"),
        max_length=200,
        help_text=gettext_lazy("Everyone can read it if the service is public. The value is added."),
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.city = city
        services = Service.objects.filter(jurisdiction=city, active=True, current__isnull=False).select_related(
            "current"
        )
        self.services = {one.service_code: one for one in services}
        named = sorted(
            ((code, localized(one.current.name)) for code, one in self.services.items() if one.current),
            key=lambda pair: pair[1].casefold(),
        )
        self.fields["service"].choices = [("", _("Choose a service")), *named]  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, sensor: Sensor) -> dict[str, Any]:
        names = ("measure", "unit", "alarm_below", "alarm_above", "description")
        shown = {name: getattr(sensor, name) for name in names}
        return shown | {"asset": sensor.asset_number, "service": sensor.service.service_code}

    def clean_asset(self) -> str:
        asset = assets.by_number(self.city, self.cleaned_data["asset"])
        if asset is None:
            raise forms.ValidationError(_("The map has no asset with this number."))
        return asset.asset_id.upper()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        below, above = cleaned.get("alarm_below"), cleaned.get("alarm_above")
        if not {"alarm_below", "alarm_above"} & self.errors.keys():
            if below is None and above is None:
                self.add_error("alarm_above", _("Enter a limit: below or above which value is it an alarm?"))
            elif below is not None and above is not None and below >= above:
                self.add_error("alarm_above", _("This must be more than “Alarm below”, or every value is an alarm."))
        return cleaned

    def columns(self) -> dict[str, Any]:
        cleaned = {**self.cleaned_data}
        return {"asset_number": cleaned.pop("asset"), **cleaned, "service": self.services[cleaned["service"]]}
