"""Forms of administration: emergency phrases, moderation lists, signs."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf.locale import LANG_INFO
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField, address_attributes
from requests_app.messages.setup_choices import TERMS
from requests_app.models import Asset, EmergencyPhrase, Jurisdiction, ModerationTerm, ServiceVersion
from requests_app.places import assets
from requests_app.rules.alarms import screening
from requests_app.rules.publication import review
from requests_app.rules.shared import intake
from staff_app.typed_place import find_place

PHRASE_MAX, EXCEPTIONS_MAX = 120, 50
# All phrases of one service or article in one language.
ASKED_MAX = 6000


class PhraseForm(forms.Form):
    KINDS = [
        (EmergencyPhrase.Kind.RED_FLAG.value, gettext_lazy("The emergency number")),
        (EmergencyPhrase.Kind.POISON.value, gettext_lazy("The emergency number and Poison Control")),
        (
            EmergencyPhrase.Kind.SELF_HARM.value,
            gettext_lazy("The emergency number and 988, for words about self-harm"),
        ),
        (
            EmergencyPhrase.Kind.DOMESTIC_VIOLENCE.value,
            gettext_lazy("The emergency number, the domestic violence hotline and a quick exit"),
        ),
        (
            EmergencyPhrase.Kind.SEXUAL_VIOLENCE.value,
            gettext_lazy("The emergency number, the sexual assault hotline and a quick exit"),
        ),
        (
            EmergencyPhrase.Kind.CHILD_ABUSE.value,
            gettext_lazy("The emergency number, the child abuse hotline and a quick exit"),
        ),
        (
            EmergencyPhrase.Kind.ELDER_ABUSE.value,
            gettext_lazy("The emergency number, the Eldercare Locator and a quick exit"),
        ),
        (
            EmergencyPhrase.Kind.TRAFFICKING.value,
            gettext_lazy("The emergency number, the human trafficking hotline and a quick exit"),
        ),
        (EmergencyPhrase.Kind.OVERDOSE.value, gettext_lazy("The emergency number first, for drug overdoses")),
        (
            EmergencyPhrase.Kind.THREAT.value,
            gettext_lazy("The emergency number, the police and a quick exit, for threats and stalking"),
        ),
        (EmergencyPhrase.Kind.UTILITY.value, gettext_lazy("“Leave first, then call,” for gas and wires")),
        (EmergencyPhrase.Kind.HAZARD.value, gettext_lazy("“Stay back,” for a hazard before anyone is hurt")),
    ]

    phrase = WordsField(
        label=gettext_lazy("Words that mean danger"),
        help_text=gettext_lazy(
            "Several words in a row, as people write them. Capital letters, accents and punctuation don’t matter."
        ),
        max_length=PHRASE_MAX,
        error_messages={"required": gettext_lazy("Enter the words that mean danger, like “smell gas”.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What to show"),
        choices=KINDS,
        initial=EmergencyPhrase.Kind.RED_FLAG,
        widget=forms.RadioSelect,
    )
    unless = WordsField(
        label=gettext_lazy("Unless it’s part of"),
        help_text=gettext_lazy(
            "Longer phrases where it means something else, one per line: “is on fire” doesn’t count in “is on fire lane.”"
        ),
        max_length=PHRASE_MAX * EXCEPTIONS_MAX,
        lines=3,
        required=False,
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[])

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        rest = sorted(code for code in LANG_INFO if "name" in LANG_INFO[code] and code not in languages)
        self.fields["language"].choices = [(code, language_name(code)) for code in [*languages, *rest]]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_phrase(self) -> str:
        phrase = " ".join(self.cleaned_data["phrase"].split())
        if not screening.has_words(phrase):
            raise forms.ValidationError(_("Enter words, not just punctuation."))
        return phrase

    def clean_unless(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["unless"].splitlines()]
        exceptions = list(dict.fromkeys(line for line in lines if line))
        phrase = self.cleaned_data.get("phrase", "")
        problems = []
        if len(exceptions) > EXCEPTIONS_MAX:
            problems.append(_("Use at most %(most)d lines.") % {"most": EXCEPTIONS_MAX})
        for exception in exceptions:
            if len(exception) > PHRASE_MAX:
                words = _("“%(words)s…” is too long. Use at most %(most)d characters per line.")
                problems.append(words % {"words": exception[:40], "most": PHRASE_MAX})
            elif phrase and not screening.holds(exception, phrase):
                words = _("“%(longer)s” must contain “%(phrase)s” and other words.")
                problems.append(words % {"longer": exception, "phrase": phrase})
        if problems:
            raise forms.ValidationError(problems)
        return exceptions


class SentenceForm(forms.Form):
    """A sentence to test; never stored."""

    sentence = WordsField(
        label=gettext_lazy("A sentence, in any language"),
        max_length=intake.DESCRIPTION_MAX,
        lines=2,
        error_messages={"required": gettext_lazy("Enter a sentence a resident might write.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False


Kind = ModerationTerm.Kind
TERM_MAX = 320
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
        field.label, field.help_text = TERMS[self.kind], HINTS[self.kind]
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


AT_ONCE = 60


class SignForm(forms.Form):
    """is_valid() also sets `assets` and `point`, and completes cleaned_data["address"] and ["label"]."""

    numbers = forms.CharField(
        label=gettext_lazy("Numbers of streetlights, trees, trash cans and so on"),
        help_text=gettext_lazy("As shown on the tag, like L00417. Put spaces between numbers."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    address = WordsField(
        label=gettext_lazy("Or a place: an address, a corner or a park"), max_length=200, required=False
    )
    lat = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)
    long = forms.FloatField(widget=forms.HiddenInput, required=False, min_value=-180, max_value=180)
    label = WordsField(
        label=gettext_lazy("Text on the sign"),
        help_text=gettext_lazy(
            "For example: Playground, Millstream Park. If you leave it blank, we’ll use the place or the number."
        ),
        max_length=80,
        required=False,
    )
    service = forms.ChoiceField(label=gettext_lazy("What is the sign about?"), required=False)

    def __init__(self, *args: Any, city: Jurisdiction, offered: list[ServiceVersion], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city = city
        self.assets: list[Asset] = []
        self.point: Point | None = None
        services = [(str(one.service_id), localized(one.name)) for one in offered]
        self.fields["service"].choices = [("", _("Any problem")), *services]  # type: ignore[attr-defined]
        self.fields["address"].widget.attrs |= address_attributes(
            f"{reverse('place_search')}?language={get_language()}", "id_lat", "id_long"
        )
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.tiles = False

    def clean_numbers(self) -> str:
        typed: str = self.cleaned_data["numbers"]
        numbers = list(dict.fromkeys(typed.replace(",", " ").replace(";", " ").split()))
        if len(numbers) > AT_ONCE:
            raise forms.ValidationError(
                _("You can make up to %(most)d at once. You entered %(count)d.")
                % {"most": AT_ONCE, "count": len(numbers)}
            )
        by_number = assets.by_numbers(self.city, numbers)
        unknown = [number for number in numbers if number.upper() not in by_number]
        if unknown:
            words = ngettext(
                "We can’t find anything with this number: %(numbers)s",
                "We can’t find anything with these numbers: %(numbers)s",
                len(unknown),
            )
            raise forms.ValidationError(words % {"numbers": ", ".join(unknown[:10])})
        self.assets = list({by_number[number.upper()].pk: by_number[number.upper()] for number in numbers}.values())
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if self.assets and cleaned["address"]:
            self.add_error("address", _("Enter numbers or a place, but not both."))
        elif cleaned["address"]:
            self.point = find_place(self, self.city, cleaned, latitude="lat", longitude="long")
        elif not self.assets and not cleaned["service"]:
            self.add_error("numbers", _("Enter a number or a place, or choose what the sign is about."))
        return cleaned


def lines_of(text: str) -> list[str]:
    """The phrases of a text, one on each line, as a catalog keeps them."""
    return list(dict.fromkeys(line for typed in text.splitlines() if (line := " ".join(typed.split())[:PHRASE_MAX])))
