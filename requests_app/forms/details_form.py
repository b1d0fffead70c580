"""The form for a page of the service's questions; the first page also has the description and the photos."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import photos
from requests_app.core.localized import localized
from requests_app.forms.fields import MemorableDateField, PhotosField, PhotosInput, WordsField
from requests_app.models import Photo, QuestionVersion, ServiceVersion
from requests_app.rules.report.path import Path
from requests_app.rules.shared import intake, question_kinds


class DetailsForm(forms.Form):
    """Keeps what was typed, even if it is invalid.

    in_place: the question that a script opens below the choice it depends on (see Path.in_place). is_opened: it was
    answered there. Without a script, the next page asks it.
    """

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
        self.is_confidential = self.version.is_confidential
        if number == 1:
            self._add_words()
        self.in_place = path.in_place(number)
        for question in self.questions:
            if question_kinds.of(question).is_answered:
                self.fields[name_of(question)] = self._field(question)
        self.is_opened = self._is_opened()
        if self.in_place is not None:
            field = self._field(self.in_place)
            # Not required unless it was open when the form was sent.
            field.required = field.required and (self.is_opened or not self.is_bound)
            self.fields[name_of(self.in_place)] = field
        if number == 1 and path.takes_photos:
            self._add_photos()

    def _add_words(self) -> None:
        self.fields["text"] = words_field(
            is_confidential=self.is_confidential,
            is_distress=bool(self.path.screening.distress),
            # A report needs a description or a required answer.
            required=not any(question.required for question in self.path.questions),
            initial=self.path.text,
        )

    def _add_photos(self) -> None:
        for number, photo in enumerate(self.kept_photos, 1):
            self.fields[f"alt_{photo.name}"] = WordsField(
                label=_("What does photo %(number)d show?") % {"number": number},
                help_text=_("For people who can’t see it."),
                max_length=300,
                required=False,
                initial=photo.alt,
            )
        self.fields["keep_taken"] = forms.BooleanField(
            label=_("Keep the time and place the photo was taken. Only the city sees this."),
            help_text=_("Check this box before you add the photo. If you don’t, we remove both."),
            required=False,
            initial=self.path.typed.get("keep_taken", False),
        )
        room = photos.PHOTOS_MAX - len(self.kept_photos)
        if room > 0:
            asked = self.version.photo_policy == ServiceVersion.PhotoPolicy.ASKED
            hint = _("A photo helps us find the problem and bring the right tools.") if asked else ""
            rest = _("Up to %(most)d photos, 12 MB each.") % {"most": photos.PHOTOS_MAX}
            url = reverse("requests_app:draft_photos", args=[self.path.draft.pk])
            self.fields["photos"] = PhotosField(
                label=_("Add a photo"),
                help_text=f"{hint} {rest}".strip(),
                # take_photos() reports extra or empty files by name and keeps the others.
                most=1000,
                allow_empty_file=True,
                widget=PhotosInput(most=room, attrs=upload_attributes(url, photos.PHOTOS_MAX)),
                required=False,
            )

    def _field(self, question: QuestionVersion) -> forms.Field:
        common: dict[str, Any] = {
            "label": localized(question.text),
            "help_text": self._hint(question),
            "required": question.required,
            "initial": self.path.raw_answers.get(question.code),
            "error_messages": {
                "required": _("Answer this question: %(question)s") % {"question": localized(question.text)}
            },
        }
        return CONTROLS[question_kinds.of(question).control](question, common)

    def _is_opened(self) -> bool:
        """Whether the form was sent with the in-place question open, and its condition still holds."""
        if self.in_place is None or not self.is_bound or self.data.get("in_place") != self.in_place.code:
            return False
        parent = next(question for question in self.questions if question.code == self.in_place.show_if["question"])
        return intake.is_asked(self.in_place, {parent.code: self._listed(name_of(parent))})

    @property
    def shown_questions(self) -> list[QuestionVersion]:
        """The questions this page asks, including the in-place one if it was open."""
        opened = [self.in_place] if self.in_place is not None and self.is_opened else []
        return [question for question in [*self.questions, *opened] if question_kinds.of(question).is_answered]

    def _hint(self, question: QuestionVersion) -> str:
        parts = [localized(question.help)]
        if question.visibility != QuestionVersion.Visibility.PUBLIC and not self.is_confidential:
            parts.append(_("Only the city sees this answer."))
        return " ".join(part for part in parts if part)

    @property
    def codes(self) -> list[str]:
        return [question.code for question in self.shown_questions]

    def clean(self) -> dict[str, Any]:
        """Applies the same validation (rules.intake) as for call takers and the API."""
        cleaned: dict[str, Any] = super().clean() or {}
        given = {**self.path.raw_answers, **self.typed_answers}
        problems = intake.read_answers(self.path.questions, given, only=set(self.codes)).problems
        for question in self.shown_questions:
            name = name_of(question)
            if question.code in problems and not self.has_error(name):
                self.add_error(name, problems[question.code])
        return cleaned

    def _listed(self, name: str) -> list[Any]:
        value = self.fields[name].widget.value_from_datadict(self.data, self.files, name) or []
        return list(value if isinstance(value, list) else [value])[: question_kinds.CHOICES_MAX]

    @property
    def typed_answers(self) -> dict[str, Any]:
        """This page's answers by question code, as typed, even if they are invalid."""
        answers: dict[str, Any] = {}
        for question in self.shown_questions:
            name = name_of(question)
            if name in getattr(self, "cleaned_data", {}):
                value = self.cleaned_data[name]
                answers[question.code] = value.isoformat() if hasattr(value, "isoformat") else value
            elif question_kinds.of(question).is_several:
                answers[question.code] = [str(value)[: question_kinds.ANSWER_MAX] for value in self._listed(name)]
            elif question_kinds.of(question).control != "date":
                answers[question.code] = str(self.data.get(name, ""))[: question_kinds.ANSWER_MAX]
        return answers


