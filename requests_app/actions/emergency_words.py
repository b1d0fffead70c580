"""Editing the city's list of emergency phrases. Changes take effect at once."""

from django.db import transaction

from requests_app.models import EmergencyPhrase, Jurisdiction
from requests_app.rules import screening


class DuplicatePhrase(Exception):
    """An equivalent phrase is already on the list. phrase: as it is listed."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        super().__init__(phrase)


@transaction.atomic
def save(phrase: EmergencyPhrase) -> EmergencyPhrase:
    """Adds or changes a phrase. Raises Taken."""
    # Lock first: two administrators who add the same phrase at once must find each other's.
    Jurisdiction.objects.select_for_update().get(pk=phrase.jurisdiction_id)
    others = EmergencyPhrase.objects.filter(jurisdiction_id=phrase.jurisdiction_id, language=phrase.language)
    for other in others.exclude(pk=phrase.pk):
        if screening.is_same(other.phrase, phrase.phrase):
            raise DuplicatePhrase(other.phrase)
    phrase.save()
    return phrase


def remove(phrase: EmergencyPhrase) -> None:
    EmergencyPhrase.objects.filter(pk=phrase.pk).delete()
