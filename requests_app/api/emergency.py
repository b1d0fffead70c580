"""Danger in a text as data, for the answers of both APIs: who can help, in words and numbers."""

from typing import Any

from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.hotlines import Help, help_for

# What a program sends, as `true`, once a person has read the number and said that no one is in danger.
CONFIRMED = "emergency_confirmed"


def emergency_in(city: Jurisdiction, text: str) -> dict[str, Any] | None:
    """`{kind, is_sure, words, numbers}` in the request's language; None if the text tells of no danger.

    Also where it only perhaps does. Where distress comes with another danger, the words and numbers are those of both.
    """
    found = screening.find_danger(city, text)
    kinds = [kind for kind in (found.distress, found.danger.kind if found.danger else "") if kind]
    if not kinds:
        return None
    is_sure = found.danger is not None and found.danger.level == screening.Level.SURE
    return _response([help_for(city, kind) for kind in dict.fromkeys(kinds)], is_sure=is_sure)


def emergency_of_answer(city: Jurisdiction) -> dict[str, Any]:
    """After an answer that stops the form."""
    return _response([help_for(city, "")], is_sure=True)


def stopped_words(city: Jurisdiction) -> str:
    """Why a report with such an answer was not taken, and how to send it anyway."""
    words = _(
        "Call %(number)s now. This report was not taken, since it cannot send help. If no one is in danger, send it again with "
        "%(parameter)s=true."
    )
    return words % {"number": city.emergency_number, "parameter": CONFIRMED}


def _response(helps: list[Help], *, is_sure: bool) -> dict[str, Any]:
    numbers = dict.fromkeys(number for one in helps for number in one.numbers)
    return {
        "kind": helps[0].kind or screening.Kind.RED_FLAG.value,
        "is_sure": is_sure,
        "words": " ".join(dict.fromkeys(one.advice for one in helps)),
        "numbers": [{"number": one.number, "name": one.name or None, "dialed": one.dialed} for one in numbers],
    }
