"""The form of what was missing in an article."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.answers.article_feedback import TEXT_MAX
from requests_app.forms.fields import WordsField
from requests_app.rules.publication import personal_data


class MissingForm(forms.Form):
    text = WordsField(
        label=gettext_lazy("What was missing?"),
        help_text=gettext_lazy("Please don’t include names, phone numbers or addresses. We can’t reply here."),
        max_length=TEXT_MAX,
        lines=4,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.show_optional = False

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if found := personal_data.find(text):
            message = _("This may be personal: “%(text)s”. Please take it out.")
            raise forms.ValidationError(message % {"text": found[0].text})
        return text
