"""/status/: whether reports are taken, how late email is, and planned work. Nothing about the inside."""

import datetime as dt
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.doctor import database, queues

# In every language.
ADDRESS = re.compile(r"^(/[a-z]{2,3}(-[a-z]+)*)?/status/$")
# Email that is so late isn't worth a word.
USUAL_MINUTES = 2


@dataclass(frozen=True)
class Work:
    """Work on the server, which `lampctl planned` announced."""

    starts: dt.datetime
    ends: dt.datetime

    @property
    def is_now(self) -> bool:
        return self.starts <= timezone.now()


@require_safe
@cache_control(max_age=30, public=True)
def status(request: HttpRequest) -> HttpResponse:
    minutes = round(queues.email().behind_s / 60)
    context = {
        "takes_reports": database.reached(None).color == "green",
        "email_minutes": minutes if minutes >= USUAL_MINUTES else 0,
        "work": planned_work(),
        "checked_at": timezone.now(),
    }
    return render(request, "requests_app/site/status.html", context)


def away(request: HttpRequest) -> HttpResponse:
    """Without the database, so without the city, its languages and its clock: from what `lampctl watch` wrote."""
    kept, work, minutes = _read("status.json"), planned_work(), None
    with suppress(KeyError, TypeError, ValueError):
        minutes = max(round((timezone.now().timestamp() - float(kept["well_at"])) / 60), 1)
    context = {"minutes": minutes, "work": work if work and work.is_now else None}
    response = HttpResponse(render_to_string("status_away.html", context))
    response["Cache-Control"] = "no-store"
    return response


def planned_work() -> Work | None:
    """What is announced and not over."""
    kept = _read("planned.json")
    try:
        work = Work(*(dt.datetime.fromtimestamp(float(kept[name]), dt.UTC) for name in ("from", "until")))
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    return work if work.ends > timezone.now() else None


def _read(name: str) -> dict[str, Any]:
    """Empty, if there is no such file or it can't be read."""
    try:
        content = json.loads((Path(settings.VAR) / name).read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
