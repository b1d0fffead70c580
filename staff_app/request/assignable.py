"""Whom a request can be assigned to, and who of them is away today: read in the statement that reads the request."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from requests_app.access import numbered
from requests_app.clock import AppNow
from requests_app.core import json_rows
from requests_app.models import Leave, Membership, ServiceRequest, User
from requests_app.rules.people import leaves

_MEMBERSHIPS = Membership.objects.filter(
    department=OuterRef(OuterRef("department")), jurisdiction=OuterRef(OuterRef("jurisdiction"))
)
_MEMBERS = User.objects.filter(pk__in=_MEMBERSHIPS.values("user"), is_active=True)
# A day more, since the city's day may have begun before the database's has ended.
_LEAVES = Leave.objects.filter(jurisdiction=OuterRef("jurisdiction"), ends_on__gte=AppNow() - dt.timedelta(days=2))
STATEMENT = numbered(
    member_rows=ArraySubquery(_MEMBERS.values(row=JSONObject(id="id", name="name", email="email"))),
    leave_rows=ArraySubquery(
        _LEAVES.values(
            row=JSONObject(
                user_id="user",
                starts_on="starts_on",
                ends_on="ends_on",
                id="stand_in",
                name="stand_in__name",
                email="stand_in__email",
                is_active="stand_in__is_active",
            )
        )
    ),
)


def colleagues(service_request: ServiceRequest, user: User | AnonymousUser) -> list[User]:
    """By name: active members of its department, and the user."""
    members = [json_rows.instance(User, row) for row in _read(service_request).member_rows]
    if isinstance(user, User) and user not in members:
        members.append(user)
    return sorted(members, key=lambda member: (member.name, member.pk))


def away(service_request: ServiceRequest) -> dict[int, leaves.Away]:
    """Everybody who is away today, by their id."""
    rows, now = _read(service_request).leave_rows, _read(service_request).loaded_at
    today = timezone.localtime(now, service_request.jurisdiction.zone).date()
    every = [_leave(row) for row in rows]
    return leaves.of_rows(leave for leave in every if leave.starts_on <= today <= leave.ends_on)


def _read(service_request: ServiceRequest) -> Any:
    """Where the request was read by another statement, this one is asked."""
    if not hasattr(service_request, "member_rows"):
        [row] = STATEMENT.rows(city=service_request.jurisdiction_id, reference=service_request.reference)
        vars(service_request).update(
            member_rows=row.member_rows,  # type: ignore[attr-defined]
            leave_rows=row.leave_rows,  # type: ignore[attr-defined]
            loaded_at=row.loaded_at,
        )
    return service_request


def _leave(row: dict[str, Any]) -> Leave:
    return Leave(
        user_id=row["user_id"],
        starts_on=dt.date.fromisoformat(row["starts_on"]),
        ends_on=dt.date.fromisoformat(row["ends_on"]),
        stand_in=json_rows.instance(User, row) if row["id"] else None,
    )
