"""Is somebody in danger? Red-flag phrases, a service's own screen, and answers that stop the form. The server decides."""

import re
import unicodedata
from dataclasses import dataclass

from requests_app.models.catalogue import EmergencyPhrase, QuestionVersion, ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction


def plain(text: str) -> str:
    """Lower case, no accents, words separated by single spaces: "¡Hay FUEGO!" is " hay fuego "."""
    letters = unicodedata.normalize("NFKD", text.lower())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    # "can't", "can’t" and "cant" are the same word.
    return " " + " ".join(re.findall(r"[a-z0-9]+", letters.replace("’", "").replace("'", ""))) + " "


@dataclass(frozen=True)
class Screening:
    """asked: the question page must be shown; reason: why (phrase, service, answer, always); self_harm: 988 stands beside 911."""

    asked: bool
    reason: str = ""
    self_harm: bool = False


def red_flags(jurisdiction: Jurisdiction, text: str) -> list[EmergencyPhrase]:
    """The phrases, of every language, that the text holds as whole words."""
    words = plain(text)
    return [
        phrase for phrase in EmergencyPhrase.objects.filter(jurisdiction=jurisdiction) if plain(phrase.phrase) in words
    ]


def screen(jurisdiction: Jurisdiction, version: ServiceVersion | None, text: str) -> Screening:
    flags = red_flags(jurisdiction, text)
    if flags:
        self_harm = any(flag.kind == EmergencyPhrase.Kind.SELF_HARM for flag in flags)
        return Screening(asked=True, reason="phrase", self_harm=self_harm)
    if version is not None and (version.emergency_screen or version.service.service_code == "unknown"):
        return Screening(asked=True, reason="service")
    if jurisdiction.always_ask_emergency:
        return Screening(asked=True, reason="always")
    return Screening(asked=False)


def stopping_option(question: QuestionVersion, value: object) -> dict[str, object] | None:
    """The chosen option that stops the form with the emergency page, if there is one."""
    chosen = value if isinstance(value, list) else [value]
    for option in question.options:
        if option.get("value") in chosen and option.get("effects", {}).get("stop"):
            found: dict[str, object] = option
            return found
    return None
