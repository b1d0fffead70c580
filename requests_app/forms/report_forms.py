"""The forms of the report path. Each keeps what was typed, even if it is invalid."""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.forms.fields import (
    FirstPhotosInput,
    PhotosField,
    PhotosInput,
    WordsField,
    address_attributes,
    email_field,
)
from requests_app.models import Jurisdiction, Photo, ServiceVersion
from requests_app.photos import PHOTOS_MAX
from requests_app.rules.people import blocked_addresses
from requests_app.rules.shared import intake

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PLACE_MAX, NOTE_MAX, PHONE_MAX, ADDRESS_MAX = 200, 300, 40, 300
# Extensions, and relay services for people who are deaf or have a speech disability.
_PHONE_WORDS = re.compile(r"extensi[oó]n|ext|x|relay|tty|trs|vrs|voice|voz", re.IGNORECASE)


def phone_number(typed: str) -> str:
    """Accepts spaces, dots, parentheses, extensions and relay prefixes. Raises ValidationError for anything else."""
    digits = re.sub(r"\D", "", typed)
    if typed and (len(digits) < 7 or re.search(r"[^\d\s()+.,;:/#*-]", _PHONE_WORDS.sub("", typed))):
        raise forms.ValidationError(_("Enter a phone number, like 555-0100 or 555-0100 ext. 12."))
    return typed


