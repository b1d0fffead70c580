"""What pages, calendar files and emails say about collection days."""

import datetime as dt

from django.utils import formats
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.messages.wording import long_date
from requests_app.places.address_card import Field
from requests_app.rules.answers.collection_days import Pickup

MONDAY = dt.date(2024, 1, 1)


def pattern_words(field: Field) -> str:
    """Friday; Friday, every other week; or the city's own words, "First and third Monday of the month"."""
    if field.days is None or field.days.turns:
        return field.value[:1].upper() + field.value[1:]
    day = formats.date_format(MONDAY + dt.timedelta(days=field.days.weekday), "l").capitalize()
    return _("%(day)s, every other week") % {"day": day} if field.days.weeks else day


def change_words(pickup: Pickup) -> str:
    """Thanksgiving: your pickup moves to Friday, November 27."""
    holiday = localized(pickup.holiday) or _("Holiday")
    if pickup.on is None:
        return _("%(holiday)s: canceled on %(day)s.") % {"holiday": holiday, "day": long_date(pickup.usual_on)}
    return _("%(holiday)s: your pickup moves to %(day)s.") % {"holiday": holiday, "day": long_date(pickup.on)}
