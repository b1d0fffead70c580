"""The city's watches: after how many days without an update staff are asked why, and how many endings are checked each week."""

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.models import Jurisdiction, User


@transaction.atomic
def set_watch(jurisdiction: Jurisdiction, *, silent_days: int, checked_endings: int, actor: User) -> None:
    names = ("silent_days", "checked_endings")
    before = {name: getattr(jurisdiction, name) for name in names}
    jurisdiction.silent_days, jurisdiction.checked_endings = silent_days, checked_endings
    jurisdiction.save(update_fields=names)
    after = {name: getattr(jurisdiction, name) for name in names}
    setup_changes.record(jurisdiction, "city", "watch", actor=actor, before=before, after=after)
