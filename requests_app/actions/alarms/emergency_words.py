"""Editing the city's list of emergency phrases. Changes take effect at once."""

from typing import Any

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.models import EmergencyPhrase, Jurisdiction, User
from requests_app.rules.alarms import screening

KIND = "emergency_phrase"


class DuplicatePhrase(Exception):
    """An equivalent phrase is already on the list. phrase: as it is listed."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        super().__init__(phrase)


def written(phrase: EmergencyPhrase) -> dict[str, Any]:
    return {
        "words": phrase.phrase,
        "kind": phrase.kind,
        "language": phrase.language,
        "unless": phrase.unless,
        "active": phrase.active,
    }


@transaction.atomic
def save(phrase: EmergencyPhrase, *, actor: User | None, action: str = "") -> EmergencyPhrase:
    """Adds or changes a phrase. Raises DuplicatePhrase. action: what the log calls it, if not added or changed."""
    # Lock first: two administrators who add the same phrase at once must find each other's.
    Jurisdiction.objects.select_for_update().get(pk=phrase.jurisdiction_id)
    others = EmergencyPhrase.objects.filter(jurisdiction_id=phrase.jurisdiction_id, language=phrase.language)
    for other in others.exclude(pk=phrase.pk):
        if screening.is_same(other.phrase, phrase.phrase):
            raise DuplicatePhrase(other.phrase)
    earlier = EmergencyPhrase.objects.filter(pk=phrase.pk).first()
    phrase.save()
    _record(phrase, actor, before=written(earlier) if earlier else None, after=written(phrase), action=action)
    return phrase


@transaction.atomic
def remove(phrase: EmergencyPhrase, *, actor: User | None, action: str = "") -> None:
    before = written(phrase)
    gone, _by_model = EmergencyPhrase.objects.filter(pk=phrase.pk).delete()
    if gone:
        _record(phrase, actor, before=before, after=None, action=action)


def _record(phrase: EmergencyPhrase, actor: User | None, **states: Any) -> None:
    key = f"{phrase.language}:{phrase.phrase}"[:80]
    setup_changes.record(phrase.jurisdiction, KIND, key, actor=actor, name=phrase.phrase, **states)
