"""A forecast in words: the sentence that a target or a calendar is judged by, and the numbers next to today’s."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.models import Target
from requests_app.rules.promises.target_forecast import Forecast


@dataclass(frozen=True)
class ForecastWords:
    """sentence: empty if there is nothing to compare with. rows: what, now, with this."""

    sentence: str
    rows: list[tuple[str, str, str]]
    is_sample: bool


def forecast_words(forecast: Forecast, kind: str = Target.Kind.RESOLVE) -> ForecastWords:
    still_open, ended = forecast.open, forecast.ended
    sentences, rows = [], []
    if still_open.count:
        numbers = {"late": _number(still_open.hit), "count": _number(still_open.count)}
        if kind == Target.Kind.ACKNOWLEDGE:
            sentence = ngettext(
                "With this, %(late)s of the %(count)s report not yet reviewed would be late.",
                "With this, %(late)s of the %(count)s reports not yet reviewed would be late.",
                still_open.count,
            )
            label = _("Not reviewed and late")
        else:
            sentence = ngettext(
                "With this, %(late)s of the %(count)s open report would be late.",
                "With this, %(late)s of the %(count)s open reports would be late.",
                still_open.count,
            )
            label = _("Open and late")
        sentences.append(sentence % numbers)
        rows.append((label, _number(still_open.hit_now), _number(still_open.hit)))
    if ended.count:
        sentences.append(
            _("In the last 90 days, %(percent)s would have been on time.") % {"percent": _percent(ended.percent)}
        )
        rows.append((_("On time in the last 90 days"), _percent(ended.percent_now), _percent(ended.percent)))
    return ForecastWords(" ".join(sentences), rows, forecast.is_sample)


def _number(number: int) -> str:
    return str(number_format(number, use_l10n=True, force_grouping=True))


def _percent(number: int) -> str:
    # Translators: a percentage, as in 76%.
    return _("%(number)s%%") % {"number": number}
