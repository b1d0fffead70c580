"""Two reports of one problem: joined with the earlier one, every reporter kept; and taken apart again."""

from django.db import transaction

from requests_app import events
from requests_app.actions import progress
from requests_app.models import CONFIDENTIAL, Disposition, Participation, ServiceRequest, User
from requests_app.rules.lifecycle import next_status


class CannotMerge(Exception):
    """str() is one sentence for the person who tried."""


@transaction.atomic
def merge(pk: int, *, parent: ServiceRequest, actor: User) -> ServiceRequest:
    """Joins this request with `parent`: its people hear of the parent's progress."""
    # In the order of their ids, so that two merges the other way round cannot wait for each other.
    for one in sorted((pk, parent.pk)):
        ServiceRequest.objects.select_for_update().get(pk=one)
    parent.refresh_from_db()
    if parent.pk == pk:
        raise CannotMerge("A request cannot be joined with itself.")
    if parent.duplicate_of_id is not None:
        raise CannotMerge("That request was itself joined with another one. Join with that one.")
    service_request, fields = progress._move(pk, "merge")
    if service_request.jurisdiction_id != parent.jurisdiction_id:
        raise CannotMerge("That request belongs to another city.")
    if (service_request.public_state in CONFIDENTIAL) != (parent.public_state in CONFIDENTIAL):
        # The people of one would be told of the other, and read by the other's staff.
        raise CannotMerge("One of the two is confidential and the other is not. They cannot be joined.")
    service_request.duplicate_of = parent
    progress._end(service_request, [*fields, "duplicate_of"], disposition=Disposition.DUPLICATE)
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
    events.record(service_request, "merged", actor=actor, parent_id=parent.pk)
    events.record(parent, "absorbed", actor=actor, child_id=service_request.pk)
    return service_request


@transaction.atomic
def unmerge(pk: int, *, actor: User) -> ServiceRequest:
    """They were two after all: this one is open again, as it was routed before."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.duplicate_of_id is None:
        raise CannotMerge("This request was not joined with another one.")
    next_status(service_request.status, "unmerge")
    return progress.reopen(pk, words="", actor=actor)
