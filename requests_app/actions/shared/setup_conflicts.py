"""Two who edit the same row of setup: the second sees what the first one changed."""

from requests_app.models import Jurisdiction, SetupChange


class ChangedMeanwhile(Exception):
    """Somebody changed the row after the form was opened. changes: what they did, the oldest first."""

    def __init__(self, changes: list[SetupChange]) -> None:
        super().__init__()
        self.changes = changes


def last_change_id(jurisdiction: Jurisdiction, kind: str, key: object) -> int:
    """The newest change of this row, to be carried by its form; 0 if it was never changed."""
    changes = SetupChange.objects.filter(jurisdiction=jurisdiction, kind=kind, key=str(key))
    return changes.order_by("-id").values_list("id", flat=True).first() or 0


def need_last_change(jurisdiction: Jurisdiction, kind: str, key: object, seen: int | None) -> None:
    """Raises ChangedMeanwhile if the row was changed after `seen`. Call it once the row is locked. None: no form was open."""
    if seen is None:
        return
    changes = SetupChange.objects.filter(jurisdiction=jurisdiction, kind=kind, key=str(key), id__gt=seen)
    if newer := list(changes.select_related("user").order_by("id")):
        raise ChangedMeanwhile(newer)
