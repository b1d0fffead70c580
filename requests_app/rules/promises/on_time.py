"""What counts as on time: work that was done before its due time, one request at a time.

Joining with another report, handing over, withdrawing and "answered" end a request without doing what was asked, so they count
neither as on time nor as late. Closing in bulk counts as an ending, but never as on time, however early it comes.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from requests_app.models import Clock, Disposition, Event, Target

DONE = (Disposition.FIXED, Disposition.ACTION_TAKEN)


def missed() -> Q:
    """Ended after its due time, in any round: reopening starts another clock, and doesn't mend the first."""
    return Q(Exists(_resolve_clocks().filter(met_at__gt=F("due_at"))))


def could_be_on_time() -> Q:
    """The work was done, and it had a target."""
    return Q(Exists(_resolve_clocks())) & Q(disposition__in=DONE)


def on_time() -> Q:
    in_bulk = Event.objects.filter(service_request=OuterRef("pk"), kind="resolved", data__has_key="bulk_job_id")
    return could_be_on_time() & ~missed() & ~Q(Exists(in_bulk))


def _resolve_clocks() -> QuerySet[Clock]:
    # Ended requests have no due time of their own anymore; their clocks keep it.
    return Clock.objects.filter(service_request=OuterRef("pk"), kind=Target.Kind.RESOLVE, met_at__isnull=False)
