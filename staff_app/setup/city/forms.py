"""Forms of the city: basics, numbers, look, texts, email, priority 1. Each has the fields of one part of actions/setup/city.py."""

import re
from typing import Any
from zoneinfo import available_timezones

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Div, Fieldset, Layout
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http.request import validate_host
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import branding, photos
from requests_app.core.languages import language_name
from requests_app.drawing import svg_picture
from requests_app.drawing.colors import WHITE, contrast, parse
from requests_app.forms.fields import WordsField
from requests_app.imports.city_file import READABLE, SEAL_MAX_BYTES
from requests_app.messages.setup_choices import UNITS
from requests_app.models import Jurisdiction

Values = dict[str, Any]
PHONE = re.compile(r"[+(]?\d[\d .()/x#*-]{1,39}")
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
HOSTS_MAX = 20
# Minutes: a day.
URGENT_MOST = 1440
TEXT_MAX, WELCOME_MAX, SEAL_ALT_MAX = 4000, 400, 200
CITY_ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "America/Puerto_Rico",
)  # fmt: skip
# The regions of other time zones.
REGIONS = {
    "America": gettext_lazy("The Americas"),
    "Atlantic": gettext_lazy("Atlantic"),
    "Europe": gettext_lazy("Europe"),
    "Africa": gettext_lazy("Africa"),
    "Asia": gettext_lazy("Asia"),
    "Indian": gettext_lazy("Indian Ocean"),
    "Australia": gettext_lazy("Australia"),
    "Pacific": gettext_lazy("Pacific"),
    "Antarctica": gettext_lazy("Antarctica"),
}
DEFAULT_COLORS = {"primary": "#005ea2", "header": "#162e51", "accent": "#e5a000"}


class CityForm(forms.Form):
    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        self.city = city
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def values(self) -> Values:
        """What to save, as actions.city_setup.change_city() takes it."""
        return dict(self.cleaned_data)


def time_zones() -> list[Any]:
    """The zones of the United States first, then the others by region."""
    others: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones() - set(CITY_ZONES)):
        region = zone.partition("/")[0]
        if region in REGIONS:
            others.setdefault(region, []).append((zone, _zone_name(zone)))
    return [
        (gettext_lazy("United States"), [(zone, _zone_name(zone)) for zone in CITY_ZONES]),
        *((REGIONS[region], zones) for region, zones in others.items()),
    ]


