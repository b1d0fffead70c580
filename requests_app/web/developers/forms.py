"""The form that asks for an API key."""

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.forms.fields import WordsField, email_field
from requests_app.models.api_key import Scope

NAME_MAX, PURPOSE_MAX = 100, 1000
# Others reach what isn't public: the city gives them to its own contractors and systems.
SCOPES = [(scope.value, scope.label) for scope in (Scope.READ, Scope.REPORT, Scope.UPDATES, Scope.WEBHOOKS)]


class AskForm(forms.Form):
    name = WordsField(
        label=_("Name of your program"),
        max_length=NAME_MAX,
        error_messages={"required": _("Enter the name of your program.")},
    )
    purpose = WordsField(
        label=_("What is it for?"),
        help_text=_("Who will use it, and what it does for them. A person at the city reads this."),
        max_length=PURPOSE_MAX,
        lines=4,
        error_messages={"required": _("Say in a sentence or two what it’s for.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What should it do?"),
        choices=SCOPES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    email = email_field(_("We’ll email you a link first, and later the answer."))
