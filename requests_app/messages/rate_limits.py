"""What somebody reads whose network has asked too often."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.messages import wording
from requests_app.models import Jurisdiction


def too_many_requests(city: Jurisdiction | None = None, *, per_s: int = limits.HOUR) -> str:
    """Message for a reached rate limit: when to try again and whom to call. What was typed stays on the page."""
    again = app_now() + dt.timedelta(seconds=limits.retry_after_s(per_s))
    time = wording.long_time(again, timezone.get_current_timezone())
    words = _("We’ve had too many requests from your network. Try again after %(time)s. We saved what you typed.")
    sentences = [wording.one_stop(words % {"time": time})]
    if city is not None and city.desk_number:
        sentences.append(_("Or call us at %(number)s.") % {"number": city.desk_number})
    return " ".join(sentences)
