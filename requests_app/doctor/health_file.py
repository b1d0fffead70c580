"""What `lampctl watch` saw last of this machine, which it looks at as root's timer does, outside of pages and workers."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from requests_app.doctor.findings import Finding, green, red, yellow

NAME = "health.json"
# Every minute, as a rule.
FRESH_S = 600


@dataclass(frozen=True)
class Health:
    at: dt.datetime
    findings: list[Finding]

    @property
    def age_s(self) -> float:
        return max((dt.datetime.now(dt.UTC) - self.at).total_seconds(), 0.0)


def read() -> Health | None:
    """None: there is none, or it can't be read."""
    try:
        kept = json.loads((Path(settings.VAR) / NAME).read_text())
        return Health(
            dt.datetime.fromisoformat(kept["at"]),
            [Finding.from_json(row) for row in kept["findings"] if "sentence" in row],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def watched(health: Health | None) -> Finding:
    """Whether this machine is looked after at all."""
    if health is None:
        return yellow(
            gettext_noop("This server’s disk, memory, ports and certificate aren’t checked."),
            gettext_noop("Start its timer: systemctl enable --now lamplighter-watch.timer"),
        )
    if health.age_s > FRESH_S:
        return red(
            gettext_noop("This server was last checked on %(at)s, so nobody is alerted when something fails."),
            gettext_noop("Check: systemctl status lamplighter-watch.timer"),
            measures={"age_s": round(health.age_s)},
            at=health.at,
        )
    return green(gettext_noop("This server is checked every minute."), measures={"age_s": round(health.age_s)})
