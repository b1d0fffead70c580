"""What a call taker reads aloud about a caller's reports, in the caller's language."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import override

from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.models import ServiceRequest
from requests_app.rules.promises import promises
from requests_app.rules.promises.promises import Promise


def sentences(service_requests: Iterable[ServiceRequest], language: str) -> dict[int, str]:
    """ "Your pothole report of May 12: Streets will review it by Tuesday…", by the request's key."""
    rows = list(service_requests)
    if not rows:
        return {}
    now = app_now()
    promised = promises.of_all(rows, now=now)
    with override(language):
        return {one.pk: _sentence(one, promised[one.pk], now) for one in rows}


def _sentence(service_request: ServiceRequest, promise: Promise, now: dt.datetime) -> str:
    # Translators: read aloud on the phone: "Your pothole report of May 12: Streets will review it by Tuesday."
    return _("Your %(service)s report of %(day)s: %(status)s") % {
        "service": _in_sentence(localized(service_request.service_version.name)),
        "day": day_of(service_request),
        "status": wording.one_stop(_status(service_request, promise, now)),
    }


def day_of(service_request: ServiceRequest) -> str:
    return wording.month_day(service_request.submitted_at.astimezone(service_request.jurisdiction.zone).date())


def _in_sentence(name: str) -> str:
    """ "pothole", but "ADA ramp"."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _status(service_request: ServiceRequest, promise: Promise, now: dt.datetime) -> str:
    """What was promised, after what there is to say besides: that it waits, that a day is planned, or how it ended."""
    status = wording.status_words(service_request, now=now) + "."
    if not service_request.is_open:
        return status
    next_step = wording.next_step(service_request, promise, now=now).sentence
    has_news = service_request.status == "on_hold" or service_request.scheduled_for or service_request.made_safe_at
    return f"{status} {next_step}" if has_news else next_step
