"""What a supervisor looks at first, among open requests: late, nearly late, silent, nobody's, sent to and fro, ringing.

The overview counts these rows, the queue opens them, and the Monday email says how many there are.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.models import Alarm, Jurisdiction
from requests_app.rules.promises import lateness, silence

NEARLY_LATE = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Attention:
    """rows: the condition, of open requests, for a city at a time. query: the filters of the queue that ask for the same."""

    name: str | Promise
    rows: Callable[[Jurisdiction, dt.datetime], Q]
    query: tuple[tuple[str, str], ...]


def _late(_city: Jurisdiction, now: dt.datetime) -> Q:
    return lateness.late_rows(now)


def _nearly_late(_city: Jurisdiction, now: dt.datetime) -> Q:
    return lateness.due_rows(now, now + NEARLY_LATE)


def _unassigned(_city: Jurisdiction, _now: dt.datetime) -> Q:
    return Q(assignee=None, team=None)


def _transferred(_city: Jurisdiction, _now: dt.datetime) -> Q:
    return Q(bounces__gte=2)


def _ringing(_city: Jurisdiction, _now: dt.datetime) -> Q:
    return Q(Exists(Alarm.objects.filter(service_request=OuterRef("pk"), state=Alarm.State.RINGING)))


ATTENTION = {
    "ringing": Attention(_("Alarms that nobody has taken"), _ringing, (("flag", "ringing"),)),
    "late": Attention(pgettext_lazy("requests", "Late"), _late, (("late", "1"),)),
    "nearly_late": Attention(_("Due within 24 hours"), _nearly_late, (("flag", "nearly_late"),)),
    "silent": Attention(_("No public update for too long"), silence.is_silent, (("flag", "silent"), ("sort", "quiet"))),
    "unassigned": Attention(_("No person or team"), _unassigned, (("flag", "unassigned"),)),
    "bounced": Attention(_("Transferred twice or more"), _transferred, (("flag", "bounced"),)),
}
