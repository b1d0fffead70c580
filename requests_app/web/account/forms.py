"""Forms for residents' own data: sign-in, contact details and erasing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from requests_app.forms.fields import WordsField, email_field
from requests_app.forms.report_forms import PHONE_MAX, phone_number


class AddressForm(forms.Form):
    email = email_field()


class NewAddressForm(AddressForm):
    def __init__(self, *args: Any, old: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old = old
        self.fields["email"].label = _("New email")
        self.fields["email"].help_text = _("We’ll send a link to this address. Nothing changes until you select it.")

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email.strip().lower() == self.old:
            raise forms.ValidationError(_("This is the address we already have. Enter a new one."))
        return email


class PhoneForm(forms.Form):
    phone = WordsField(
        label=_("Phone"),
        help_text=_("A crew may call this number. We don’t send texts. Leave it blank to remove your number."),
        required=False,
        max_length=PHONE_MAX,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self) -> str:
        return phone_number(str(self.cleaned_data["phone"]).strip())


class EraseForm(forms.Form):
    CONTACT, ALL = "contact", "all"
    what = forms.ChoiceField(
        label=_("What do you want to erase?"),
        choices=[
            (CONTACT, _("My name, email, phone and postal address. My reports stay, without my name.")),
            (ALL, _("Everything, including my reports.")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what to erase."), "invalid_choice": _("Choose what to erase.")},
    )
