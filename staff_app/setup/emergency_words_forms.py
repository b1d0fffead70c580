"""A phrase of the list that leads to the emergency page, and a sentence to try it with."""

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
        help_text=gettext_lazy("Several words in a row, as people write them. Case, accents and signs do not count."),
        max_length=PHRASE_MAX,
        error_messages={"required": gettext_lazy("Enter the words that mean danger, like “smell gas”.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is shown"),
        choices=[
            (EmergencyPhrase.Kind.RED_FLAG, gettext_lazy("The emergency number")),
            (EmergencyPhrase.Kind.SELF_HARM, gettext_lazy("988 beside it, for words of self-harm")),
        ],
        initial=EmergencyPhrase.Kind.RED_FLAG,
        widget=forms.RadioSelect,
    )
    unless = WordsField(
        label=gettext_lazy("Unless it stands in"),
        help_text=gettext_lazy(
            "Longer phrases in which it means something else, one on a line. “is on fire” does not count in “is on fire lane”."
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
            raise forms.ValidationError(_("Enter words: signs alone are never heard."))
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
                words = _("“%(words)s…” is too long. Use at most %(most)d characters on a line.")
                problems.append(words % {"words": one[:40], "most": PHRASE_MAX})
            elif phrase and not screening.holds(one, phrase):
                words = _("“%(longer)s” must hold the words “%(phrase)s” and more.")
                problems.append(words % {"longer": one, "phrase": phrase})
        if problems:
            raise forms.ValidationError(problems)
        return found


class SentenceForm(forms.Form):
    """Read and answered, and kept nowhere."""

    sentence = WordsField(
        label=gettext_lazy("A sentence, in any language"),
        max_length=intake.DESCRIPTION_MAX,
        lines=2,
        error_messages={"required": gettext_lazy("Enter a sentence, as a resident may write it.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False


def language_name(code: str) -> str:
    """Spanish, in the reader's language; the code for one that Django does not know."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
