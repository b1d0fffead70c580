"""Correcting where a request is, keeping where it was said to be before."""

from django.contrib.gis.geos import Point
from django.db import transaction

from requests_app import events
from requests_app.actions.assignment import locked
from requests_app.clock import app_now
from requests_app.models import Person, PlaceRevision, RequestArea, ServiceRequest, User
from requests_app.places import ground
from requests_app.places.public_place import public_place
from requests_app.rules.lifecycle import next_status


@transaction.atomic
def correct_place(pk: int, *, point: Point | None, address: str, note: str, actor: User | Person) -> ServiceRequest:
    service_request = locked(pk)
    service_request.status = next_status(service_request.status, "correct_place")
    before = PlaceRevision.objects.create(
        service_request=service_request,
        point=service_request.point,
        address=service_request.address,
        place_note=service_request.place_note,
    )
    service_request.point, service_request.address, service_request.place_note = point, address[:300], note[:300]
    service_request.public_point, service_request.public_address = public_place(
        service_request.service_version.visibility, point, address
    )
    service_request.updated_at = app_now()
    service_request.save(
        update_fields=["status", "point", "address", "place_note", "public_point", "public_address", "updated_at"]
    )
    RequestArea.objects.filter(service_request=service_request).delete()
    RequestArea.objects.bulk_create(
        RequestArea(
            area=area,
            service_request=service_request,
            submitted_at=service_request.submitted_at,
            is_open=service_request.is_open,
            public_state=service_request.public_state,
        )
        for area in (ground.areas_at(service_request.jurisdiction, point) if point else [])
    )
    events.record(service_request, "place_corrected", actor=actor, revision_id=before.pk)
    return service_request
