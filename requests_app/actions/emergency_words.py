"""The city's list of words that lead to the emergency page: added, changed, removed. What is saved counts at once."""

from django.db import transaction

from requests_app.models import EmergencyPhrase, Jurisdiction
from requests_app.rules import screening


class Taken(Exception):
    """The list has a phrase that is heard alike. phrase: how it stands there."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        super().__init__(phrase)


@transaction.atomic
def save(phrase: EmergencyPhrase) -> EmergencyPhrase:
    """Adds or changes one. Raises Taken."""
    # Lock first: two administrators who add the same words at once must find each other.
    Jurisdiction.objects.select_for_update().get(pk=phrase.jurisdiction_id)
    others = EmergencyPhrase.objects.filter(jurisdiction_id=phrase.jurisdiction_id, language=phrase.language)
    for other in others.exclude(pk=phrase.pk):
        if screening.is_same(other.phrase, phrase.phrase):
            raise Taken(other.phrase)
    phrase.save()
    return phrase


def remove(phrase: EmergencyPhrase) -> None:
    EmergencyPhrase.objects.filter(pk=phrase.pk).delete()
