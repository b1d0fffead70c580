"""The form of a resident who would rather be called than wait."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.actions.contacts.call_backs import PHONE_MAX, REASON_MAX
from requests_app.actions.people.reporters import normalized_phone
from requests_app.forms.fields import WordsField
from requests_app.messages.wording import long_time
from requests_app.models import Jurisdiction
from requests_app.rules.contacts.call_times import CallTime


class CallBackForm(forms.Form):
    phone = WordsField(
        label=gettext_lazy("Your phone number"),
        max_length=PHONE_MAX,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": gettext_lazy("Enter the number that we should call.")},
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When should we call?"),
        choices=[],
        error_messages={
            "required": gettext_lazy("Choose when we should call."),
            "invalid_choice": gettext_lazy("That time has passed. Choose another one."),
        },
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[])
    reason = WordsField(
        label=gettext_lazy("What is it about?"),
        help_text=gettext_lazy("A few words, so that the right person calls. Only the city reads them."),
        max_length=REASON_MAX,
        lines=2,
        required=False,
    )

    def __init__(self, *args: Any, city: Jurisdiction, times: Sequence[CallTime], language: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": {"language": language}, **kwargs})
        self.times = {time.code: time for time in times}
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (code, _("%(time)s, within the hour") % {"time": long_time(time.begins, city.zone)})
            for code, time in self.times.items()
        ]
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize()) for code in city.languages
        ]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        digits = "".join(letter for letter in normalized_phone(phone) if letter.isdigit())
        if not 10 <= len(digits) <= 15:
            raise forms.ValidationError(_("Enter a phone number with its area code."))
        return phone
