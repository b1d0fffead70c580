"""What a city calls the outcomes of its requests. A service may have its own words for one."""

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import check_seen
from requests_app.models import Jurisdiction, User

KIND = "outcome"
# All of them are one entry of the log.
KEY = "words"
OutcomeWords = dict[str, dict[str, str]]


@transaction.atomic
def change(jurisdiction_id: int, names: OutcomeWords, *, seen: str | None, actor: User) -> Jurisdiction:
    """names: by disposition and language; those that aren't there have their usual names. Raises ChangedMeanwhile."""
    jurisdiction = Jurisdiction.objects.select_for_update(of=("self",)).defer("boundary").get(pk=jurisdiction_id)
    before: OutcomeWords = jurisdiction.outcome_words
    check_seen(jurisdiction, KIND, KEY, before, seen)
    jurisdiction.outcome_words = names
    jurisdiction.save(update_fields=["outcome_words"])
    setup_changes.record(jurisdiction, KIND, KEY, actor=actor, before=before, after=names, action="changed")
    return jurisdiction
