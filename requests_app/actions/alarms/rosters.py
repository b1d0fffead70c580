"""Editing who is on call. Changes apply to the next step of every alarm."""

import datetime as dt

from django.utils.translation import gettext_lazy

from requests_app.actions.shared.city_columns import CityColumns
from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.models import Department, Jurisdiction, OnCall, User
from requests_app.rules.promises.service_levels import WEEKDAYS
from requests_app.rules.setup.catalog_rows import written_on_call


def _state(entry: OnCall) -> State:
    roster = {"department": entry.department.code} if entry.department else {"kind": entry.kind} if entry.kind else {}
    return {**written_on_call(entry), **roster, "order": entry.order}


def _columns(city: Jurisdiction, state: State) -> Columns:
    code, staff, (starts_at, ends_at) = state.get("department"), state.get("staff"), _hours(state.get("hours", ""))
    return {
        "department": Department.objects.get(jurisdiction=city, code=code) if code else None,
        "kind": state.get("kind", ""),
        "user": User.objects.get(email=staff) if staff else None,
        **{name: state.get(name, "") for name in ("name", "email", "phone")},
        "weekdays": [WEEKDAYS.index(day) for day in state.get("days", [])],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "order": state["order"],
    }


def _hours(text: str) -> tuple[dt.time | None, dt.time | None]:
    """Of "18:00-07:00"."""
    starts, _dash, ends = text.partition("-")
    return (dt.time.fromisoformat(starts), dt.time.fromisoformat(ends)) if text else (None, None)


# A line of a roster.
ON_CALL = SetupRow(
    "on_call",
    gettext_lazy("On-call roster"),
    OnCall,
    _state,
    name=lambda entry: str(entry.user or entry.name),
    columns=_columns,
    related=("jurisdiction", "department", "user"),
)


# How long an alarm waits before the next person, and the number that is the last to be tried.
WAIT = CityColumns("on_call", "wait", ("alarm_minutes", "desk_night_number"))
