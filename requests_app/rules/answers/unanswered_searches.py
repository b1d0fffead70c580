"""What people searched for and didn't find, by week: words that several searches had, so that they tell of nobody."""

import datetime as dt

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, UnansweredSearch

# Shown from this many searches in a week on, for so many weeks.
TIMES, WEEKS = 3, 12


def unanswered(jurisdiction: Jurisdiction, most: int = 500) -> list[UnansweredSearch]:
    """The newest week first, then by how often."""
    since = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(weeks=WEEKS)
    found = UnansweredSearch.objects.filter(jurisdiction=jurisdiction, week__gte=since, value__gte=TIMES)
    return list(found.order_by("-week", "-value", "words")[:most])
