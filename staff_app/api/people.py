"""The people of a request, as the page for its contacts shows them."""

from typing import Any

from requests_app.models import ServiceRequest


def of(service_request: ServiceRequest) -> list[dict[str, Any]]:
    """Record that it was read before: actions.privacy.view_reporter()."""
    taking_part = service_request.participations.select_related("person").prefetch_related("person__contact_points")
    return [
        {
            "role": one.role,
            "name": one.person.name or None,
            "language": one.person.language,
            "postal_address": one.person.postal_address or None,
            "may_be_called": one.person.may_be_called,
            "gets_updates": one.contact_point_id is not None and one.unsubscribed_at is None,
            "is_erased": one.person.erased_at is not None,
            "points": [
                {
                    "kind": point.kind,
                    "value": point.value,
                    "is_verified": point.verified_at is not None,
                    "bounces": point.bounced_at is not None,
                }
                for point in one.person.contact_points.all()
            ],
        }
        for one in taking_part.order_by("created_at", "id")
    ]
