"""What the writer of a report reads that may tell of somebody in distress: that it's private, and who can help."""

from typing import Any

from requests_app.models import ReviewReason, ServiceRequest
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.hotlines import help_for
from requests_app.rules.publication import review
from requests_app.rules.publication.publication import told_by_residents


def only_the_city(service_request: ServiceRequest) -> dict[str, Any]:
    """The context of report/_only_the_city.html, for the writer's own pages; empty for other reports."""
    if service_request.review_reason != ReviewReason.DISTRESS or not review.is_private_review(service_request):
        return {}
    kind = screening.distress_in(service_request.jurisdiction, told_by_residents(service_request))
    return {"only_the_city": True, "danger_help": help_for(service_request.jurisdiction, kind)}
