"""What the pages of the ledger call lines, series and effects."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.drawing import charts
from requests_app.models import CallMonth
from requests_app.rules.figures.call_series import Gap
from requests_app.rules.figures.interrupted_series import Effect
from staff_app.value import names

Line = CallMonth.Line
LINES: dict[str, str | Promise] = {
    Line.EMERGENCY: gettext_lazy("911"),
    Line.NON_EMERGENCY: gettext_lazy("The non-emergency line"),
    Line.DESK: gettext_lazy("311"),
    Line.NEIGHBOR: gettext_lazy("911 next door"),
}
PRIORITIES: dict[str, str | Promise] = {
    "high": pgettext_lazy("911 calls", "high priority"),
    "low": pgettext_lazy("911 calls", "low priority"),
}
SERIES: dict[str, str | Promise] = {
    "emergency": gettext_lazy("All 911 calls"),
    "emergency_high": gettext_lazy("911 calls of high priority"),
    "emergency_low": gettext_lazy("911 calls of low priority"),
    "non_emergency": gettext_lazy("The non-emergency line"),
    "all_lines": gettext_lazy("All lines together"),
}


def line_name(line: str, priority: str) -> str:
    """“911, low priority”."""
    return f"{LINES[line]}, {PRIORITIES[priority]}" if priority else str(LINES[line])


def gap(name: str, missing: Gap) -> str:
    first, last = names.short_month(missing.first), names.short_month(missing.last)
    if first == last:
        return _("%(line)s wasn’t counted in %(month)s.") % {"line": name, "month": first}
    return _("%(line)s wasn’t counted from %(first)s to %(last)s.") % {"line": name, "first": first, "last": last}


def percent(change: float) -> str:
    """“−34.0%”, “+2.1%”."""
    sign = "−" if change < 0 else "+"
    return f"{sign}{charts.formatted(abs(100 * change))}%"


def verdict(effect: Effect) -> str:
    """In a sentence, what the interval allows to say."""
    between = {"low": percent(effect.low), "high": percent(effect.high)}
    if not effect.is_clear:
        return _("No clear change: somewhere from %(low)s to %(high)s.") % between
    fell = _("Fewer calls: somewhere from %(low)s to %(high)s.")
    rose = _("More calls: somewhere from %(low)s to %(high)s.")
    return (fell if effect.change < 0 else rose) % between
