"""The people of a request, as the page for its contacts shows them."""

from typing import Any

from requests_app.models import ServiceRequest


def of(service_request: ServiceRequest) -> list[dict[str, Any]]:
    """Record that it was read before: actions.privacy.view_reporter()."""
    taking_part = service_request.participations.select_related("person").prefetch_related("person__contact_points")
    return [
        {
            "role": participation.role,
            "name": participation.person.name or None,
            "language": participation.person.language,
            "postal_address": participation.person.postal_address or None,
            "may_be_called": participation.person.may_be_called,
            "gets_updates": participation.contact_point_id is not None and participation.unsubscribed_at is None,
            "is_erased": participation.person.erased_at is not None,
            "points": [
                {
                    "kind": point.kind,
                    "value": point.value,
                    "is_verified": point.verified_at is not None,
                    "bounces": point.bounced_at is not None,
                }
                for point in participation.person.contact_points.all()
            ],
        }
        for participation in taking_part.order_by("created_at", "id")
    ]
