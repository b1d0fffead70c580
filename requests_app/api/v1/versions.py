"""The version of a report's words, which If-Match protects while they are edited with the private link."""

from rest_framework.request import Request

from requests_app.api.framework.conditional import last_read, version_of
from requests_app.api.framework.problems import Problem
from requests_app.api.framework.problems import changed as changed_problem
from requests_app.link_access import RequestAccess
from requests_app.messages import timeline
from requests_app.messages.request_shape import moment
from requests_app.models import ServiceRequest
from requests_app.rules.report import corrections


def of(service_request: ServiceRequest) -> str:
    """Of a request that service_requests.find() has read."""
    return version_of(service_request.pk, service_request.version_event_id or 0)


def check(request: Request, request_access: RequestAccess) -> int:
    """The event up to which the caller has read the words. Raises a 412 problem if they have changed since."""
    service_request = request_access.service_request
    events = [0, *corrections.version_events(service_request).values_list("pk", flat=True)]
    read = last_read(request, [version_of(service_request.pk, event) for event in events])
    seen = events[-1 if read is None else read]
    if seen != events[-1]:
        raise changed(request_access, seen)
    return seen


def changed(request_access: RequestAccess, seen: int) -> Problem:
    """A 412 problem with those changes after this event that residents read in the timeline."""
    service_request, link = request_access.service_request, request_access.link
    events = corrections.version_events(service_request).filter(id__gt=seen, kind__in=timeline.PUBLIC_KINDS)
    reader = link.person_id if link is not None else None
    zone = service_request.jurisdiction.zone
    changes = [
        {
            "at": moment(event.at, zone),
            "text": timeline.change_words(event, service_request, own=event.person_id == reader),
            "by": None,
        }
        for event in events
    ]
    return changed_problem(changes)
