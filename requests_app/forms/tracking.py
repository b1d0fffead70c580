"""What one fills in to find a request, and what one says about it with its private link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app import references
from requests_app.forms.text import WordsField

WORDS_MAX = 2000


NO_REFERENCE = _("This is not a report number. It has 8 letters and numbers, like 7K3M-9QWT. Check what you typed.")


class FindForm(forms.Form):
    reference = WordsField(
        label=_("Report number"),
        help_text=_("8 letters and numbers, like 7K3M-9QWT. You find it in our messages."),
        max_length=40,
        error_messages={"required": _("Enter the report number."), "max_length": NO_REFERENCE},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_reference(self) -> str:
        parsed = references.parse(self.cleaned_data["reference"])
        if parsed is None:
            raise forms.ValidationError(NO_REFERENCE)
        return parsed


class WordsForm(forms.Form):
    """One box: an answer, something to add, what is still wrong."""

    def __init__(self, *args: Any, label: str, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"] = WordsField(
            label=label,
            max_length=WORDS_MAX,
            lines=4,
            required=required,
            error_messages={"required": _("Write something first.")},
        )
