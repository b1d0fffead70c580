"""The form of the first page: name, seal, numbers, hours, boundary, addresses, email, and who answers."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.languages import language_name
from requests_app.forms.fields import WordsField
from requests_app.imports.first_run import NewCity
from requests_app.imports.layer_import import UPLOAD_MAX
from requests_app.models import User
from staff_app.setup.city.forms import PhoneField, seal_from, time_zones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAP_FILES = ".geojson,.json,.zip,.gpkg"


class TimeInput(forms.TimeInput):
    input_type = "time"


class FirstRunForm(forms.Form):
    name = WordsField(
        label=gettext_lazy("Name of the city"),
        help_text=gettext_lazy("The name that residents use, like Rivermark."),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter the city’s name.")},
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones, initial="America/New_York")
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        choices=lambda: [(code, language_name(code)) for code, _name in settings.LANGUAGES],
        initial=["en"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )
    seal = forms.FileField(
        label=gettext_lazy("Seal"),
        help_text=gettext_lazy("A square SVG or PNG, up to 100 KB. If you skip it for now, we use a plain one."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".svg,.png,image/svg+xml,image/png"}),
    )
    desk_number = PhoneField(
        label=gettext_lazy("311 desk"),
        help_text=gettext_lazy("The number that residents call, like 311 or (555) 010-0100."),
        initial="311",
        error_messages={"required": gettext_lazy("Enter the number of the desk.")},
    )
    desk_long_number = PhoneField(
        label=gettext_lazy("311 desk, from anywhere"),
        help_text=gettext_lazy("The ten-digit number of the same desk."),
        required=False,
    )
    emergency_number = PhoneField(
        label=gettext_lazy("Emergency"),
        initial="911",
        error_messages={"required": gettext_lazy("Enter the emergency number.")},
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"),
        choices=lambda: [(code, WEEKDAYS[number]) for number, code in enumerate(DAYS)],
        initial=DAYS[:5],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    opens = forms.TimeField(label=gettext_lazy("Opens"), initial="08:00", widget=TimeInput)
    closes = forms.TimeField(label=gettext_lazy("Closes"), initial="17:00", widget=TimeInput)
    boundary = forms.FileField(
        label=gettext_lazy("Boundary file"),
        help_text=gettext_lazy(
            "GeoJSON, a zipped Shapefile or a GeoPackage with the city’s outline. If you skip it for now, we accept "
            "reports from anywhere."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": MAP_FILES}),
    )
    addresses = forms.FileField(
        label=gettext_lazy("Address file"),
        help_text=gettext_lazy(
            "A CSV or map file with an address and a place in each row. If you skip it for now, residents can "
            "only use the map."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": f".csv,.txt,{MAP_FILES}"}),
    )
    sender_name = WordsField(
        label=gettext_lazy("Name of the sender"),
        help_text=gettext_lazy("What people see in their inbox. Leave it empty for the city’s name and 311."),
        max_length=100,
        required=False,
    )
    reply_address = forms.EmailField(
        label=gettext_lazy("Address for replies"),
        help_text=gettext_lazy("Where replies to our emails go."),
        required=False,
    )
    admin_name = WordsField(
        label=gettext_lazy("Your name"),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter your name.")},
    )
    admin_email = forms.EmailField(
        label=gettext_lazy("Your email address"),
        help_text=gettext_lazy("You sign in with it. You’re the administrator, and you answer the first reports."),
        error_messages={"required": gettext_lazy("Enter your email address.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        help_text=gettext_lazy(
            "At least 12 characters. Three or four words that only you would put together work well."
        ),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": gettext_lazy("Choose a password.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False
        self.helper.layout = Layout(
            *(
                Fieldset(f"{number}. {title}", *fields)
                for number, (title, fields) in enumerate(
                    [
                        (_("The city"), ["name", "time_zone", "languages"]),
                        (_("Its seal"), ["seal"]),
                        (_("Phone numbers"), ["desk_number", "desk_long_number", "emergency_number"]),
                        (_("Hours"), ["days", Div("opens", "closes", css_class="side-by-side")]),
                        (_("Where the city ends"), ["boundary"]),
                        (_("Its addresses"), ["addresses"]),
                        (_("Email"), [_sender_hint(), "sender_name", "reply_address"]),
                        (_("Who answers"), ["admin_name", "admin_email", "password"]),
                    ],
                    start=1,
                )
            )
        )

    def clean_seal(self) -> str:
        upload = self.cleaned_data["seal"]
        return seal_from(upload) if upload else ""

    def clean_admin_email(self) -> str:
        return str(self.cleaned_data["admin_email"]).lower()

    def clean_boundary(self) -> Any:
        return self._small_enough("boundary")

    def clean_addresses(self) -> Any:
        return self._small_enough("addresses")

    def _small_enough(self, name: str) -> Any:
        file = self.cleaned_data[name]
        if file and file.size > UPLOAD_MAX:
            raise forms.ValidationError(_("This file is too big. Upload at most 60 MB; a ZIP may hold more."))
        return file

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("opens") and typed.get("closes") and typed["closes"] <= typed["opens"]:
            self.add_error("closes", _("The desk must close later than it opens. Night hours can be added later."))
        if typed.get("password"):
            user = User(email=typed.get("admin_email", ""), name=typed.get("admin_name", ""))
            try:
                validate_password(typed["password"], user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return typed

    def new_city(self, host: str) -> NewCity:
        typed = self.cleaned_data
        columns = (
            "name",
            "time_zone",
            "languages",
            "desk_number",
            "desk_long_number",
            "emergency_number",
            "reply_address",
        )
        hours = f"{typed['opens']:%H:%M}-{typed['closes']:%H:%M}"
        return NewCity(
            columns={name: typed[name] for name in columns} | {"sender_name": " ".join(typed["sender_name"].split())},
            hours={day: [hours] for day in DAYS if day in typed["days"]},
            admin_name=typed["admin_name"],
            admin_email=typed["admin_email"],
            password=typed["password"],
            host=host,
            seal=typed["seal"],
            boundary=typed["boundary"],
            addresses=typed["addresses"],
        )


def _sender_hint() -> HTML:
    words = _("Email is sent from %(address)s, which your IT staff can change.")
    return HTML(format_html('<p class="usa-hint">{}</p>', words % {"address": settings.DEFAULT_FROM_EMAIL}))
