"""What comes on paper: the number of a form, and the day it came, from which the targets count."""

import datetime as dt
import re
from dataclasses import dataclass

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, ServiceVersion

# Days that a letter may have waited without anybody saying why, and at all.
DAYS_WITHOUT_REASON = 14
DAYS_AT_MOST = 366
REASON_MAX = 300
_CODE = re.compile(r"([A-Z0-9_-]{1,60})-([0-9]{1,6})-([A-Z]{2,3}(?:-[A-Z0-9]+)*)")
FUTURE, TOO_OLD, NEEDS_REASON = "future", "too_old", "needs_reason"


def today(jurisdiction: Jurisdiction) -> dt.date:
    return app_now().astimezone(jurisdiction.zone).date()


def problem(day: dt.date, *, today: dt.date, reason: str) -> str:
    """Why a letter can't have come on this day: FUTURE, TOO_OLD or NEEDS_REASON; empty if it can."""
    waited = (today - day).days
    if waited < 0:
        return FUTURE
    if waited > DAYS_AT_MOST:
        return TOO_OLD
    return NEEDS_REASON if waited > DAYS_WITHOUT_REASON and not reason.strip() else ""


def received_at(jurisdiction: Jurisdiction, day: dt.date) -> dt.datetime:
    """When it counts as received: as that day begins in the city, so that no resident loses hours of it."""
    return dt.datetime.combine(day, dt.time(), jurisdiction.zone)


@dataclass(frozen=True)
class Form:
    version: ServiceVersion
    language: str


def form_number(version: ServiceVersion, language: str) -> str:
    """What is printed on a blank form: the service, the number of its version, and the language."""
    return f"{version.service.service_code}-{version.number}-{language}".upper()


def find_form(jurisdiction: Jurisdiction, typed: str) -> Form | None:
    """The form with this number, in any case. Also one of an earlier version, whose questions it has."""
    match = _CODE.fullmatch(typed.strip().upper())
    language = match[3].lower() if match else ""
    codes = {code.lower(): code for code in jurisdiction.languages}
    if match is None or language not in codes:
        return None
    versions = ServiceVersion.objects.select_related("service").filter(
        service__jurisdiction=jurisdiction, service__service_code__iexact=match[1], number=int(match[2])
    )
    version = versions.first()
    return Form(version, codes[language]) if version is not None else None
