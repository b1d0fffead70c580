"""Who waits for the desk: what is late, who is to know of it, what the wall shows, and how many promises were kept."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery

from requests_app.clock import app_now
from requests_app.models import CallBack, Jurisdiction, Membership, PublicState, ReviewReason, User
from requests_app.rules.people import leaves

Kind, Outcome = CallBack.Kind, CallBack.Outcome
# Missed calls and voicemail, for which nothing was promised, are late after this.
UNPROMISED_WITHIN = dt.timedelta(days=1)
# A call that was cut off is tried again after this.
TRY_AGAIN_AFTER = dt.timedelta(minutes=30)
NOBODY, MINE = "nobody", "mine"


@dataclass(frozen=True)
class Board:
    """late: of those who wait, how many should have been called. longest_since: since when the first of them waits."""

    waiting: int
    late: int
    longest_since: dt.datetime | None


@dataclass(frozen=True)
class Promises:
    """Of the times that were promised: kept and due are counts; left_out: not due yet, or nobody had to be called anymore."""

    kept: int
    due: int
    left_out: int


# A call of a 911 center, which somebody has made public or private for good since.
_REVIEWED = Q(kind=Kind.TRANSFER_911) & ~Q(
    service_request__review_reason=ReviewReason.TRANSFER, service_request__public_state=PublicState.PRIVATE
)


def waiting(jurisdiction: Jurisdiction) -> QuerySet[CallBack]:
    return CallBack.objects.filter(jurisdiction=jurisdiction, closed_at=None).exclude(_REVIEWED)


def reviewed(jurisdiction: Jurisdiction) -> QuerySet[CallBack]:
    """Calls of 911 centers that no longer wait, but aren't closed."""
    return CallBack.objects.filter(_REVIEWED, jurisdiction=jurisdiction, closed_at=None)


def listed(jurisdiction: Jurisdiction, user: User, *, kind: str = "", owner: str = "") -> QuerySet[CallBack]:
    """kind: of CallBack, or empty for all. owner: NOBODY, MINE, or empty for all."""
    rows = waiting(jurisdiction)
    if kind:
        rows = rows.filter(kind=kind)
    if owner:
        rows = rows.filter(owner=user if owner == MINE else None)
    return rows


def of_call() -> Subquery:
    """For a query of contacts: the id of the row that waits whose call the contact is; None if it isn't one."""
    return Subquery(CallBack.objects.filter(call=OuterRef("pk"), closed_at=None).values("pk")[:1])


def is_late(row: CallBack, now: dt.datetime) -> bool:
    """Whether nobody took it in time. At the promised minute itself it isn't late yet."""
    return row.due_at < now and (row.taken_at is None or row.taken_at > row.due_at)


def late(now: dt.datetime) -> Q:
    """As is_late()."""
    return Q(due_at__lt=now) & (Q(taken_at=None) | Q(taken_at__gt=F("due_at")))


def board(jurisdiction: Jurisdiction) -> Board:
    """Without a name or a number."""
    counted = waiting(jurisdiction).aggregate(
        rows=Count("id"), late=Count("id", filter=late(app_now())), since=Min("created_at", filter=Q(owner=None))
    )
    return Board(counted["rows"], counted["late"], counted["since"])


def supervisors(jurisdiction: Jurisdiction) -> list[User]:
    """Who is notified of what is late: who supervises the whole city; else who supervises a department and takes calls; else the
    administrators. Those who are away are left out."""
    here = User.objects.filter(is_active=True).exclude(pk__in=leaves.away_ids(jurisdiction))
    memberships = Membership.objects.filter(jurisdiction=jurisdiction)
    for of in (
        memberships.filter(role__permissions__contains=["supervise"], department=None),
        memberships.filter(role__permissions__contains=["supervise", "submit_for_others"]),
        memberships.filter(role__permissions__contains=["administer"]),
    ):
        if users := list(here.filter(memberships__in=of).distinct().order_by("pk")):
            return users
    return []


def promises_kept(jurisdiction: Jurisdiction, since: dt.datetime, until: dt.datetime) -> Promises:
    """Of the calls that were promised for a time from `since` up to, but not at, `until`.

    Kept: somebody called by that time, the minute itself included, even if nobody answered. Missed calls and voicemail aren't
    promises. Left out: what isn't due yet, and who called again themselves before we did.
    """
    promised = CallBack.objects.filter(
        jurisdiction=jurisdiction, kind=Kind.CALL_BACK, promised_at__gte=since, promised_at__lt=until
    )
    was_tried = Q(first_tried_at__isnull=False)
    kept = was_tried & Q(first_tried_at__lte=F("promised_at"))
    left_out = Q(first_tried_at=None) & (Q(outcome=Outcome.NOT_NEEDED) | Q(promised_at__gte=app_now()))
    counted = promised.aggregate(rows=Count("id"), kept=Count("id", filter=kept), left_out=Count("id", filter=left_out))
    return Promises(counted["kept"], counted["rows"] - counted["left_out"], counted["left_out"])
