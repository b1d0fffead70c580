"""Demo data for what is unread: each member of staff has opened most of their requests, and some have changed since."""

from django.db.models import OuterRef, Subquery

from requests_app.clock import app_now
from requests_app.demo.staff import DEMO_BAR, demo_user
from requests_app.models import Event, Jurisdiction, RequestRead, ServiceRequest
from requests_app.rules.work.request_reads import KEPT

# Of so many requests one wasn't opened, and one has changed since.
OF, UNOPENED, CHANGED = 7, 2, 5

_EVENTS = Event.objects.filter(service_request=OuterRef("pk")).order_by("-id")


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    for role in DEMO_BAR:
        user = demo_user(jurisdiction, role)
        if user is None or RequestRead.objects.filter(user=user).exists():
            continue
        recent = (
            ServiceRequest.objects.in_jurisdiction(jurisdiction)
            .open()
            .visible_to(user)
            .annotate(
                newest=Subquery(_EVENTS.values("id")[:1]),
                newest_at=Subquery(_EVENTS.values("at")[:1]),
                before=Subquery(_EVENTS.values("id")[1:2]),
            )
            .filter(newest_at__gte=app_now() - KEPT)
        )
        rows = recent.order_by("id").values_list("pk", "newest", "before")
        RequestRead.objects.bulk_create(
            RequestRead(
                user=user, service_request_id=pk, last_event_id=before if number % OF == CHANGED and before else newest
            )
            for number, (pk, newest, before) in enumerate(rows)
            if number % OF != UNOPENED
        )
