"""Which members of staff an event concerns, and how each chose to be notified."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from requests_app import event_kinds
from requests_app.models.event import Event
from requests_app.models.people import User
from requests_app.models.service_request import ServiceRequest
from requests_app.models.staff_notice import Mention, StaffNotice, StaffNoticePreference
from requests_app.models.states import Channel
from requests_app.rules.people import leaves, permissions

Kind, Email = StaffNotice.Kind, StaffNotice.Email


@dataclass(frozen=True)
class Choice:
    """Whether a kind of notice is listed in the page, and when its email goes."""

    in_page: bool
    email: str


# What holds until somebody chooses. What the routing rules bring, all day and for a whole department, interrupts nobody.
DEFAULTS: dict[str, Choice] = {
    Kind.ASSIGNED: Choice(True, Email.AT_ONCE),
    Kind.MENTIONED: Choice(True, Email.AT_ONCE),
    Kind.ANSWERED: Choice(True, Email.MORNING),
    Kind.REOPENED: Choice(True, Email.AT_ONCE),
    Kind.DUE_SOON: Choice(True, Email.MORNING),
    Kind.RESOLVED: Choice(True, Email.NEVER),
    Kind.ESCALATED: Choice(True, Email.AT_ONCE),
    Kind.TRANSFERRED: Choice(True, Email.NEVER),
    Kind.ROUTED: Choice(False, Email.NEVER),
}
# Regular emails: preferences, but no kinds of notice. Their open requests each morning; what supervisors look at first, on Mondays.
DIGEST, MONDAY = "digest", "monday"


@dataclass(frozen=True)
class Recipient:
    """away: the person whose stand-in this is."""

    user: User
    kind: str
    choice: Choice
    away: User | None = None


def recipients(event: Event, service_request: ServiceRequest) -> list[Recipient]:
    """Who is notified of this event: only those who may see the request now, and nobody of what they did themselves."""
    kinds = _concerned(event, service_request)
    kinds.pop(event.user_id or 0, None)
    if not kinds:
        return []
    away = leaves.away(service_request.jurisdiction, kinds)
    stand_ins = {one.stand_in.pk for one in away.values() if one.stand_in is not None}
    people = _people({*kinds, *stand_ins})
    choices = chosen(people)
    by_user: dict[int, Recipient] = {}
    for pk, kind in kinds.items():
        user = people.get(pk)
        if user is None or not permissions.can(user, "view", service_request):
            continue
        choice = _choice(choices, pk, kind)
        if pk not in away:
            by_user[pk] = Recipient(user, kind, choice)
            continue
        if kind in (Kind.TRANSFERRED, Kind.ROUTED):
            # The others of the department are notified.
            continue
        # They find it when they are back; until then it is for their stand-in.
        by_user.setdefault(pk, Recipient(user, kind, Choice(choice.in_page, Email.NEVER)))
        stand_in = away[pk].stand_in
        other = people.get(stand_in.pk) if stand_in is not None else None
        if other is None or other.pk in kinds or other.pk == event.user_id:
            continue
        if permissions.can(other, "view", service_request):
            by_user.setdefault(other.pk, Recipient(other, kind, _choice(choices, other.pk, kind), away=user))
    return [one for one in by_user.values() if one.choice.in_page or one.choice.email != Email.NEVER]


def _concerned(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    """By the user's id, the kind of notice."""
    concerned = CONCERNED.get(event.kind)
    return concerned(event, service_request) if concerned is not None else {}