def words_field(
    *, is_confidential: bool, is_distress: bool = False, required: bool, initial: str = "", lines: int = 4
) -> WordsField:
    """The description field, with a hint about who can read it. is_distress: what is typed so far would make the report private."""
    if is_confidential:
        hint = _("Only the city sees this.")
    elif is_distress:
        hint = _("As it’s written now, only the city can read this.")
    else:
        hint = _("Everyone can read this. Leave out names, phone numbers and email addresses.")
    return WordsField(
        label=_("Your description"),
        help_text=hint,
        max_length=intake.DESCRIPTION_MAX,
        lines=lines,
        required=required,
        initial=initial,
        error_messages={"required": _("Tell us in a few words what the problem is.")},
    )


def upload_attributes(url: str, most: int) -> dict[str, Any]:
    """The data attributes for static/js/photo-upload.js: the URL, the limits and the messages."""
    return {
        "data-upload": url,
        "data-most": most,
        "data-max-bytes": settings.PHOTO_MAX_BYTES,
        "data-too-big": photos.refusal_message("too_big"),
        "data-choose": _("Take or choose photos"),
        "data-sending": _("Sending {name}"),
        "data-added": _("Photo added. You have {count}."),
        "data-cancel": _("Cancel"),
        "data-canceled": _("Canceled: {name}"),
        "data-again": _("Try again"),
        "data-lost": _("No connection. This photo hasn’t been sent yet."),
        "data-failed": _("We couldn’t upload this photo. Try again, or continue without it."),
        "data-wait": _("Your photos are still uploading. We’ll continue when they’re done."),
    }


class _SingleField(forms.ChoiceField):
    """Radio buttons. rules.intake checks the value and words the error."""

    widget = forms.RadioSelect
    default_error_messages = {"invalid_choice": gettext_lazy("Choose one from the list.")}


class _MultiField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": gettext_lazy("Choose from the list."),
        "invalid_list": gettext_lazy("Choose from the list."),
    }


def _choices(question: QuestionVersion) -> list[tuple[str, str]]:
    return [(str(option["value"]), localized(option.get("label"))) for option in question.options]


def _date_field(question: QuestionVersion, common: dict[str, Any]) -> forms.Field:
    return MemorableDateField(**{**common, "initial": _day(common["initial"])})


def _input_field(question: QuestionVersion, common: dict[str, Any]) -> forms.Field:
    kind = question_kinds.of(question)
    return WordsField(max_length=kind.letters_max, widget=forms.TextInput(attrs={**kind.attributes}), **common)


# By the control of a kind of question. static/js/offline/asking.js has the same ones.
CONTROLS: dict[str, Callable[[QuestionVersion, dict[str, Any]], forms.Field]] = {
    "radio": lambda question, common: _SingleField(choices=_choices(question), **common),
    "checkbox": lambda question, common: _MultiField(choices=_choices(question), **common),
    "words": lambda question, common: WordsField(max_length=question_kinds.ANSWER_MAX, lines=1, **common),
    "input": _input_field,
    "date": _date_field,
}
question_kinds.check_controls(question_kinds.KINDS, CONTROLS, "CONTROLS of forms/details_form.py")


def name_of(question: QuestionVersion) -> str:
    """The field's name, prefixed so that a city's question codes cannot clash with the form's own fields."""
    return f"q_{question.code}"


def _day(text: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def with_alt(form: DetailsForm) -> list[dict[str, Any]]:
    """The photos that are stored already, each with the field of its description."""
    return [
        {"photo": photo, "alt": form[f"alt_{photo.name}"]}
        for photo in form.kept_photos
        if f"alt_{photo.name}" in form.fields
    ]


def in_order(form: DetailsForm) -> list[dict[str, Any]]:
    """The page's questions for the template: a field, with the question that opens below it, or a text to display."""
    rows: list[dict[str, Any]] = []
    for question in form.questions:
        if not question_kinds.of(question).is_answered:
            rows.append({"text": localized(question.text), "help": localized(question.help)})
            continue
        rows.append({"field": form[name_of(question)]})
        below = form.in_place
        if below is not None and below.show_if["question"] == question.code:
            rows[-1]["below"] = {
                "field": form[name_of(below)],
                "code": below.code,
                "values": [str(value) for value in below.show_if.get("values", [])],
                "is_opened": form.is_opened,
            }
    return rows
