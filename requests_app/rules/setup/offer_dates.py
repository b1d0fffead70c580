"""When residents can ask for a service: always, every year between two days (leaf pickup), or once between two dates."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.models.catalog import ServiceVersion

# Every fourth year has a February 29, so yearly days are compared as text, and shown as days of a leap year.
LEAP_YEAR = 2028
YEARLY = "%m-%d"


def offered_today(versions: Iterable[ServiceVersion], zone: ZoneInfo) -> list[ServiceVersion]:
    """Those that residents can ask for today in the city's time zone. Without such dates, the clock isn't asked."""
    versions = list(versions)
    if not any(version.offered for version in versions):
        return versions
    day = app_now().astimezone(zone).date()
    return [version for version in versions if is_offered(version.offered, day)]


def is_offered(offered: dict[str, Any], day: dt.date) -> bool:
    if not offered:
        return True
    first, last = str(offered["from"]), str(offered["to"])
    if not is_yearly(offered):
        return first <= day.isoformat() <= last
    today = day.strftime(YEARLY)
    # Over New Year, as from November to February.
    return first <= today <= last if first <= last else today >= first or today <= last


def is_yearly(offered: dict[str, Any]) -> bool:
    return len(str(offered.get("from", ""))) == len("MM-DD")


def offer_dates(offered: dict[str, Any]) -> str:
    """ "October 15 to December 15" in the active language, with years if it is offered only once; empty: always."""
    if not offered:
        return ""
    yearly = is_yearly(offered)
    days = [dt.date.fromisoformat(f"{LEAP_YEAR}-{offered[end]}" if yearly else offered[end]) for end in ("from", "to")]
    first, last = (date_format(day, "MONTH_DAY_FORMAT" if yearly else "DATE_FORMAT") for day in days)
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def not_offered(version: ServiceVersion) -> str:
    """What a resident reads who asks for it at another time."""
    return _("We take these reports from %(dates)s.") % {"dates": offer_dates(version.offered)}
