"""Forms for an emergency phrase, and for a sentence to test the lists with."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.models import EmergencyPhrase
from requests_app.rules import intake, screening
from requests_app.web.text_field import WordsField

PHRASE_MAX, EXCEPTIONS_MAX = 120, 50


class PhraseForm(forms.Form):
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
        choices=[
            (EmergencyPhrase.Kind.RED_FLAG, gettext_lazy("The emergency number")),
            (EmergencyPhrase.Kind.SELF_HARM, gettext_lazy("The emergency number and 988, for words about self-harm")),
        ],
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
        found = list(dict.fromkeys(line for line in lines if line))
        phrase = self.cleaned_data.get("phrase", "")
        problems = []
        if len(found) > EXCEPTIONS_MAX:
            problems.append(_("Use at most %(most)d lines.") % {"most": EXCEPTIONS_MAX})
        for one in found:
            if len(one) > PHRASE_MAX:
                words = _("“%(words)s…” is too long. Use at most %(most)d characters per line.")
                problems.append(words % {"words": one[:40], "most": PHRASE_MAX})
            elif phrase and not screening.holds(one, phrase):
                words = _("“%(longer)s” must contain “%(phrase)s” and other words.")
                problems.append(words % {"longer": one, "phrase": phrase})
        if problems:
            raise forms.ValidationError(problems)
        return found


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


def language_name(code: str) -> str:
    """The language's name in the active language; the code itself if Django does not know it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