def _zone_name(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ")


class BasicsForm(CityForm):
    name = WordsField(
        label=gettext_lazy("Name of the city"),
        help_text=gettext_lazy("The name that residents use. It’s at the top of every page and email."),
        max_length=100,
        error_messages={"required": gettext_lazy("Enter the city’s name.")},
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        help_text=gettext_lazy("Services and articles are written in each of them before they go live."),
        choices=lambda: [(code, language_name(code)) for code, _name in settings.LANGUAGES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one language.")},
    )
    units = forms.ChoiceField(
        label=gettext_lazy("Distances"),
        choices=list(UNITS.items()),
        widget=forms.RadioSelect,
    )
    hosts = WordsField(
        label=gettext_lazy("Web addresses"),
        help_text=gettext_lazy(
            "One per line, without https://, like 311.rivermark.example. Links in email use the first. Leave it empty if this is "
            "the only city on this server."
        ),
        max_length=HOSTS_MAX * 200,
        lines=3,
        required=False,
    )

    def clean_languages(self) -> list[str]:
        """In the order that they had; new ones after them."""
        chosen = self.cleaned_data["languages"]
        kept = [code for code in self.city.languages if code in chosen or code not in dict(settings.LANGUAGES)]
        return [*kept, *(code for code in chosen if code not in kept)]

    def clean_hosts(self) -> list[str]:
        hosts = list(
            dict.fromkeys(line.strip().lower() for line in self.cleaned_data["hosts"].splitlines() if line.strip())
        )
        problems = []
        if len(hosts) > HOSTS_MAX:
            problems.append(_("Use at most %(most)d addresses.") % {"most": HOSTS_MAX})
        for host in hosts[:HOSTS_MAX]:
            if not HOST.fullmatch(host) or len(host) > 200:
                problems.append(
                    _("“%(host)s” isn’t a web address. Write it like 311.rivermark.example.") % {"host": host[:80]}
                )
            elif not validate_host(host, settings.ALLOWED_HOSTS):
                words = _("This server doesn’t answer at %(host)s yet. Ask your IT staff to add it to ALLOWED_HOSTS.")
                problems.append(words % {"host": host})
        if problems:
            raise forms.ValidationError(problems)
        return hosts


class PhoneField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.widget.input_type = "tel"

    def clean(self, value: Any) -> str:
        number = " ".join(str(super().clean(value)).split())
        if number and not PHONE.fullmatch(number):
            raise forms.ValidationError(_("Enter a phone number, like 311 or (555) 010-0100."))
        return number


class NumbersForm(CityForm):
    desk_number = PhoneField(
        label=gettext_lazy("311 desk"),
        help_text=gettext_lazy("The short number that residents know."),
        error_messages={"required": gettext_lazy("Enter the number of the desk.")},
    )
    desk_long_number = PhoneField(
        label=gettext_lazy("311 desk, from anywhere"),
        help_text=gettext_lazy("The ten-digit number of the same desk, for calls from outside the city."),
        required=False,
    )
    emergency_number = PhoneField(
        label=gettext_lazy("Emergency"),
        error_messages={"required": gettext_lazy("Enter the emergency number.")},
    )
    text_to_emergency = forms.BooleanField(
        label=gettext_lazy("The emergency number also takes text messages"), required=False
    )
    non_emergency_number = PhoneField(label=gettext_lazy("Police, not an emergency"), required=False)
    all_night_number = PhoneField(
        label=gettext_lazy("At night"),
        help_text=gettext_lazy("Answered day and night, for what can’t wait until the desk opens."),
        required=False,
    )
    desk_night_number = PhoneField(
        label=gettext_lazy("Last resort for alarms"),
        help_text=gettext_lazy(
            "Gets a text message when nobody on call accepts an alarm. Residents never see it. Leave it empty to "
            "use the number at night."
        ),
        required=False,
    )


def minutes_field(label: Any, help_text: Any) -> forms.IntegerField:
    words = gettext_lazy("Enter a number from 1 to 1440.")
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=1,
        max_value=URGENT_MOST,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
    )


class UrgentForm(CityForm):
    urgent_acknowledge_minutes = minutes_field(
        gettext_lazy("Minutes until someone has acknowledged it"),
        gettext_lazy(
            "For requests of priority 1 whose service has no target for that priority. Counted around the clock."
        ),
    )
    urgent_resolve_minutes = minutes_field(
        gettext_lazy("Minutes until it’s safe or fixed"),
        gettext_lazy("240 is 4 hours. Requests that have priority 1 already keep their due dates."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and cleaned["urgent_resolve_minutes"] < cleaned["urgent_acknowledge_minutes"]:
            self.add_error("urgent_resolve_minutes", _("This must be at least as long as the first."))
        return cleaned


class ColorInput(forms.TextInput):
    input_type = "color"


def color_field(label: Any, help_text: Any, name: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, max_length=7, widget=ColorInput(attrs={"data-city-color": name})
    )


class LookForm(CityForm):
    seal = forms.FileField(
        label=gettext_lazy("Seal"),
        help_text=gettext_lazy("A square SVG or PNG, up to 100 KB. It’s beside the city’s name."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".svg,.png,image/svg+xml,image/png"}),
    )
    primary = color_field(
        gettext_lazy("Buttons and links"), gettext_lazy("White letters must be readable on it."), "primary"
    )
    header = color_field(
        gettext_lazy("Bar at the top"), gettext_lazy("White letters must be readable on it."), "header"
    )
    accent = color_field(gettext_lazy("Accent"), gettext_lazy("Used only for lines, never behind letters."), "accent")
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy(
            "A wide PNG with light letters that takes the seal’s place in the bar at the top of residents’ pages."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp,image/jpeg"}),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)
    card = forms.FileField(
        label=gettext_lazy("Picture for shared links"),
        help_text=gettext_lazy("1200 × 630 pixels. Social networks show it with a link to your site."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/webp,image/jpeg"}),
    )
    no_card = forms.BooleanField(label=gettext_lazy("Remove the picture"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        images = self.city.branding.get("images") or {}
        seal = branding.seal_of(self.city)
        self.unshown = {
            "seal": seal.version if seal else "",
            **{kind: images.get(kind, "") for kind in ("logo", "card")},
        }
        for kind in ("logo", "card"):
            if kind not in images:
                del self.fields[f"no_{kind}"]
        alt = {}
        for code in self.city.languages:
            name = f"seal_alt_{code}"
            alt[name] = WordsField(
                label=_("Alt text for the seal (%(language)s)") % {"language": language_name(code)},
                max_length=SEAL_ALT_MAX,
                required=False,
            )
        self.fields.update(alt)
        self.helper.layout = Layout(
            "seal",
            Div(*alt, css_class="side-by-side"),
            Div(
                Div("primary", "header", "accent"),
                HTML("{% include 'staff_app/setup/city/_preview.html' %}"),
                css_class="side-by-side",
            ),
            *(name for name in ("logo", "no_logo", "card", "no_card") if name in self.fields),
        )

    def clean_seal(self) -> str:
        """The picture as a data URI, safe to serve; empty if none was chosen."""
        upload = self.cleaned_data["seal"]
        return seal_from(upload) if upload else ""

    def clean_logo(self) -> bytes | None:
        return self._picture("logo")

    def clean_card(self) -> bytes | None:
        return self._picture("card")

    def _picture(self, name: str) -> bytes | None:
        upload = self.cleaned_data[name]
        return png_from(upload) if upload else None

    def clean_primary(self) -> str:
        return readable(self.cleaned_data["primary"])

    def clean_header(self) -> str:
        return readable(self.cleaned_data["header"])

    def clean_accent(self) -> str:
        return a_color(self.cleaned_data["accent"])

    def values(self) -> Values:
        typed = self.cleaned_data
        values: Values = {
            "colors": {name: typed[name] for name in DEFAULT_COLORS},
            "seal_alt": {
                code: typed[f"seal_alt_{code}"] for code in self.city.languages if typed.get(f"seal_alt_{code}")
            },
        }
        if typed["seal"]:
            values["seal"] = typed["seal"]
        for kind in ("logo", "card"):
            if typed[kind] or typed.get(f"no_{kind}"):
                values[kind] = typed[kind]
        return values


def seal_from(upload: UploadedFile) -> str:
    """The seal as a data URI. Raises ValidationError with what to do."""
    content = upload.read()
    if b"<svg" in content[:2000].lower():
        try:
            return branding.encoded_seal("svg", svg_picture.cleaned(content))
        except svg_picture.SvgRefused as refused:
            raise forms.ValidationError(_svg_problem(refused)) from None
    upload.seek(0)
    png = png_from(upload)
    if len(png) > SEAL_MAX_BYTES:
        raise forms.ValidationError(_("The seal must be under 100 KB. Make it smaller, like 256 × 256 pixels."))
    return branding.encoded_seal("png", png)


def _svg_problem(refused: svg_picture.SvgRefused) -> str:
    if refused.code == "active":
        words = _(
            "This SVG could run a program in a browser (%(what)s). Save it as a plain SVG without scripts, or use a PNG."
        )
        return words % {"what": refused.what[:40]}
    return {
        "outside": _("This SVG loads something from elsewhere. Embed everything it needs, or use a PNG."),
        "too_big": _("The seal must be under 100 KB. Simplify the drawing, or use a PNG of 256 × 256 pixels."),
        "too_complex": _("This drawing has too many parts. Use a PNG of 256 × 256 pixels."),
    }.get(refused.code, _("We can’t read this file. Use a PNG or an SVG."))


def png_from(upload: UploadedFile) -> bytes:
    try:
        return photos.decode_png(upload, size=upload.size or 0)
    except photos.PhotoRefused:
        raise forms.ValidationError(_("We can’t read this picture. Use a PNG, JPEG or WebP file.")) from None


def a_color(color: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        raise forms.ValidationError(_("Write the color like #14476b."))
    return color.lower()


def readable(color: str) -> str:
    """A color on which white letters can be read. Raises ValidationError with the contrast it has."""
    color = a_color(color)
    ratio = contrast(parse(color, "#000000"), WHITE)
    if ratio < READABLE:
        words = _(
            "White letters can’t be read on %(color)s: the contrast is %(ratio)s to 1, and must be 4.5. Choose a darker color."
        )
        raise forms.ValidationError(words % {"color": color, "ratio": f"{ratio:.1f}"})
    return color


class TextsForm(CityForm):
    LABELS = {
        "welcome": gettext_lazy("Welcome"),
        "privacy": gettext_lazy("Privacy notice"),
        "accessibility": gettext_lazy("Accessibility statement"),
    }
    HINTS = {
        "welcome": gettext_lazy(
            "One or two sentences at the top of the home page, and below its title in search engines."
        ),
        "privacy": gettext_lazy("What happens to names and addresses. Leave it empty for our standard text."),
        "accessibility": gettext_lazy(
            "Whom to contact when a page is hard to use. Leave it empty for our standard text."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = []
        for text, label in self.LABELS.items():
            names = []
            for code in self.city.languages:
                name = f"{text}_{code}"
                self.fields[name] = WordsField(
                    label=f"{label} ({language_name(code)})",
                    max_length=WELCOME_MAX if text == "welcome" else TEXT_MAX,
                    lines=3 if text == "welcome" else 8,
                    required=False,
                )
                self.fields[name].widget.attrs["lang"] = code
                names.append(name)
            groups.append(
                Fieldset(
                    label, HTML(f'<p class="usa-hint">{self.HINTS[text]}</p>'), Div(*names, css_class="side-by-side")
                )
            )
        self.helper.layout = Layout(*groups)

    def values(self) -> Values:
        typed = self.cleaned_data
        return {
            text: {code: typed[f"{text}_{code}"] for code in self.city.languages if typed[f"{text}_{code}"]}
            for text in self.LABELS
        }


class EmailForm(CityForm):
    sender_name = WordsField(
        label=gettext_lazy("Name of the sender"),
        help_text=gettext_lazy(
            "What people see in their inbox, like “Rivermark 311”. Leave it empty for the city’s name and 311."
        ),
        max_length=100,
        required=False,
    )
    sender_address = forms.EmailField(
        label=gettext_lazy("Address of the sender"),
        required=False,
    )
    reply_address = forms.EmailField(
        label=gettext_lazy("Address for replies"),
        help_text=gettext_lazy("Where replies to our emails go. Leave it empty to send them to the sender."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sender_address"].help_text = _(
            "Your mail server must be allowed to send for it (SPF and DKIM), or email ends up as spam. Leave it "
            "empty for %(address)s."
        ) % {"address": settings.DEFAULT_FROM_EMAIL}

    def clean_sender_name(self) -> str:
        return " ".join(self.cleaned_data["sender_name"].split())
