"""The city itself, and what people answered after their reports ended."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import links, photos
from requests_app.api.framework.problems import FieldError, invalid_parameter
from requests_app.api.v1.base import LIMIT_MAX
from requests_app.core.localized import localized
from requests_app.models import Jurisdiction
from requests_app.rules.shared import intake
from requests_app.rules.shared.jurisdictions import is_demo
from requests_app.rules.truth import survey_numbers
from requests_app.rules.truth.survey_numbers import SMALLEST, Row, Tally

MONTHS, MONTHS_MAX = 6, 24


def city(of: Jurisdiction) -> dict[str, Any]:
    site = links.base_url(of)
    return {
        "name": of.name,
        "jurisdiction_id": of.jurisdiction_id,
        "html_url": f"{site}/",
        "is_demo": is_demo(of),
        "languages": of.languages,
        "time_zone": of.time_zone,
        "units": of.units,
        "emergency_number": of.emergency_number,
        "phone_numbers": list(filter(None, [of.desk_number, of.desk_long_number])),
        "map": {name: of.map_view[name] for name in ("center", "zoom", "bounds") if name in of.map_view},
        "limits": {
            "description_characters": intake.DESCRIPTION_MAX,
            "photos": photos.PHOTOS_MAX,
            "photo_bytes": settings.PHOTO_MAX_BYTES,
            "page": LIMIT_MAX,
        },
    }


def statistics(of: Jurisdiction, since: str | None, until: str | None) -> dict[str, Any]:
    """Both months included. Raises a 400 problem for a period that is too long or ends before it begins."""
    last = _month(until) if until else timezone.localdate().replace(day=1)
    first = _month(since) if since else _later(last, 1 - MONTHS)
    if not first <= last < _later(first, MONTHS_MAX):
        message = _("since and until must be at most %(most)s months apart.") % {"most": MONTHS_MAX}
        raise invalid_parameter([FieldError("since", "invalid", message)])
    return {
        "since": f"{first:%Y-%m}",
        "until": f"{last:%Y-%m}",
        "smallest_number": SMALLEST,
        "months": [
            {"month": f"{month.month:%Y-%m}", "total": _row(month.total), "services": [_row(row) for row in month.rows]}
            for month in survey_numbers.months(of, first, _later(last, 1))
        ],
    }


def _row(row: Row) -> dict[str, Any]:
    service = row.service
    return {
        "service": {"code": service.service_code, "name": localized(service.current.name)}
        if service is not None and service.current is not None
        else None,
        "fixed": _tally(row.fixed),
        "treated_well": _tally(row.treated_well),
    }


def _tally(tally: Tally) -> dict[str, Any]:
    counts = {"yes": tally.yes, "partly": tally.partly, "no": tally.no}
    return {**counts, "answered": tally.answered, "is_whole": tally.is_whole}


def _month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def _later(month: dt.date, count: int) -> dt.date:
    """The first day of the month so many months later."""
    years, number = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, number + 1, 1)
