"""The forms of the report path. Each keeps what was typed, whatever is wrong with it."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.urls import reverse_lazy
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app import photos
from requests_app.forms.text import WordsField
from requests_app.forms.uswds import MemorableDateField, PhotosField, address_attributes
from requests_app.models import Jurisdiction, Photo, QuestionVersion, ServiceVersion
from requests_app.rules import intake
from requests_app.rules.report_path import Path
from requests_app.words import say

PLACE_MAX, NOTE_MAX, PHONE_MAX = 200, 300, 40
NOTHING = ""


class ProblemForm(forms.Form):
    """Step 1: in one's own words. Whoever comes with a service already chosen need not say it again."""

    text = WordsField(
        label=gettext_lazy("What’s the problem?"),
        max_length=intake.DESCRIPTION_MAX,
        lines=4,
        error_messages={"required": gettext_lazy("Say in a few words what the problem is.")},
    )

    def __init__(self, *args: Any, version: ServiceVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = version is None


class ServiceForm(forms.Form):
    """Step 1, second half: which service is closest."""

    service = forms.ChoiceField(
        choices=[],
        error_messages={
            "required": gettext_lazy("Choose the one that is closest, or “I don’t know”."),
            "invalid_choice": gettext_lazy("This service is not offered any more. Choose another one."),
        },
    )

    def __init__(self, *args: Any, offered: Sequence[ServiceVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (one.service.service_code, say(one.name)) for one in offered
        ]


class PlaceForm(forms.Form):
    """Step 2: an address in words, or a point from the map or the browser, or both."""

    address = WordsField(
        label=gettext_lazy("Address, corner or park"),
        max_length=PLACE_MAX,
        error_messages={"required": gettext_lazy("Say where it is: an address, a corner or a park.")},
    )
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    long = forms.CharField(required=False, widget=forms.HiddenInput)
    note = WordsField(
        label=gettext_lazy("Anything that helps us find it"),
        help_text=gettext_lazy("Like: by the bus stop, behind the school. Only the city sees this."),
        max_length=NOTE_MAX,
        required=False,
    )

    def __init__(self, *args: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].required = required
        self.fields["address"].widget.attrs |= address_attributes(
            str(reverse_lazy("place_search")), "id_lat", "id_long"
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["point"] = typed_point(cleaned.get("lat", ""), cleaned.get("long", ""))
        if cleaned["point"] is not None and self.has_error("address", "required"):
            # A point from the map or the browser says enough.
            del self.errors["address"]
            cleaned["address"] = ""
        return cleaned


def typed_point(lat: str, long: str) -> Point | None:
    """The point of two numbers in degrees; None if they are none."""
    try:
        latitude, longitude = float(lat), float(long)
    except (TypeError, ValueError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Point(round(longitude, 6), round(latitude, 6), srid=4326)


class PlaceChoiceForm(forms.Form):
    """Several places fit the words: which one is meant, or the words as they are."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Which place do you mean?"),
        choices=[],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a place, or search again."),
            "invalid_choice": gettext_lazy("Choose a place, or search again."),
        },
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]


class FollowForm(forms.Form):
    """Step 3: news of an earlier report, for who wants it."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail for news about it"),
        help_text=gettext_lazy("You do not need one to follow."),
        required=False,
        max_length=254,
        error_messages={"invalid": gettext_lazy("Enter an e-mail address like name@example.com, or leave it blank.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class DetailsForm(forms.Form):
    """Step 4: a page of the service's own questions; the first page also has the words and the photos."""

    def __init__(
        self,
        *args: Any,
        path: Path,
        version: ServiceVersion,
        number: int,
        kept_photos: Sequence[Photo] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.path, self.version = path, version
        self.questions = path.pages[number - 1]
        self.kept_photos = kept_photos
        self.is_confidential = self.version.visibility in (
            ServiceVersion.Visibility.PRIVATE,
            ServiceVersion.Visibility.STAFF,
        )
        if number == 1:
            self._add_words()
        for question in self.questions:
            if question.kind != QuestionVersion.Kind.DISPLAY:
                self.fields[name_of(question)] = self._field(question)
        if number == 1:
            self._add_photos()

    def _add_words(self) -> None:
        hint = (
            _("Only the city sees this.")
            if self.is_confidential
            else _("Everyone can read this. Leave out names, phone numbers and e-mail addresses.")
        )
        self.fields["text"] = WordsField(
            label=_("What you told us"),
            help_text=hint,
            max_length=intake.DESCRIPTION_MAX,
            lines=4,
            # A report must say something: in words, or by the answers.
            required=not any(question.required for question in self.path.questions),
            initial=self.path.text,
            error_messages={"required": _("Say in a few words what the problem is.")},
        )

    def _add_photos(self) -> None:
        policy = self.version.photo_policy
        if policy == ServiceVersion.PhotoPolicy.NONE:
            return
        for number, photo in enumerate(self.kept_photos, 1):
            self.fields[f"alt_{photo.name}"] = WordsField(
                label=_("What does photo %(number)d show?") % {"number": number},
                help_text=_("For people who cannot see it."),
                max_length=300,
                required=False,
                initial=photo.alt,
            )
        room = photos.PHOTOS_MAX - len(self.kept_photos)
        if room > 0:
            asked = policy == ServiceVersion.PhotoPolicy.ASKED
            hint = _("It helps us find it and bring the right tools.") if asked else ""
            rest = _("Up to %(most)d photos. We take out where and when they were taken.") % {"most": photos.PHOTOS_MAX}
            self.fields["photos"] = PhotosField(
                label=_("Add a photo"), help_text=f"{hint} {rest}".strip(), most=room, required=False
            )

    def _field(self, question: QuestionVersion) -> forms.Field:
        kinds = QuestionVersion.Kind
        common: dict[str, Any] = {
            "label": say(question.text),
            "help_text": self._hint(question),
            "required": question.required,
            "initial": self.path.given.get(question.code),
            "error_messages": {"required": _("Answer this question: %(question)s") % {"question": say(question.text)}},
        }
        choices = [(str(option["value"]), say(option.get("label"))) for option in question.options]
        if question.kind == kinds.SINGLE:
            return _SingleField(choices=choices, **common)
        if question.kind == kinds.MULTI:
            return _MultiField(choices=choices, **common)
        if question.kind == kinds.DATETIME:
            common["initial"] = _day(common["initial"])
            return MemorableDateField(**common)
        if question.kind == kinds.NUMBER:
            return WordsField(max_length=30, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        return WordsField(max_length=intake.ANSWER_MAX, lines=1, **common)

    def _hint(self, question: QuestionVersion) -> str:
        parts = [say(question.help)]
        if question.visibility != QuestionVersion.Visibility.PUBLIC and not self.is_confidential:
            parts.append(_("Only the city sees this answer."))
        return " ".join(part for part in parts if part)

    @property
    def codes(self) -> list[str]:
        return [question.code for question in self.questions if question.kind != QuestionVersion.Kind.DISPLAY]

    def clean(self) -> dict[str, Any]:
        """The service's own rule decides what is missing or wrong: the same as for a call taker and the API."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = {**self.path.given, **self.given}
        problems = intake.read_answers(self.path.questions, given, only=set(self.codes)).problems
        for question in self.questions:
            name = name_of(question)
            if question.code in problems and not self.has_error(name):
                self.add_error(name, problems[question.code])
        return cleaned

    def _listed(self, name: str) -> list[Any]:
        return list(self.fields[name].widget.value_from_datadict(self.data, self.files, name) or [])[
            : intake.CHOICES_MAX
        ]

    @property
    def given(self) -> dict[str, Any]:
        """The answers of this page as they were typed, by code: kept even while something is wrong with them."""
        found: dict[str, Any] = {}
        for question in self.questions:
            if question.kind == QuestionVersion.Kind.DISPLAY:
                continue
            name = name_of(question)
            if name in getattr(self, "cleaned_data", {}):
                value = self.cleaned_data[name]
                found[question.code] = value.isoformat() if hasattr(value, "isoformat") else value
            elif question.kind == QuestionVersion.Kind.MULTI:
                found[question.code] = [str(one)[: intake.ANSWER_MAX] for one in self._listed(name)]
            elif question.kind != QuestionVersion.Kind.DATETIME:
                found[question.code] = str(self.data.get(name, ""))[: intake.ANSWER_MAX]
        return found


class _SingleField(forms.ChoiceField):
    """Radio buttons; which values there are is checked by the service's rule, in its words."""

    widget = forms.RadioSelect
    default_error_messages = {"invalid_choice": gettext_lazy("Choose one from the list.")}


class _MultiField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": gettext_lazy("Choose from the list."),
        "invalid_list": gettext_lazy("Choose from the list."),
    }


def name_of(question: QuestionVersion) -> str:
    """The control's name: codes of the city must not meet the form's own names."""
    return f"q_{question.code}"


def _day(text: Any) -> Any:
    import datetime as dt

    try:
        return dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


class ContactForm(forms.Form):
    """Step 5: how we can reach them, if they want that."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("We write when something changes."),
        required=False,
        max_length=254,
        error_messages={"invalid": gettext_lazy("Enter an e-mail address like name@example.com, or leave it blank.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = WordsField(
        label=gettext_lazy("Phone"),
        help_text=gettext_lazy("A crew may call this number. We do not text. You can add an extension."),
        required=False,
        max_length=PHONE_MAX,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    name = WordsField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("In which language shall we write to you?"), choices=[], widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, jurisdiction: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize()) for code in jurisdiction.languages
        ]
        if len(jurisdiction.languages) == 1:
            del self.fields["language"]

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        # Spaces, dots, brackets, extensions and relay prefixes are all fine; words are not a number.
        digits = re.sub(r"\D", "", phone)
        if phone and (
            len(digits) < 7 or re.search(r"[^\d\s()+.,;:/#*x-]", re.sub(r"(?i)ext(ension)?|relay", "", phone))
        ):
            raise forms.ValidationError(_("Enter a phone number, like 555-0100 or 555-0100 ext. 12."))
        return phone
