"""Merging duplicates into an earlier request, with all their reporters; and unmerging."""

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from requests_app import events
from requests_app.actions import endings, progress, reopenings
from requests_app.models import CONFIDENTIAL, Disposition, Participation, ServiceRequest, User
from requests_app.rules.lifecycle import next_status
from requests_app.transactions import atomic_action

JOIN = """
INSERT INTO requests_app_participation (person_id, service_request_id, role, contact_point_id, cadence)
SELECT person_id, %s, %s, contact_point_id, cadence FROM requests_app_participation
WHERE service_request_id = %s AND unsubscribed_at IS NULL ORDER BY id
ON CONFLICT DO NOTHING
"""


class CannotMerge(Exception):
    """str() is a message for the user."""


@atomic_action
def merge(pk: int, *, parent: ServiceRequest, actor: User | None) -> ServiceRequest:
    """Merges this request into `parent`, and subscribes its people to the parent's updates."""
    if parent.pk == pk:
        raise CannotMerge(_("You can’t merge a request into itself."))
    # Lock in order of id, so that two opposite merges cannot deadlock.
    locked = {request_id: ServiceRequest.objects.locked(request_id) for request_id in sorted((pk, parent.pk))}
    service_request, parent = locked[pk], locked[parent.pk]
    if parent.duplicate_of_id == pk:
        raise CannotMerge(_("That request was merged into this one already."))
    # So a ring is impossible: the end of a chain has no request to be merged into.
    if parent.duplicate_of_id is not None:
        raise CannotMerge(_("That request was itself merged into another one. Merge into that one instead."))
    fields = progress.move(service_request, "merge")
    if service_request.jurisdiction_id != parent.jurisdiction_id:
        raise CannotMerge(_("That request belongs to another city."))
    if (service_request.public_state in CONFIDENTIAL) != (parent.public_state in CONFIDENTIAL):
        # People of one would get updates on the other and be visible to the other's staff.
        raise CannotMerge(_("One of the requests is confidential and the other isn’t, so they can’t be merged."))
    service_request.duplicate_of = parent
    endings.end(service_request, [*fields, "duplicate_of"], disposition=Disposition.DUPLICATE)
    join_people(service_request, parent)
    events.record_together(
        [
            (service_request, "merged", {"parent_id": parent.pk}),
            (parent, "duplicate_merged", {"child_id": service_request.pk}),
        ],
        actor=actor,
    )
    return service_request


def join_people(service_request: ServiceRequest, parent: ServiceRequest) -> None:
    """Subscribes the people of a merged request to the parent's updates, and counts them there."""
    with connection.cursor() as cursor:
        cursor.execute(JOIN, [parent.pk, Participation.Role.AFFECTED, service_request.pk])
    ServiceRequest.objects.filter(pk=parent.pk).update(
        people_count=F("people_count") + service_request.people_count,
        me_too_count=F("me_too_count") + service_request.me_too_count,
    )


@transaction.atomic
def unmerge(pk: int, *, actor: User | None) -> ServiceRequest:
    """Reopens a request that was merged by mistake, routed as it was before."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.duplicate_of_id is None:
        raise CannotMerge(_("This request wasn’t merged into another one."))
    next_status(service_request.status, "unmerge")
    return reopenings.reopen(pk, words="", actor=actor)
