"""Editing who is on call. Changes apply to the next step of every alarm."""

from typing import Any

from django.db import transaction

from requests_app.models import Jurisdiction, OnCall


@transaction.atomic
def save(entry: OnCall, **columns: Any) -> OnCall:
    """Adds or changes a line of a roster."""
    for name, value in columns.items():
        setattr(entry, name, value)
    entry.save()
    return entry


def remove(entry: OnCall) -> None:
    OnCall.objects.filter(pk=entry.pk).delete()


def set_wait(jurisdiction: Jurisdiction, *, alarm_minutes: int, desk_night_number: str) -> None:
    """How long an alarm waits before the next person, and the number that is the last to be tried."""
    jurisdiction.alarm_minutes, jurisdiction.desk_night_number = alarm_minutes, desk_night_number
    jurisdiction.save(update_fields=["alarm_minutes", "desk_night_number"])
