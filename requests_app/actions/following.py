"""Who hears of a request: a person may stop its mails, and nothing else about their part in it changes."""

from django.db import transaction

from requests_app import events
from requests_app.clock import app_now
from requests_app.models import Participation, Person, ServiceRequest


@transaction.atomic
def stop_news(service_request: ServiceRequest, *, actor: Person) -> bool:
    """No more mails about this request, also where it was joined with another. False: there were none any more."""
    requests = [service_request.pk, service_request.duplicate_of_id]
    wanted = Participation.objects.select_for_update().filter(
        person=actor, service_request__in=[pk for pk in requests if pk], stopped_at=None
    )
    ids = list(wanted.values_list("pk", flat=True))
    if not ids:
        return False
    Participation.objects.filter(pk__in=ids).update(stopped_at=app_now())
    events.record(service_request, "news_stopped", actor=actor)
    return True
