"""Editing the city's list of emergency phrases. Changes take effect at once."""

from operator import attrgetter

from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import Columns, NameTaken, SetupRow, State
from requests_app.models import EmergencyPhrase, Jurisdiction, SetupChange, User
from requests_app.rules.alarms import screening


class DuplicatePhrase(NameTaken):
    """An equivalent phrase is already on the list. phrase: as it is listed."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        super().__init__(phrase)


def _state(phrase: EmergencyPhrase) -> State:
    return {
        "words": phrase.phrase,
        "kind": phrase.kind,
        "language": phrase.language,
        "unless": phrase.unless,
        "active": phrase.active,
    }


def _columns(_city: Jurisdiction, state: State) -> Columns:
    return {"phrase" if name == "words" else name: value for name, value in state.items()}


def _lookup(change: SetupChange) -> Columns:
    state = change.after or change.before or {}
    return {"jurisdiction": change.jurisdiction_id, "language": state.get("language"), "phrase": state.get("words")}


def _check(phrase: EmergencyPhrase, _actor: User | None) -> None:
    # Lock first: two administrators who add the same phrase at once must find each other's.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=phrase.jurisdiction_id)
    others = EmergencyPhrase.objects.filter(jurisdiction_id=phrase.jurisdiction_id, language=phrase.language)
    for other in others.exclude(pk=phrase.pk):
        if screening.is_same(other.phrase, phrase.phrase):
            raise DuplicatePhrase(other.phrase)


PHRASE = SetupRow(
    "emergency_phrase",
    gettext_lazy("Emergency words"),
    EmergencyPhrase,
    _state,
    name=attrgetter("phrase"),
    columns=_columns,
    key=lambda phrase: f"{phrase.language}:{phrase.phrase}"[:80],
    lookup=_lookup,
    check=_check,
)
