"""How many public reports an area had in a month or a year, how many of them are fixed, and how long half of those took."""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from requests_app.models import Area
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.promises.typical_times import CACHED_S, MOST_MS
from requests_app.rules.work.evidence import WORK_DONE

# One range of the index of an area's public requests.
FIGURES = """
SELECT count(*), count(*) FILTER (WHERE fixed), percentile_disc(0.5) WITHIN GROUP (ORDER BY took) FILTER (WHERE fixed)
FROM (
    SELECT r.disposition = ANY(%s) AS fixed, r.resolved_at - r.submitted_at AS took
    FROM requests_app_requestarea a JOIN requests_app_servicerequest r ON r.id = a.service_request_id
    WHERE a.area_id = %s AND a.public_state = 'public' AND a.submitted_at >= %s AND a.submitted_at < %s
) AS reported
"""


@dataclass(frozen=True)
class AreaFigures:
    """half: within which half of the fixed ones were fixed; None if none is."""

    reported: int
    fixed: int
    half: dt.timedelta | None

    @property
    def half_days(self) -> int | None:
        """Whole days, at least 1."""
        return None if self.half is None else max(1, -(-self.half // dt.timedelta(days=1)))


def area_figures(area: Area, since: dt.datetime, until: dt.datetime) -> AreaFigures | None:
    """Of reports made from `since` up to `until`. None if the database was too slow. Cached for 15 minutes."""
    key = f"area-figures:{area.pk}:{since.isoformat()}:{until.isoformat()}"
    figures = cache.get(key)
    if not isinstance(figures, AreaFigures):
        try:
            with at_most(MOST_MS), connection.cursor() as cursor:
                cursor.execute(FIGURES, [[str(one.value) for one in WORK_DONE], area.pk, since, until])
                figures = AreaFigures(*cursor.fetchone())
        except TimeUpError:
            return None
        cache.set(key, figures, timeout=CACHED_S)
    return figures
