"""The form for one term of a moderation list."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.models import Jurisdiction, ModerationTerm
from requests_app.rules import review
from requests_app.web.text_field import WordsField

Kind = ModerationTerm.Kind
TERM_MAX = 320
LABELS = {
    Kind.LINK: gettext_lazy("Site"),
    Kind.THREAT: gettext_lazy("Threatening words"),
    Kind.ADDRESS: gettext_lazy("Email address"),
}
HINTS = {
    Kind.LINK: gettext_lazy("For example, spam.example. Its subdomains count too. You can paste a whole link."),
    Kind.THREAT: gettext_lazy(
        "Several words in a row, as people write them. Capital letters, accents and punctuation don’t matter."
    ),
    Kind.ADDRESS: gettext_lazy("For example, name@site.example, or @site.example for a whole domain."),
}
REQUIRED = {
    Kind.LINK: gettext_lazy("Enter a site, like spam.example."),
    Kind.THREAT: gettext_lazy("Enter threatening words, like “I will hurt you.”"),
    Kind.ADDRESS: gettext_lazy("Enter an email address, like name@site.example."),
}


class TermForm(forms.Form):
    value = WordsField(label="", max_length=TERM_MAX)

    def __init__(self, *args: Any, kind: str, jurisdiction: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.kind, self.jurisdiction = Kind(kind), jurisdiction
        field = self.fields["value"]
        field.label, field.help_text = LABELS[self.kind], HINTS[self.kind]
        field.error_messages["required"] = REQUIRED[self.kind]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_value(self) -> str:
        """The term in the form in which it is compared."""
        typed = " ".join(self.cleaned_data["value"].split())
        return {Kind.LINK: self._host, Kind.THREAT: self._threat, Kind.ADDRESS: self._address}[self.kind](typed)

    def _host(self, typed: str) -> str:
        host = review.host_of(typed)
        if not host:
            raise ValidationError(_("That’s not a website. Enter one like spam.example."))
        own = {review.normalize_host(one.partition(":")[0]) for one in self.jurisdiction.hosts}
        if any(one == host or one.endswith(f".{host}") for one in own):
            raise ValidationError(_("That’s the city’s own website."))
        return host

    def _threat(self, typed: str) -> str:
        if len(typed) > review.PHRASE_MAX:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": review.PHRASE_MAX})
        if not (threat := review.normalize_threat(typed)):
            raise ValidationError(_("Enter words, not just punctuation."))
        return threat

    def _address(self, typed: str) -> str:
        address = typed.lower()
        try:
            validate_email(f"all{address}" if address.startswith("@") else address)
        except ValidationError:
            raise ValidationError(_("That’s not an email address. Enter one like name@site.example.")) from None
        return address
