"""Four years of the demo's 911 calls by month: some moved to 311 when it began two years ago, some went away. Invented."""

import math
import random

from requests_app.clock import app_now
from requests_app.models import CallMonth, Jurisdiction
from requests_app.rules.figures.periods import later

Line, Priority = CallMonth.Line, CallMonth.Priority
SEED = 911
MONTHS, MONTHS_SINCE = 48, 24
# A month's usual calls before 311 began, and their share since.
USUAL = {
    (Line.EMERGENCY, Priority.HIGH): (2100, 0.98),
    (Line.EMERGENCY, Priority.LOW): (3400, 0.62),
    (Line.NON_EMERGENCY, Priority.ALL): (5200, 0.74),
    (Line.NEIGHBOR, Priority.ALL): (3900, 1.0),
    (Line.DESK, Priority.ALL): (0, 1.0),
}
SEASON, NOISE, DESK_CALLS = 0.09, 0.03, 2300


def load(jurisdiction: Jurisdiction) -> None:
    """Does nothing if there are counts already."""
    if CallMonth.objects.filter(jurisdiction=jurisdiction).exists():
        return
    rng = random.Random(SEED)  # noqa: S311 - a story, no secret
    this_month = app_now().astimezone(jurisdiction.zone).date().replace(day=1)
    start = later(this_month, -MONTHS_SINCE)
    rows = []
    for (line, priority), (usual, since) in USUAL.items():
        for at in range(-MONTHS, 0):
            month = later(this_month, at)
            is_since = month >= start
            calls = DESK_CALLS * is_since if line == Line.DESK else usual * (since if is_since else 1)
            calls *= 1 + SEASON * math.sin((month.month - 4) / 6 * math.pi) + rng.gauss(0, NOISE)
            if calls:
                rows.append(
                    CallMonth(jurisdiction=jurisdiction, line=line, priority=priority, month=month, calls=round(calls))
                )
    CallMonth.objects.bulk_create(rows)
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(desk_began_on=start)
