"""What people answered after their reports ended, by month."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.api.framework.problems import FieldError, invalid_parameter
from requests_app.models import Jurisdiction
from requests_app.rules.truth import survey_numbers

MONTHS, MONTHS_MAX = 6, 24


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
        "smallest_number": survey_numbers.SMALLEST,
        "months": survey_numbers.months(of, first, _later(last, 1)),
    }


def _month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def _later(month: dt.date, count: int) -> dt.date:
    """The first day of the month so many months later."""
    years, number = divmod(month.month - 1 + count, 12)
    return dt.date(month.year + years, number + 1, 1)
