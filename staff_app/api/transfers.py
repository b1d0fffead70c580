"""Calls that a 911 center passes on, each once by the center's own number."""

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.actions.contacts import transfers_911
from requests_app.actions.report import submission
from requests_app.api.emergency import emergency_in
from requests_app.api.framework import idempotency
from requests_app.api.framework.bodies import canonical
from requests_app.api.framework.problems import FieldError, Problem
from requests_app.api.v1 import writing
from requests_app.api.v1.report_serializers import NewTransferSerializer
from requests_app.messages.report_notice import notice_of
from requests_app.models import ApiKey, Jurisdiction, ServiceRequest, User
from requests_app.photos import stored_photos
from requests_app.rules.people import permissions
from staff_app.api.base import denied


def receive(city: Jurisdiction, data: Any, files: list[UploadedFile], *, key: ApiKey, user: User) -> dict[str, Any]:
    """Raises a 403 problem for who may not send reports for others, a 422 problem that names every mistake, and a 409 problem if
    the number came with another body."""
    if not permissions.can_in_city(user, "submit_for_others", city):
        raise denied("submit_for_others")
    serializer = NewTransferSerializer(data=data, context={"city": city, "key": key, "photo_count": len(files)})
    serializer.is_valid(raise_exception=True)
    sent = serializer.validated_data
    if sent["priority"] is not None and not permissions.can_in_city(user, "set_priority", city):
        raise denied("set_priority")
    new, number = sent["report"], sent["number"]
    screening, emergency = writing.screen(new), emergency_in(city, writing.own_words(new))
    try:
        with stored_photos(city, files, writing.photos_refused) as taken:
            submitted = transfers_911.receive(
                replace(new, photos=taken),
                body_hash=idempotency.body_hash(canonical(data), files=files),
                actor=user,
                reason=sent["reason"] or "",
                is_warm=sent["warm"],
            )
    except submission.Refused as error:
        raise writing.refused(error) from None
    except transfers_911.NumberTaken as error:
        raise _taken(number, error.service_request) from None
    made, site = submitted.service_request, links.base_url(city)
    return {
        "reference": made.display_reference,
        "url": f"{site}/api/v1/staff/requests/{made.reference}/",
        "html_url": f"{site}/staff/r/{made.reference}/",
        "outside_number": number,
        "is_new": not submitted.repeated,
        "notice": " ".join(notice_of(submitted, city, screening, emergency)),
    }


def _taken(number: str, before: ServiceRequest) -> Problem:
    words = _("%(number)s was already sent with different text, as %(reference)s. Change that one instead.")
    names = {"number": number, "reference": before.display_reference}
    return Problem(
        "idempotency-conflict", words % names, [FieldError("number", "taken", _("This number was already sent."))]
    )
