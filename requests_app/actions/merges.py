"""Merging duplicates into an earlier request, with all their reporters; and unmerging."""

from django.db import transaction

from requests_app import events
from requests_app.actions import progress
from requests_app.models import CONFIDENTIAL, Disposition, Participation, ServiceRequest, User
from requests_app.rules.lifecycle import next_status
from requests_app.transactions import atomic_action


class CannotMerge(Exception):
    """str() is a message for the user."""


@atomic_action
def merge(pk: int, *, parent: ServiceRequest, actor: User) -> ServiceRequest:
    """Merges this request into `parent`, and subscribes its people to the parent's updates."""
    if parent.pk == pk:
        raise CannotMerge("You can’t merge a request into itself.")
    # Lock in order of id, so that two opposite merges cannot deadlock.
    locked = {request_id: ServiceRequest.objects.locked(request_id) for request_id in sorted((pk, parent.pk))}
    service_request, parent = locked[pk], locked[parent.pk]
    if parent.duplicate_of_id is not None:
        raise CannotMerge("That request was itself merged into another one. Merge into that one instead.")
    fields = progress.move(service_request, "merge")
    if service_request.jurisdiction_id != parent.jurisdiction_id:
        raise CannotMerge("That request belongs to another city.")
    if (service_request.public_state in CONFIDENTIAL) != (parent.public_state in CONFIDENTIAL):
        # People of one would get updates on the other and be visible to the other's staff.
        raise CannotMerge("One of the requests is confidential and the other isn’t, so they can’t be merged.")
    service_request.duplicate_of = parent
    progress._end(service_request, [*fields, "duplicate_of"], disposition=Disposition.DUPLICATE)
    join_people(service_request, parent)
    events.record(service_request, "merged", actor=actor, parent_id=parent.pk)
    events.record(parent, "duplicate_merged", actor=actor, child_id=service_request.pk)
    return service_request


def join_people(service_request: ServiceRequest, parent: ServiceRequest) -> None:
    """Subscribes the people of a merged request to the parent's updates, and counts them there."""
    Participation.objects.bulk_create(
        [
            Participation(
                person_id=participation.person_id,
                service_request=parent,
                role=Participation.Role.AFFECTED,
                contact_point_id=participation.contact_point_id,
                cadence=participation.cadence,
            )
            for participation in service_request.participations.filter(unsubscribed_at=None)
        ],
        ignore_conflicts=True,
    )
    parent.people_count += service_request.people_count
    parent.save(update_fields=["people_count"])


@transaction.atomic
def unmerge(pk: int, *, actor: User) -> ServiceRequest:
    """Reopens a request that was merged by mistake, routed as it was before."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.duplicate_of_id is None:
        raise CannotMerge("This request wasn’t merged into another one.")
    next_status(service_request.status, "unmerge")
    return progress.reopen(pk, words="", actor=actor)
