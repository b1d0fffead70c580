"""What pages say about street works: when, in which hours, and where the map's popup opens."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.models import StreetWork


def period_words(work: StreetWork) -> str:
    """Until June 12; June 1 to June 12, if that is still to come; June 1, if it is a single day."""
    last = wording.month_day(work.ends_on)
    if work.starts_on == work.ends_on:
        return last
    if work.starts_on <= timezone.localdate():
        return _("Until %(day)s") % {"day": last}
    return pgettext("street work", "%(first)s to %(last)s") % {"first": wording.month_day(work.starts_on), "last": last}


def hours_words(work: StreetWork) -> str:
    """from 7 a.m. to 4 p.m.; empty if the city doesn't say."""
    return _hours_written(work.hours, get_language())


def map_words(work: StreetWork) -> dict[str, Any]:
    """For the popup on the map."""
    when = ", ".join(words for words in (period_words(work), hours_words(work)) if words)
    return {"title": f"{work.get_kind_display()}: {work.place}", "words": localized(work.words), "when": when}


# A page writes few hours, and each several times.
@lru_cache(1024)
def _hours_written(hours: str, language: str | None) -> str:
    opens, dash, closes = hours.partition("-")
    return _("from %(opens)s to %(closes)s") % {"opens": _time(opens), "closes": _time(closes)} if dash else ""


def _time(text: str) -> str:
    return date_format(dt.datetime(2000, 1, 1, int(text[:2]) % 24, int(text[3:])), "P")
