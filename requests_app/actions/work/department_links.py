"""What a department that works by email does through the links in its email: accept, send back to triage, resolve.

Nobody is signed in, so the events have no actor but the department's id. Unlike a staff action they can't be undone.
"""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from requests_app.actions.work import assignment, endings, progress, staff_texts
from requests_app.clock import app_now
from requests_app.links import DepartmentLink
from requests_app.models import Event, Photo, ServiceRequest
from requests_app.rules.publication.personal_data import Kind
from requests_app.rules.shared import lifecycle

WORKS_FOR = dt.timedelta(days=30)
# Events that take a request from its department, or bring it there again with newer links.
MOVES = ("routed", "transferred", "triaged")
VERBS = {"accept": "accept", "not_ours": "triage", "done": "resolve"}


class LinkEnded(Exception):
    """The link does nothing anymore. reason: expired, moved, accepted or ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def why_ended(link: DepartmentLink, service_request: ServiceRequest) -> str:
    """Empty while the link still works."""
    if app_now() > link.event.at + WORKS_FOR:
        return "expired"
    if service_request.department_id != link.department.pk or _has_moved(link):
        return "moved"
    if (service_request.status, VERBS[link.act]) in lifecycle.TRANSITIONS:
        return ""
    return "accepted" if service_request.is_open and link.act == "accept" else "ended"


def _has_moved(link: DepartmentLink) -> bool:
    later = Event.objects.filter(service_request=link.event.service_request_id, pk__gt=link.event.pk)
    found = later.filter(kind__in=[*MOVES, "undone"]).values_list("pk", "kind", "data")
    undone = {data.get("event_id") for _pk, kind, data in found if kind == "undone"}
    return any(kind in MOVES and pk not in undone for pk, kind, _data in found)


def _lock(link: DepartmentLink) -> int:
    """Raises LinkEnded. Call it in a transaction."""
    service_request = ServiceRequest.objects.locked(link.event.service_request_id or 0)
    if reason := why_ended(link, service_request):
        raise LinkEnded(reason)
    return service_request.pk


@transaction.atomic
def accept(link: DepartmentLink) -> None:
    """Raises LinkEnded."""
    progress.accept(_lock(link), actor=None, by_department=link.department)


@transaction.atomic
def send_back(link: DepartmentLink, *, reason: str) -> None:
    """Returns it to triage. Raises LinkEnded."""
    assignment.return_to_triage(_lock(link), reason=reason, actor=None, by_department=link.department)


def resolve(
    link: DepartmentLink, *, uploads: Iterable[UploadedFile], left_in: Iterable[Kind] = (), **outcome: Any
) -> None:
    """outcome: as for endings.resolve(). left_in: personal data in the words that was marked, by kind.

    Raises LinkEnded and PhotoRefused.
    """
    kinds = set(left_in)
    finished = [(upload, Photo.Stage.AFTER.value) for upload in uploads]
    with endings.work_photos(link.event.service_request_id or 0, finished), transaction.atomic():
        pk = _lock(link)
        post = partial(endings.resolve, pk, actor=None, by_department=link.department, **outcome)
        if kinds:
            staff_texts.post_marked(pk, post, act="resolve", kinds=kinds, actor=None, by_department=link.department)
        else:
            post()
