"""Two reports of one problem: joined with the earlier one, every reporter kept; and taken apart again."""

from django.db import transaction

from requests_app import events
from requests_app.actions import progress
from requests_app.actions.assignment import locked
from requests_app.models import Disposition, Participation, ServiceRequest, User
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
    service_request.duplicate_of = parent
    progress._end(service_request, [*fields, "duplicate_of"], disposition=Disposition.DUPLICATE)
    for participation in service_request.participations.filter(stopped_at=None):
        Participation.objects.get_or_create(
            person_id=participation.person_id,
            service_request=parent,
            role=Participation.Role.AFFECTED,
            defaults={"contact_point_id": participation.contact_point_id},
        )
    parent.people_count += service_request.people_count
    parent.save(update_fields=["people_count"])
    events.record(service_request, "merged", actor=actor, parent_id=parent.pk)
    events.record(parent, "absorbed", actor=actor, child_id=service_request.pk)
    return service_request


@transaction.atomic
def unmerge(pk: int, *, actor: User) -> ServiceRequest:
    """They were two after all: this one is open again, as it was routed before."""
    service_request = locked(pk)
    parent = service_request.duplicate_of
    if parent is None:
        raise CannotMerge("This request was not joined with another one.")
    service_request.status = next_status(service_request.status, "unmerge")
    service_request.duplicate_of = None
    service_request.save(update_fields=["duplicate_of"])
    people = list(service_request.participations.values_list("person_id", flat=True))
    parent.participations.filter(person_id__in=people, role=Participation.Role.AFFECTED).delete()
    ServiceRequest.objects.filter(pk=parent.pk).update(
        people_count=max(1, parent.people_count - service_request.people_count)
    )
    events.record(service_request, "unmerged", actor=actor, parent_id=parent.pk)
    return progress.reopen(pk, words="", actor=actor)