def _assigned(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    """The person, or the team's members as if it had been sent to them. Somebody else may have it by now."""
    assignee_id, team_id = service_request.assignee_id, event.data.get("team_id")
    if assignee_id is None and team_id and team_id == service_request.team_id:
        return dict.fromkeys(_colleagues(service_request), Kind.TRANSFERRED)
    return {assignee_id: Kind.ASSIGNED} if assignee_id and assignee_id == event.data.get("assignee_id") else {}


def _escalated(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    return {event.data["assignee_id"]: Kind.ESCALATED} if event.data.get("assignee_id") else {}


def _note_added(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    named = Mention.objects.filter(comment=event.data.get("comment_id"), comment__hidden_at=None)
    return dict.fromkeys(named.values_list("user_id", flat=True), Kind.MENTIONED)


def _answered(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    return {service_request.assignee_id: Kind.ANSWERED} if service_request.assignee_id else {}


def _reopened(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    return {service_request.assignee_id: Kind.REOPENED} if service_request.assignee_id else {}


def _due_soon(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    assignee_id = service_request.assignee_id
    return dict.fromkeys([assignee_id] if assignee_id else _in_charge(service_request), Kind.DUE_SOON)


def _resolved(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    """Who works here and reported it."""
    if not may_notify_of(event.kind, service_request):
        return {}
    reported = Event.objects.filter(service_request=service_request, kind="submitted", user__isnull=False)
    return dict.fromkeys(reported.values_list("user_id", flat=True), Kind.RESOLVED)


def may_notify_of(kind: str, service_request: ServiceRequest | None) -> bool:
    """Whether an event of this kind may concern somebody on the staff: of what residents report, most are resolved for nobody
    but them."""
    is_by_staff = service_request is not None and service_request.channel == Channel.STAFF
    return kind != "resolved" or is_by_staff


def _sent(event: Event, service_request: ServiceRequest) -> dict[int, str]:
    if event.data.get("department_id") != service_request.department_id:
        return {}
    kind = Kind.ROUTED if event.kind == "routed" and event.user_id is None else Kind.TRANSFERRED
    return dict.fromkeys(_colleagues(service_request), kind)


CONCERNED: dict[str, Callable[[Event, ServiceRequest], dict[int, str]]] = {
    "assigned": _assigned,
    "escalated": _escalated,
    "note_added": _note_added,
    "answered": _answered,
    "reopened": _reopened,
    "due_soon": _due_soon,
    "resolved": _resolved,
    "routed": _sent,
    "transferred": _sent,
}
event_kinds.complete(CONCERNED, event_kinds.where(told="staff"), "CONCERNED of rules/people/staff_notices.py")


def _colleagues(service_request: ServiceRequest) -> list[int]:
    """The team that has it, or else the department, with those who left: recipients() looks at that."""
    if service_request.team is not None:
        return list(service_request.team.members.values_list("pk", flat=True))
    of_department = User.objects.filter(memberships__department=service_request.department_id)
    return list(of_department.order_by().values_list("pk", flat=True).distinct())


def _in_charge(service_request: ServiceRequest) -> list[int]:
    """Nobody has it yet: its team, or else the department's supervisors."""
    if service_request.team is not None:
        return _colleagues(service_request)
    supervise = User.objects.filter(
        memberships__department=service_request.department_id,
        memberships__role__permissions__contains=["supervise"],
    )
    return list(supervise.order_by().values_list("pk", flat=True).distinct()) if service_request.department_id else []


def _people(ids: Collection[int]) -> dict[int, User]:
    """Those who can still sign in, with their memberships."""
    found = User.objects.filter(pk__in=ids, is_active=True).prefetch_related(
        "memberships__role", "memberships__department"
    )
    people = {user.pk: user for user in found}
    for user in people.values():
        permissions.set_memberships(user, list(user.memberships.all()))
    return people


Choices = dict[tuple[int, str], Choice]


def chosen(users: Iterable[int]) -> Choices:
    """What these users have chosen, by user and kind."""
    rows = StaffNoticePreference.objects.filter(user__in=users)
    return {(row.user_id, row.kind): Choice(row.in_page, row.email) for row in rows}


def _choice(choices: Choices, user_id: int, kind: str) -> Choice:
    return choices.get((user_id, kind), DEFAULTS[kind])


def choices_of(user: User) -> dict[str, Choice]:
    """This user's choice for each kind."""
    choices = chosen([user.pk])
    return {kind: _choice(choices, user.pk, kind) for kind in DEFAULTS}


def wants(user: User, regular: str) -> bool:
    """Whether they get this regular email, as everybody does who hasn't chosen otherwise."""
    return not StaffNoticePreference.objects.filter(user=user, kind=regular, email=Email.NEVER).exists()


def without(regular: str) -> Q:
    """Users who don't want this regular email."""
    return Q(pk__in=StaffNoticePreference.objects.filter(kind=regular, email=Email.NEVER).values("user"))
