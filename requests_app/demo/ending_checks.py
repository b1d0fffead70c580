"""Demo data for checks: eight weeks of endings drawn as each week is, and what those who went to look saw there."""

import datetime as dt
import hashlib
import random

from django.db import transaction

from requests_app.actions.truth import ending_checks
from requests_app.actions.truth.ending_checks import WEEK
from requests_app.clock import app_now
from requests_app.models import Department, Disposition, EndingCheck, EndingSample, Jurisdiction, User

WEEKS = 8
# A drawing reads all of a department's requests: more of them would be felt at the demo's first start.
DEPARTMENTS = ("PK", "PW", "SW")
Seen = EndingCheck.Seen
# Invented shares, in percent. None: nobody looked.
SHARES = {Seen.FIXED: 86, Seen.NOT_FIXED: 6, Seen.CANT_TELL: 3, None: 5}
# Of the last week, some are left to look at.
LOOKED_AT_LAST_WEEK = 0.4
DRAWN_AT = dt.time(3)


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    if not jurisdiction.checked_endings or EndingSample.objects.filter(jurisdiction=jurisdiction).exists():
        return
    last = ending_checks.last_week(jurisdiction)
    drawn = Department.objects.filter(jurisdiction=jurisdiction, active=True, code__in=DEPARTMENTS)
    departments = list(drawn.select_related("jurisdiction").order_by("id"))
    with transaction.atomic():
        for weeks_ago in reversed(range(WEEKS)):
            for department in departments:
                _draw(department, last - weeks_ago * WEEK, looked_at=1.0 if weeks_ago else LOOKED_AT_LAST_WEEK)


def _draw(department: Department, week: dt.date, *, looked_at: float) -> None:
    seed = hashlib.sha256(f"{week} {department.code}".encode()).hexdigest()[:32]
    rng = random.Random(seed)  # noqa: S311 - a story, no secret
    sample = ending_checks.draw(department, week=week, seed=seed)
    drawn_at = dt.datetime.combine(week + WEEK, DRAWN_AT, department.jurisdiction.zone)
    EndingSample.objects.filter(pk=sample.pk).update(drawn_at=drawn_at)
    for check in sample.checks.exclude(checker=None).select_related("checker").order_by("id"):
        if check.checker is not None and rng.random() < looked_at:
            _look(check, check.checker, drawn_at, rng)


def _look(check: EndingCheck, checker: User, drawn_at: dt.datetime, rng: random.Random) -> None:
    (seen,) = rng.choices(list(SHARES), list(SHARES.values()))
    if seen is None:
        # Nobody had the time, and it's too late to go there.
        EndingCheck.objects.filter(pk=check.pk).update(checker=None)
        return
    if check.disposition == Disposition.ACTION_TAKEN and seen == Seen.FIXED and rng.random() < 0.5:
        # The action left a sign, which they say once they know what was claimed.
        ending_checks.record(check.pk, seen=Seen.NOT_FIXED, photo=None, actor=checker)
        seen = Seen.ACTED
    ending_checks.record(check.pk, seen=seen, photo=None, actor=checker)
    # On a day of the following week, not today.
    seen_at = min(drawn_at + dt.timedelta(hours=rng.randrange(6, 24 * 7)), app_now())
    EndingCheck.objects.filter(pk=check.pk).update(seen_at=seen_at)
