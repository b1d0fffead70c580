"""The four steps of a report on its page: Received, Reviewed, Scheduled, Fixed. A picture of the status, which words say too."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.models import Disposition, ServiceRequest, Status

# Ended as the reporter hoped; other outcomes have their own word at the last step.
GOOD = {Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.ANSWERED}


@dataclass(frozen=True)
class Step:
    """state: done, current or ahead."""

    label: str
    state: str


def steps(service_request: ServiceRequest) -> list[Step]:
    """What is done, what is going on and what is still ahead. A report may end without having been scheduled."""
    names = [_("Received"), _("Reviewed"), _("Scheduled"), _last(service_request)]
    if not service_request.is_open:
        reached = [True, True, service_request.scheduled_for is not None, True]
        return [Step(name, "done") for name, was in zip(names, reached, strict=True) if was]
    at = _reached(service_request)
    return [
        Step(name, "done" if number < at else "current" if number == at else "ahead")
        for number, name in enumerate(names)
    ]


def _reached(service_request: ServiceRequest) -> int:
    """The number of the step that it has reached."""
    if service_request.scheduled_for is not None:
        return 2
    is_reviewed = service_request.acknowledged_at is not None or service_request.status in (
        Status.IN_PROGRESS,
        Status.ON_HOLD,
    )
    return 1 if is_reviewed else 0


def _last(service_request: ServiceRequest) -> str:
    disposition = service_request.disposition
    if disposition == Disposition.ANSWERED:
        return _("Answered")
    if not service_request.is_open and disposition not in GOOD:
        # Translators: the last step of a report that ended without being fixed.
        return pgettext("step of a report", "Closed")
    return pgettext("step of a report", "Fixed")
