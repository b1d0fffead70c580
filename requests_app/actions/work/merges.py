"""Merging duplicates into an earlier request, with all their reporters; and unmerging."""

from django.db import transaction
from django.utils.translation import gettext as _

from requests_app import events
from requests_app.actions.work import endings, merged_people, progress, reopenings
from requests_app.core.transactions import atomic_action
from requests_app.models import CONFIDENTIAL, Disposition, ServiceRequest, User
from requests_app.rules.shared.lifecycle import next_status


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
    known_twice = merged_people.join(service_request, parent)
    data = {"parent_id": parent.pk} | ({"known_twice": known_twice} if known_twice else {})
    events.record_together(
        [
            (service_request, "merged", data),
            (parent, "duplicate_merged", {"child_id": service_request.pk}),
        ],
        actor=actor,
    )
    return service_request


@transaction.atomic
def unmerge(pk: int, *, actor: User | None) -> ServiceRequest:
    """Reopens a request that was merged by mistake, routed as it was before."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.duplicate_of_id is None:
        raise CannotMerge(_("This request wasn’t merged into another one."))
    next_status(service_request.status, "unmerge")
    return reopenings.reopen(pk, text="", actor=actor)
