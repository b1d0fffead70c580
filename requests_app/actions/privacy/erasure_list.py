"""The list of erasures outside the database, so that a restore erases again whom the backup still has."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from requests_app.actions.privacy import erasures
from requests_app.models import ContactPoint, Erasure, Person


def entries() -> list[dict[str, Any]]:
    """Ids and times, oldest first."""
    return [
        {
            "person": row.person_id,
            "person_created_at": row.person_created_at.isoformat(),
            "reports_too": row.reports_too,
            "at": row.erased_at.isoformat(),
        }
        for row in Erasure.objects.order_by("pk")
    ]


def replay(listed: Iterable[dict[str, Any]]) -> int:
    """Erases whom the list names and who are here again. Their reports follow as rows of the outbox. Returns how many people.

    Somebody else who has the id of one of them now was made at another time.
    """
    count = 0
    for entry in listed:
        made_at = dt.datetime.fromisoformat(entry["person_created_at"])
        person = Person.objects.filter(pk=entry["person"], created_at=made_at, erased_at=None).first()
        if person is None:
            continue
        email = (
            person.contact_points.filter(kind=ContactPoint.Kind.EMAIL).select_related("person__jurisdiction").first()
        )
        if email is not None:
            erasures.erase(email, reports_too=entry["reports_too"])
        else:
            erasures.erase_people([person], reports_too=entry["reports_too"])
        count += 1
    return count
