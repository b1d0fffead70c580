"""Rosters of who is on call, as a catalog file writes them: `on_call` of a department, `desk_on_call` and `danger_on_call`."""

import datetime as dt
from collections import defaultdict
from typing import Any

from requests_app.models import Department, Jurisdiction, OnCall, User
from requests_app.rules.promises.service_levels import WEEKDAYS
from requests_app.rules.setup.catalog_rows import written_on_call

COLUMNS = ("user_id", "name", "email", "phone", "weekdays", "starts_at", "ends_at")


def replace_roster(
    jurisdiction: Jurisdiction, department: Department | None, shifts: list[dict[str, Any]], kind: str = ""
) -> bool:
    """Makes the roster what the file lists. Returns whether it was different. Without a department: the desk's, or a danger's."""
    wanted = [_columns(entry) for entry in shifts]
    rows = OnCall.objects.filter(jurisdiction=jurisdiction, department=department, kind=kind)
    if [{name: getattr(row, name) for name in COLUMNS} for row in rows] == wanted:
        return False
    rows.delete()
    OnCall.objects.bulk_create(
        OnCall(jurisdiction=jurisdiction, department=department, kind=kind, order=order, **columns)
        for order, columns in enumerate(wanted, start=1)
    )
    return True


def written_rosters(jurisdiction: Jurisdiction) -> dict[tuple[int | None, str], list[dict[str, Any]]]:
    """All rosters of a city, by department (None: the desk) and kind of danger (empty: of no kind)."""
    rosters = defaultdict(list)
    for row in OnCall.objects.filter(jurisdiction=jurisdiction).select_related("user"):
        rosters[row.department_id, row.kind].append(written_on_call(row))
    return rosters


def _columns(entry: dict[str, Any]) -> dict[str, Any]:
    """The columns of a row. Staff who have no account yet are written to as outside contacts."""
    staff = str(entry.get("staff") or "").lower()
    user = User.objects.filter(email__iexact=staff).first() if staff else None
    starts, _dash, ends = str(entry.get("hours") or "").partition("-")
    return {
        "user_id": user.pk if user else None,
        "name": "" if user else str(entry.get("name") or staff),
        "email": "" if user else str(entry.get("email") or staff),
        "phone": str(entry.get("phone") or ""),
        "weekdays": sorted(WEEKDAYS.index(day) for day in entry.get("days") or []),
        "starts_at": dt.time.fromisoformat(starts) if starts else None,
        "ends_at": dt.time.fromisoformat(ends) if ends else None,
    }
