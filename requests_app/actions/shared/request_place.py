"""Moving a locked request to another place, and back. The earlier places are kept."""

from collections.abc import Sequence

from django.contrib.gis.geos import Point

from requests_app import events
from requests_app.clock import app_now
from requests_app.models import Person, PlaceRevision, RequestArea, ServiceRequest, User
from requests_app.places import ownership
from requests_app.places.public_place import public_place
from requests_app.places.tile_cache import forget_tiles


def move(
    service_request: ServiceRequest,
    *,
    point: Point | None,
    address: str,
    note: str,
    actor: User | Person,
    and_save: Sequence[str] = (),
) -> None:
    """Moves a locked request, in the caller's transaction, and recomputes its public place by the service's rule.

    and_save: other changed fields to save.
    """
    revision = save(service_request, point=point, address=address, note=note, and_save=and_save)
    events.record(service_request, "place_corrected", actor=actor, revision_id=revision.pk)


def save(
    service_request: ServiceRequest, *, point: Point | None, address: str, note: str, and_save: Sequence[str] = ()
) -> PlaceRevision:
    """Returns the earlier place."""
    before = PlaceRevision.objects.create(
        service_request=service_request,
        point=service_request.point,
        address=service_request.address,
        place_note=service_request.place_note,
    )
    service_request.point, service_request.address, service_request.place_note = point, address[:300], note[:300]
    service_request.public_point, service_request.public_address = public_place(
        service_request.service_version.visibility, point, service_request.address
    )
    service_request.updated_at = app_now()
    service_request.save(
        update_fields=[
            "status", "point", "address", "place_note", "public_point", "public_address", "updated_at", *and_save,
        ]
    )  # fmt: skip
    save_areas(service_request)
    return before


def save_areas(service_request: ServiceRequest) -> None:
    """Stores the areas of the request's place."""
    forget_tiles(service_request.jurisdiction_id)
    RequestArea.objects.filter(service_request=service_request).delete()
    areas = ownership.areas_at(service_request.jurisdiction, service_request.point) if service_request.point else []
    RequestArea.objects.bulk_create(
        RequestArea(
            area=area,
            service_request=service_request,
            submitted_at=service_request.submitted_at,
            is_open=service_request.is_open,
            public_state=service_request.public_state,
        )
        for area in areas
    )


def restore(service_request: ServiceRequest, revision_id: int) -> None:
    """Restores the place before a correction, in the caller's transaction. The corrected place is kept like any earlier one."""
    before = service_request.place_revisions.get(pk=revision_id)
    PlaceRevision.objects.create(
        service_request=service_request,
        point=service_request.point,
        address=service_request.address,
        place_note=service_request.place_note,
    )
    service_request.point, service_request.address = before.point, before.address
    service_request.place_note = before.place_note
    service_request.save(update_fields=["point", "address", "place_note"])
    save_areas(service_request)
