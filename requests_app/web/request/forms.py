"""Forms for finding a request, and for acting on it with its private link."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app import references
from requests_app.forms.fields import WordsField, email_field
from requests_app.models import ServiceRequest, SurveyAnswer
from requests_app.rules.truth import surveys

WORDS_MAX = 2000


NO_REFERENCE = _(
    "That isn’t a report number. Report numbers have 8 letters and numbers, like 7K3M-9QWT. Check what you typed."
)


class FindForm(forms.Form):
    reference = WordsField(
        label=_("Report number"),
        help_text=_("8 letters and numbers, like 7K3M-9QWT. It’s in the emails we sent you."),
        max_length=40,
        error_messages={"required": _("Enter the report number."), "max_length": NO_REFERENCE},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_reference(self) -> str:
        """A report's number, or a contact's."""
        typed = self.cleaned_data["reference"]
        parsed = references.parse(typed) or references.parse_contact(typed)
        if parsed is None:
            raise forms.ValidationError(NO_REFERENCE)
        return parsed


class FollowRequestForm(forms.Form):
    email = email_field(
        _("We’ll only use it for updates on this report. Unsubscribe anytime."), label=_("Email for updates")
    )


class SurveyForm(forms.Form):
    """Is it fixed, were you treated well, and a listed reason if the answer isn't yes."""

    VALUES = [("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No"))]

    def __init__(
        self,
        *args: Any,
        about: ServiceRequest,
        earlier: Mapping[str, SurveyAnswer] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {}
        for question, given in (earlier or {}).items():
            kwargs["initial"] |= {question: given.value, f"{question}_reason": given.reason}
        super().__init__(*args, **kwargs)
        labels: dict[SurveyAnswer.Question, Any] = {
            SurveyAnswer.Question.FIXED: surveys.fixed_question(about),
            SurveyAnswer.Question.TREATED_WELL: _("Were you treated well?"),
        }
        for question, label in labels.items():
            first = question == SurveyAnswer.Question.FIXED
            self.fields[question] = forms.ChoiceField(
                label=label,
                choices=self.VALUES,
                widget=forms.RadioSelect,
                required=first,
                error_messages={"required": _("Choose yes, partly or no.")},
            )
            self.fields[f"{question}_reason"] = forms.ChoiceField(
                label=_("If not, why?"),
                choices=surveys.REASONS[question],
                widget=forms.RadioSelect,
                required=False,
            )

    def answers(self) -> dict[str, tuple[str, str]]:
        """{question: (value, reason)} of the answered questions."""
        clean = self.cleaned_data
        return {
            question.value: (clean[question], clean[f"{question}_reason"])
            for question in SurveyAnswer.Question
            if clean[question]
        }


class WordsForm(forms.Form):
    """One text box: an answer, more information, or what isn't fixed."""

    def __init__(self, *args: Any, label: str, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"] = WordsField(
            label=label,
            max_length=WORDS_MAX,
            lines=4,
            required=required,
            error_messages={"required": _("Write something first.")},
        )


def words_form(
    act: str, data: Any = None, *, initial: Mapping[str, str] | None = None, is_withdrawn: bool = False
) -> WordsForm:
    label = {
        "answer": gettext("Your answer"),
        "add": gettext("What do you want to add?"),
        "not_fixed": gettext("Why are you reopening it?") if is_withdrawn else gettext("What is still wrong?"),
    }[act]
    # "It's not fixed" says enough by itself.
    return WordsForm(data, label=label, required=act != "not_fixed", prefix=act, initial=initial)
