"""What the value report calls months and quarters, and how it writes money."""

import datetime as dt
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _

from requests_app.rules.figures.periods import Period


def period_name(period: Period, today: dt.date) -> str:
    """“November 2026” or “Q4 2026”; says so if it isn't over."""
    name = short_name(period)
    return _("%(period)s so far") % {"period": name} if period.until > today else name


def short_name(period: Period) -> str:
    if period.is_quarter:
        return _("Q%(number)s %(year)s") % {"number": (period.first.month + 2) // 3, "year": period.first.year}
    return short_month(period.first)


def short_month(month: dt.date) -> str:
    return formats.date_format(month, "YEAR_MONTH_FORMAT")


def money(amount: Decimal | float, places: int = 2) -> str:
    """In dollars, such as $1,234.50."""
    return f"${formats.number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)}"
