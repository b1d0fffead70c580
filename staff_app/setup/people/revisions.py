"""Two editors at once: a form carries the last change of its row that it showed."""

from requests_app.models import Jurisdiction, SetupChange
from requests_app.rules import setup_diff


def last_id(jurisdiction: Jurisdiction, kind: str, key: object) -> int:
    """The id of the row's last change; 0 if there is none."""
    changes = SetupChange.objects.filter(jurisdiction=jurisdiction, kind=kind, key=str(key))
    return changes.order_by("-id").values_list("id", flat=True).first() or 0


def changed_since(jurisdiction: Jurisdiction, kind: str, key: object, seen: int | None) -> list[str]:
    """What others changed after `seen`, in words, each with who did it; empty if nothing."""
    if seen is None:
        return []
    newer = SetupChange.objects.filter(jurisdiction=jurisdiction, kind=kind, key=str(key), pk__gt=seen)
    sentences = []
    for change in newer.select_related("user").order_by("id"):
        who = f"{change.user}: " if change.user else ""
        words = setup_diff.differences(change.before, change.after)
        sentences += [f"{who}{sentence}" for sentence in words]
    return sentences
