"""The forms that ask for an API key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.forms.fields import WordsField, email_field
from requests_app.rules.programs.api_keys import OPEN_SCOPES, read_scopes

NAME_MAX, PURPOSE_MAX = 100, 1000


class TestKeyForm(forms.Form):
    name = WordsField(
        label=_("Name of your program"),
        max_length=NAME_MAX,
        error_messages={"required": _("Enter the name of your program.")},
    )
    email = email_field(_("We’ll email you a link that shows your key."))

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class LiveKeyForm(TestKeyForm):
    purpose = WordsField(
        label=_("What is it for?"),
        help_text=_("Who will use it, and what it does for them. A person at the city reads this."),
        max_length=PURPOSE_MAX,
        lines=4,
        error_messages={"required": _("Say in a sentence or two what it’s for.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What should it do?"),
        choices=[(scope.value, scope.label) for scope in OPEN_SCOPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    email = email_field(_("We’ll email you a link first, and later the answer."))

    def clean_scopes(self) -> list[str]:
        return read_scopes(self.cleaned_data["scopes"])