class ProblemForm(forms.Form):
    """Step 1: the problem in the reporter's own words, or a photo of it. Words are optional if a service is already chosen."""

    text = WordsField(
        label=gettext_lazy("What’s the problem?"),
        max_length=intake.DESCRIPTION_MAX,
        lines=4,
        error_messages={"required": gettext_lazy("Tell us in a few words what the problem is.")},
    )

    photos = PhotosField(
        label=gettext_lazy("Start with a photo"),
        # take_photos() reports extra or empty files by name and keeps the others.
        most=1000,
        allow_empty_file=True,
        required=False,
        widget=FirstPhotosInput(most=PHOTOS_MAX),
    )

    def __init__(
        self, *args: Any, version: ServiceVersion | None = None, has_photos: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = version is None and not has_photos


class ServiceForm(forms.Form):
    """Step 1, continued: the service that is the closest match."""

    service = forms.ChoiceField(
        choices=[],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the closest match, or “I don’t know.”"),
            "invalid_choice": gettext_lazy("We no longer offer this service. Choose another one."),
        },
    )

    def __init__(self, *args: Any, offered: Sequence[ServiceVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (version.service.service_code, localized(version.name)) for version in offered
        ]


class PlaceForm(forms.Form):
    """Step 2: an address, a point from the map or the browser, or both."""

    address = WordsField(
        label=gettext_lazy("Address, corner or park"),
        max_length=PLACE_MAX,
        error_messages={"required": gettext_lazy("Tell us where it is: an address, a corner or a park.")},
    )
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    long = forms.CharField(required=False, widget=forms.HiddenInput)
    note = WordsField(
        label=gettext_lazy("Anything else that will help us find it"),
        help_text=gettext_lazy("For example: by the bus stop, behind the school. Only the city sees this."),
        max_length=NOTE_MAX,
        required=False,
    )

    def __init__(self, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].required = required
        self.fields["address"].widget.attrs |= address_attributes(
            f"{reverse('place_search')}?language={get_language()}", "id_lat", "id_long"
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["point"] = typed_point(cleaned.get("lat", ""), cleaned.get("long", ""))
        if cleaned["point"] is not None and self.has_error("address", "required"):
            # A point from the map or the browser is enough.
            del self.errors["address"]
            cleaned["address"] = ""
        return cleaned


def typed_point(lat: str, long: str) -> Point | None:
    """The point for a latitude and longitude in degrees; None if they are not valid."""
    try:
        latitude, longitude = float(lat), float(long)
    except (TypeError, ValueError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Point(round(longitude, 6), round(latitude, 6), srid=4326)


class _ChooseOneForm(forms.Form):
    """Radio buttons for a list of choices. A subclass sets its field's name, its label and the message if nothing is chosen."""

    field: str
    label: "_StrOrPromise"
    missing: "_StrOrPromise"

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[self.field] = forms.ChoiceField(
            label=self.label,
            choices=choices,
            widget=forms.RadioSelect,
            error_messages=dict.fromkeys(("required", "invalid_choice"), self.missing),
        )


class PlaceChoiceForm(_ChooseOneForm):
    """Which of several matching places is meant, or the address as it was typed."""

    field = "choice"
    label = gettext_lazy("Which place do you mean?")
    missing = gettext_lazy("Choose a place or search again.")


class AssetForm(_ChooseOneForm):
    """Which of the city's nearby assets the report is about."""

    field = "asset"
    label = gettext_lazy("Nearby, closest first")
    missing = gettext_lazy("Choose one, or select “None of these, or I don’t know.”")


class FollowForm(forms.Form):
    """Step 3: follow an earlier report, with updates by email and the reporter's own description if they want."""

    email = email_field(
        gettext_lazy("You can follow a report without giving an email address."),
        label=gettext_lazy("Email for updates"),
        required=False,
    )
    with_words = forms.BooleanField(label=gettext_lazy("Add what I wrote. Only the city will see it."), required=False)


class LaterForm(forms.Form):
    """Where to email the link that resumes the report later."""

    email = email_field(gettext_lazy("We’ll use it only for this one email."))


class ConfirmAgainForm(LaterForm):
    """Where to email the link that confirms the report."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("See a typo? Fix it here.")


def phone_field(help_text: "_StrOrPromise" = "") -> WordsField:
    return WordsField(
        label=gettext_lazy("Phone"),
        help_text=help_text,
        required=False,
        max_length=PHONE_MAX,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )


class ContactForm(forms.Form):
    """Step 5: how to reach the reporter, if they want that, and who they are, if the service requires it."""

    email = email_field(gettext_lazy("We’ll email you when something changes."), required=False)
    phone = phone_field(gettext_lazy("A crew may call this number. We don’t send texts. You can add an extension."))
    name = WordsField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    postal_address = WordsField(
        label=gettext_lazy("Postal address"),
        help_text=gettext_lazy("Street address, city and ZIP code."),
        max_length=ADDRESS_MAX,
        lines=3,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("What language should we use?"), choices=[], widget=forms.RadioSelect
    )

    def __init__(
        self, *args: Any, jurisdiction: Jurisdiction, version: ServiceVersion | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.jurisdiction = jurisdiction
        needed = intake.who_problems(version, name="", postal_address="", email="") if version else {}
        for name, words in needed.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = words
        if "email" in needed:
            invalid = _("Enter an email address like name@example.com.")
            self.fields["email"].error_messages["invalid"] = invalid
            self.fields["email"].help_text = _("We’ll email you a link. We won’t get your report until you select it.")
        if "postal_address" in needed:
            self.order_fields(["name", "postal_address"])
        else:
            del self.fields["postal_address"]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize()) for code in jurisdiction.languages
        ]
        if len(jurisdiction.languages) == 1:
            del self.fields["language"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if blocked_addresses.is_blocked(self.jurisdiction, email):
            raise forms.ValidationError(blocked_addresses.refusal(self.jurisdiction))
        return email

    def clean_phone(self) -> str:
        return phone_number(self.cleaned_data["phone"])


class ReferralForm(forms.Form):
    """What to email to somebody else, and who wrote it, if they share that."""

    text = WordsField(
        label=gettext_lazy("What would you like to tell them?"),
        max_length=intake.DESCRIPTION_MAX,
        lines=5,
        error_messages={"required": gettext_lazy("Tell them in a few words what it is.")},
    )
    place = WordsField(
        label=gettext_lazy("Where is it?"),
        help_text=gettext_lazy("An address, corner or park. Leave it blank if it isn’t about a place."),
        max_length=PLACE_MAX,
        required=False,
    )
    share = forms.BooleanField(label=gettext_lazy("Share how to reach me, so that they can answer"), required=False)
    name = WordsField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = email_field(gettext_lazy("Their answer goes straight to you."), required=False)
    phone = phone_field()
    CONTACT = ("name", "email", "phone")

    def __init__(
        self,
        *args: Any,
        jurisdiction: Jurisdiction,
        kept_photos: Sequence[Photo] = (),
        chosen_photos: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        """kept_photos: of the draft. chosen_photos: the names of those that go along."""
        super().__init__(*args, **kwargs)
        self.jurisdiction, self.kept_photos = jurisdiction, kept_photos
        for number, photo in enumerate(kept_photos, 1):
            self.fields[f"photo_{photo.name}"] = forms.BooleanField(
                label=_("Send photo %(number)d") % {"number": number},
                required=False,
                initial=photo.name in chosen_photos,
            )
        if (room := PHOTOS_MAX - len(kept_photos)) > 0:
            self.fields["photos"] = PhotosField(
                label=_("Add a photo"),
                help_text=_("Up to %(most)d photos, 12 MB each.") % {"most": PHOTOS_MAX},
                # take_photos() reports extra or empty files by name and keeps the others.
                most=1000,
                allow_empty_file=True,
                widget=PhotosInput(most=room),
                required=False,
            )

    @property
    def kept(self) -> list[dict[str, Any]]:
        """Photos with their boxes, for the page."""
        return [{"photo": photo, "box": self[f"photo_{photo.name}"]} for photo in self.kept_photos]

    @property
    def chosen_photos(self) -> list[str]:
        """The names of the draft's photos that were selected."""
        return [photo.name for photo in self.kept_photos if self.data.get(f"photo_{photo.name}")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("share"):
            # A browser may have filled these in.
            for name in self.CONTACT:
                self.errors.pop(name, None)
            return cleaned | dict.fromkeys(self.CONTACT, "")
        if not any(cleaned.get(name) or self.has_error(name) for name in self.CONTACT):
            self.add_error("share", _("Enter your name, email or phone number below, or don’t share them."))
        if cleaned.get("email") and blocked_addresses.is_blocked(self.jurisdiction, cleaned["email"]):
            self.add_error("email", blocked_addresses.refusal(self.jurisdiction))
        return cleaned

    def clean_phone(self) -> str:
        return phone_number(self.cleaned_data["phone"]) if self.data.get("share") else ""

    def typed(self, article_code: str) -> dict[str, Any]:
        """What the draft keeps: all if it's valid, and otherwise, for the other language, what was typed."""
        if self.is_valid():
            cleaned = {name: self.cleaned_data[name] for name in ("place", "share", *self.CONTACT)}
            return {
                "text": self.cleaned_data["text"],
                "text_language": get_language(),
                "referral": {"article": article_code, **cleaned},
                "referral_typed": {},
            }
        names = ("text", "place", "share", *self.CONTACT)
        typed = {name: str(self.data.get(name, ""))[: intake.DESCRIPTION_MAX] for name in names}
        return {"referral_typed": typed}
