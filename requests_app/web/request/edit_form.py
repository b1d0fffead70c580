"""Forms for editing a report until someone works on it (text, free answers, place) and for describing photos added later."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.forms.details_form import name_of, words_field
from requests_app.forms.fields import WordsField
from requests_app.forms.report_forms import PlaceForm
from requests_app.models import Photo, QuestionVersion, ServiceRequest
from requests_app.rules.publication import personal_data, review
from requests_app.rules.publication.personal_data import Kind
from requests_app.rules.report import corrections
from requests_app.rules.shared import intake, question_kinds
from requests_app.rules.shared.intake import clean_text

# The column's limit: reports sent through the API may be longer than the text box allows.
ADDRESS_MAX = 300


class ChangeForm(PlaceForm):
    """Keeps invalid input. `was` is the report's fingerprint when the page was shown; `shown_…` is its place at that time."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_address = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_lat = forms.CharField(widget=forms.HiddenInput, required=False)
    shown_long = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, service_request: ServiceRequest, **kwargs: Any) -> None:
        self.service_request = service_request
        self.version = service_request.service_version
        # What is private for review stays so until staff have written what everyone may read.
        self.is_confidential = self.version.is_confidential or review.is_private_review(service_request)
        answers = list(service_request.answers.select_related("question_version"))
        self.current_answers = {one.question_version.code: one.value for one in answers}
        point = service_request.point
        lat, long = (f"{point.y:.6f}", f"{point.x:.6f}") if point else ("", "")
        kwargs["initial"] = {
            "text": service_request.description,
            "address": service_request.address,
            "note": service_request.place_note,
            "lat": lat,
            "long": long,
            "shown_address": service_request.address,
            "shown_lat": lat,
            "shown_long": long,
            "was": corrections.fingerprint(service_request),
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, required=self.version.place_required, **kwargs)
        self.fields["address"] = self._address_field()
        self.questions = corrections.text_questions(service_request, self.current_answers)
        self.choices = [one for one in answers if one.question_version.kind not in question_kinds.FREE_TEXT]
        self._add_words()
        for question in self.questions:
            self.fields[name_of(question)] = self._answer_field(question)

    def _address_field(self) -> WordsField:
        old = self.fields["address"]
        return WordsField(
            label=old.label,
            max_length=ADDRESS_MAX,
            required=old.required,
            error_messages={"required": old.error_messages["required"]},
            widget=old.widget,
        )

    def _add_words(self) -> None:
        self.fields["text"] = words_field(
            is_confidential=self.is_confidential,
            # A report needs a description or answers. One that was sent without a description may stay that way.
            required=bool(self.service_request.description) and not self._has_answers(),
            lines=6,
        )

    def _has_answers(self) -> bool:
        return any(one.required for one in intake.questions_of(self.version) if one.code in self.current_answers)

    def _answer_field(self, question: QuestionVersion) -> WordsField:
        hints = [localized(question.help)]
        if question.visibility != QuestionVersion.Visibility.PUBLIC and not self.is_confidential:
            hints.append(_("Only the city sees this answer."))
        return WordsField(
            label=localized(question.text),
            help_text=" ".join(one for one in hints if one),
            max_length=question_kinds.ANSWER_MAX,
            required=question.required,
            initial=self.current_answers.get(question.code, ""),
            error_messages={
                "required": _("Answer this question: %(question)s") % {"question": localized(question.text)}
            },
        )

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        return [self[name_of(one)] for one in self.questions]

    @property
    def answers(self) -> dict[str, str]:
        return {one.code: self.cleaned_data[name_of(one)] for one in self.questions}


class LaterPhotosForm(forms.Form):
    """Alt texts of photos added later. notes: photos, by name, whose alt text staff moderated; it can no longer be changed."""

    def __init__(
        self, *args: Any, photos: Sequence[Photo], notes: Mapping[str, str], is_public: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kept_photos, self.notes, self.is_public = photos, notes, is_public
        for number, photo in enumerate(photos, 1):
            self.fields[f"alt_{photo.name}"] = WordsField(
                label=_("What does photo %(number)d show?") % {"number": number},
                help_text=notes.get(photo.name) or _("For people who can’t see it."),
                disabled=photo.name in notes,
                max_length=300,
                required=False,
                initial=photo.alt,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in (f"alt_{one}" for one in self.notes):
            # A page opened before the moderation sends other text.
            if clean_text(self.data.get(name, "")) not in ("", cleaned.get(name)):
                self.add_error(
                    name, _("This text stays as it is now. We didn’t save your other changes. Select Done to continue.")
                )
        for photo in self.kept_photos if self.is_public else []:
            name = f"alt_{photo.name}"
            if {one.kind for one in personal_data.find(cleaned.get(name, ""))} & {Kind.EMAIL, Kind.PHONE}:
                self.add_error(name, _("Everyone can read this. Leave out phone numbers and email addresses."))
        return cleaned

    @property
    def kept(self) -> list[dict[str, Any]]:
        """Photos and their fields, for the page fragment."""
        return [{"photo": one, "alt": self[f"alt_{one.name}"]} for one in self.kept_photos]

    @property
    def alt_texts(self) -> dict[str, str]:
        """The alt texts of a valid form, by photo name."""
        return {one.name: self.cleaned_data[f"alt_{one.name}"] for one in self.kept_photos}
