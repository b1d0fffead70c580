"""Notices for supervisors about calls that nobody made in time, once for each."""

from django.db import transaction

from requests_app.actions.contacts import transfers_911
from requests_app.actions.people import staff_notices
from requests_app.clock import app_now
from requests_app.models import CallBack, Jurisdiction
from requests_app.rules.contacts import call_backs as rules

AT_MOST = 200


def notify(jurisdiction: Jurisdiction) -> None:
    """By the clock, every five minutes."""
    transfers_911.add_missing(jurisdiction)
    transfers_911.close_reviewed(jurisdiction)
    now = app_now()
    late = rules.waiting(jurisdiction).filter(rules.late(now), late_notice_at=None)
    if not late.exists() or not (users := rules.supervisors(jurisdiction)):
        return
    with transaction.atomic():
        # Not those that somebody takes right now.
        locked = late.select_for_update(of=("self",), skip_locked=True)
        rows = list(locked.order_by("due_at", "id")[:AT_MOST])
        CallBack.objects.filter(pk__in=[row.pk for row in rows]).update(late_notice_at=now)
        staff_notices.notify_of_call_backs(jurisdiction, rows, users)
