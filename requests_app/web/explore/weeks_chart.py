"""Three numbers and a chart of the last weeks, for the pages of areas, services and places."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from requests_app.drawing.charts import Series, formatted, stacked
from requests_app.rules.figures.recent_weeks import RecentWeeks


def weeks_context(weeks: RecentWeeks | None) -> dict[str, Any]:
    """`figures` and `weeks_chart` for _weeks.html; nothing if there's nothing to count."""
    if weeks is None or not weeks.reported:
        return {}
    closed, still_open = sum(weeks.closed), sum(weeks.still_open)
    chart = stacked(
        "weeks",
        _("Reports by week"),
        [date_format(day, pgettext("short day format", "M j")) for day in weeks.last_days],
        [Series(_("Closed"), weeks.closed), Series(_("Still open"), weeks.still_open)],
        first_column=_("Week until"),
        sentence=ngettext(
            "%(reported)s report in the last 12 weeks, %(open)s of them still open.",
            "%(reported)s reports in the last 12 weeks, %(open)s of them still open.",
            weeks.reported,
        )
        % {"reported": formatted(weeks.reported), "open": formatted(still_open)},
    )
    return {
        "weeks_figures": [
            (formatted(weeks.reported), _("reported in the last 12 weeks")),
            (formatted(closed), _("of them closed")),
            (formatted(still_open), _("still open")),
        ],
        "weeks_chart": chart,
    }
