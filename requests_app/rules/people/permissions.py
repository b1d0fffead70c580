"""Who may do what. Permissions are defined in code, here; roles are rows that a city may edit.

`can()` decides for one request and `visible_filter()` for a list. A test checks that they agree.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Case, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.clock import AppNow
from requests_app.core import once
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models.catalog import Department, Service, ServiceVersion
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Membership, Role, User
from requests_app.models.states import CONFIDENTIAL, FROM_911, OPEN, UNKNOWN_SERVICE, PublicState, ReviewReason
from requests_app.rules.people import leaves
from requests_app.rules.shared.lifecycle import ACTIONS

if TYPE_CHECKING:
    from requests_app.models.service_request import ServiceRequest

Text = str | Promise

# Permissions on a request: each action of the lifecycle, and these.
REQUEST_PERMISSIONS = {
    *ACTIONS,
    "view",
    # View private services, only in the request's own department.
    "view_private",
    # The reporter's name and contact details. Viewing them is logged.
    "view_reporter",
    # Gets requests that were reopened twice.
    "supervise",
    # Requests in the triage queue, which have no department yet.
    "triage",
    # A restriction for contractors: only requests assigned to them, without names and notes (see reads_identity()).
    "only_assigned",
}
# Permissions for the whole city.
CITY_PERMISSIONS = {
    "check_endings", "safety_notes", "administer", "manage_api_keys", "read_outbox", "submit_for_others", "records",
    "view_911_number", "write_articles",
}  # fmt: skip

_WORK = [
    "view", "accept", "schedule", "visit", "make_safe", "hold", "resume", "ask", "answer", "comment", "note", "resolve",
    "hand_over", "correct_place",
]  # fmt: skip
_TRIAGE = [
    *_WORK, "view_reporter", "view_private", "triage", "route", "transfer", "assign", "change_service", "set_priority", "merge",
    "unmerge", "reopen",
]  # fmt: skip

# What each permission lets somebody do, in groups, as the page of roles says it. Every permission is in one of them.
GROUPS: list[tuple[Text, dict[str, Text]]] = [
    (
        _("Work on requests"),
        {
            "view": _("See the requests of their department, or of the whole city"),
            "only_assigned": _("Limited to requests assigned to them, without names and notes"),
            "accept": _("Start work on a request"),
            "schedule": _("Set the day the work is planned for"),
            "visit": _("Record a visit"),
            "make_safe": _("Record that a place was made safe"),
            "hold": _("Put a request on hold"),
            "resume": _("Resume a request that is on hold"),
            "ask": _("Ask the reporter a question"),
            "answer": _("Answer for the reporter, as on the phone"),
            "comment": _("Post comments that everyone can read"),
            "note": _("Write notes for colleagues"),
            "resolve": _("Resolve a request with its outcome"),
            "reopen": _("Reopen a request"),
            "withdraw": _("Withdraw a request for its reporter"),
            "hand_over": _("Hand over a request to another owner, like the state"),
            "correct_place": _("Correct the place of a request"),
            "triage": _("See and sort the requests that have no department yet"),
            "route": _("Route a request again"),
            "transfer": _("Transfer a request to another department"),
            "assign": _("Assign a request to a person"),
            "change_service": _("Correct the service of a request"),
            "set_priority": _("Set the priority of a request"),
            "merge": _("Merge duplicates"),
            "unmerge": _("Unmerge duplicates"),
            "supervise": _("Get requests that were reopened twice, and alarms nobody took"),
        },
    ),
    (
        _("Confidential information"),
        {
            "view_reporter": _("See who reported it and how to reach them. Every view is logged"),
            "view_private": _("Read confidential requests"),
            "view_911_number": _("See and search the number of a 911 center’s event"),
            "hide": _("Hide text and photos from the public"),
            "publish": _("Review what is waiting and make it public"),
        },
    ),
    (
        _("The whole city"),
        {
            "submit_for_others": _("Send reports for people who call or come in"),
            "join": _("Add a caller to an open report"),
            "follow": _("Sign a caller up for updates on a report"),
            "check_endings": _("Check places that another team resolved"),
            "safety_notes": _("Set safety notes of places, and see who read them"),
            "records": _("Answer records requests and read the audit"),
            "read_outbox": _("See what is waiting to be sent, and send it again"),
            "manage_api_keys": _("Create and revoke API keys"),
            "write_articles": _("Write, publish and review articles, and see what residents miss in them"),
            "administer": _("Change everything in setup, including people and roles"),
        },
    ),
]
SENTENCES: dict[str, Text] = {code: words for _name, group in GROUPS for code, words in group.items()}


# What a role does to requests, and the pages for it: who sees pages as the role keeps these, since nothing can be sent. All other
# permissions let somebody read more, so they take it only as far as their own roles do.
_DOING = {*ACTIONS} - {"hide", "publish"} | {
    "only_assigned",
    "supervise",
    "triage",
    "check_endings",
}
# Each view of a reporter is recorded as somebody's of the role, so a role that is only seen has none.
_NEVER_SEEN = {"view_reporter"}

# Not visible to any staff: erased, or not confirmed by its reporter yet.
INVISIBLE = [PublicState.ERASED, PublicState.UNCONFIRMED]


class DefaultRole(TypedDict):
    name: dict[str, str]
    permissions: list[str]


# The roles of a new city; afterward they are rows.
DEFAULT_ROLES: dict[str, DefaultRole] = {
    "crew": {"name": {"en": "Crew", "es": "Cuadrilla"}, "permissions": [*_WORK, "check_endings"]},
    "triage": {"name": {"en": "Triage", "es": "Clasificación"}, "permissions": _TRIAGE},
    "supervisor": {
        "name": {"en": "Supervisor", "es": "Supervisión"},
        "permissions": [
            *_TRIAGE,
            "supervise",
            "withdraw",
            "hide",
            "publish",
            "read_outbox",
            "check_endings",
            "safety_notes",
            "view_911_number",
        ],
    },
    "call_taker": {
        "name": {"en": "Call taker", "es": "Operador"},
        "permissions": [
            "view",
            "view_reporter",
            "comment",
            "note",
            "answer",
            "submit_for_others",
            "join",
            "follow",
            "view_911_number",
        ],
    },
    "administrator": {
        "name": {"en": "Administrator", "es": "Administración"},
        "permissions": ["view", "administer", "write_articles", "manage_api_keys", "read_outbox", "hide", "publish"],
    },
    "contractor": {
        "name": {"en": "Contractor", "es": "Contratista"},
        "permissions": ["only_assigned", "view", "accept", "schedule", "visit", "make_safe", "note", "resolve"],
    },
    "records_officer": {
        "name": {"en": "Records officer", "es": "Archivo"},
        "permissions": ["view", "view_reporter", "view_private", "records", "hide", "publish", "view_911_number"],
    },
}


class Denied(Exception):
    """The user may see the request but not do this: 403. (A request they may not know of is a 404.)

    either: the permissions of which they have none here. message: what the page says if it's not about a permission.
    """

    def __init__(self, *either: str, message: str = "") -> None:
        super().__init__(" or ".join(either))
        self.message = message
        self.needed = [SENTENCES[code] for code in either if code in SENTENCES]


# With the time, which a page would ask for by itself.
_LOADED_AT: dict[str, Any] = {"loaded_at": AppNow()}
_MEMBERSHIPS = Prepared(
    lambda: (
        Membership.objects.filter(user=Parameter("user")).select_related("role", "department").annotate(**_LOADED_AT)
    )
)


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """The user's memberships with roles, loaded once and cached on the user object."""
    if not user.is_authenticated or not user.is_active:
        return []
    cached: list[Membership] | None = getattr(user, "_memberships", None)
    if cached is None:
        cached = _MEMBERSHIPS.rows(user=user.pk)
        if cached:
            now = cached[0].loaded_at
            once.read_on_page("now", lambda: now)
        setattr(user, "_memberships", cached)  # noqa: B010  (a cache, not a field of User)
    return cached


def set_memberships(user: User, memberships: list[Membership]) -> None:
    """For many users at once, whose memberships were loaded in one query, with roles."""
    setattr(user, "_memberships", memberships)  # noqa: B010  (as above)


def as_role(role: Role, department: Department | None, own: list[Membership]) -> Membership:
    """What somebody sees pages with who sees them as this role: not more than the role, and not more than they may read themselves.

    own: their memberships. A request is shown if both the role and one of these cover it.
    """
    within = [one for one in own if one.jurisdiction_id == role.jurisdiction_id]
    readable = {code for one in within for code in one.role.permissions} - _NEVER_SEEN
    granted = [code for code in role.permissions if code in _DOING or code in readable]
    seen = Role(pk=role.pk, jurisdiction_id=role.jurisdiction_id, code=role.code, name=role.name, permissions=granted)
    membership = Membership(jurisdiction_id=role.jurisdiction_id, department=department, role=seen)
    membership.seen_within = within
    return membership


def own_memberships(user: User | AnonymousUser) -> list[Membership] | None:
    """Of somebody who sees pages as a role: their own. None for everybody else."""
    return next((one.seen_within for one in memberships_of(user) if one.seen_within is not None), None)


def _covers(membership: Membership, service_request: "ServiceRequest") -> bool:
    """Whether this membership gives access to this request at all: the rule of _covered(), for one row."""
    if membership.seen_within is not None and not any(_covers(one, service_request) for one in membership.seen_within):
        return False
    permissions = membership.role.permissions
    if membership.jurisdiction_id != service_request.jurisdiction_id or "view" not in permissions:
        return False
    if service_request.public_state in INVISIBLE:
        return False
    if "only_assigned" in permissions and service_request.assignee_id != membership.user_id:
        return False
    if service_request.public_state in CONFIDENTIAL:
        # Confidential requests are visible to named roles of their own department, not to all of City Hall.
        whole_city_may = membership.department_id is None and (
            "view_private" in permissions or _is_unsorted(service_request)
        )
        own = membership.department_id is not None and membership.department_id == service_request.department_id
        # Of one that has a department, that one decides below.
        own_triage = _may_triage_confidential(permissions) and (
            membership.department_id == service_request.service_version.department_id
        )
        if not (whole_city_may or own_triage or (own and ("view_private" in permissions or _works_on(permissions)))):
            return False
    if membership.department_id is None:
        return True
    if service_request.department_id is None:
        return "triage" in permissions and service_request.in_triage and service_request.status in OPEN
    return membership.department_id == service_request.department_id


def _is_unsorted(service_request: "ServiceRequest") -> bool:
    """An “I don’t know” report, private only until someone knows what it is, or a call that a 911 center passed on, until
    somebody writes what everyone may read: the desk and administrators must find it."""
    if service_request.public_state != PublicState.PRIVATE:
        return False
    return (
        service_request.service.service_code == UNKNOWN_SERVICE
        or service_request.review_reason == ReviewReason.TRANSFER
    )


def _may_triage_confidential(permissions: Iterable[str]) -> bool:
    """In triage it has no department yet: its service's department may see it, or nobody could after a failed routing."""
    return "triage" in permissions and "view_private" in permissions


def _works_on(permissions: Iterable[str]) -> bool:
    return "resolve" in permissions


def _covered(membership: Membership, *, triage: bool) -> Q:
    covered = _covered_by_role(membership, triage=triage)
    return covered if membership.seen_within is None else covered & any_covers(membership.seen_within)


def any_covers(memberships: Iterable[Membership]) -> Q:
    """The requests that one of these memberships gives access to."""
    rule = Q(pk__in=[])
    for membership in memberships:
        rule |= _covered(membership, triage=True)
    return rule


def _covered_by_role(membership: Membership, *, triage: bool) -> Q:
    permissions = membership.role.permissions
    if "view" not in permissions:
        return Q(pk__in=[])
    rule = Q(jurisdiction_id=membership.jurisdiction_id) & ~Q(public_state__in=INVISIBLE)
    if "only_assigned" in permissions:
        rule &= Q(assignee_id=membership.user_id)
    confidential = Q(public_state__in=CONFIDENTIAL)
    if membership.department_id is None:
        if "view_private" in permissions:
            return rule
        unknown = Service.objects.filter(jurisdiction=membership.jurisdiction_id, service_code=UNKNOWN_SERVICE)
        to_sort = Q(service__in=unknown.values("pk")) | Q(review_reason=ReviewReason.TRANSFER)
        unsorted = Q(public_state=PublicState.PRIVATE) & to_sort
        # Not an OR, for which PostgreSQL would compare each side with every index: a queue would take twice as long to plan.
        return rule & Q(Case(When(confidential, then=ExpressionWrapper(unsorted, BooleanField())), default=True))
    own = Q(department_id=membership.department_id)
    if triage and "triage" in permissions:
        theirs = ~confidential
        if _may_triage_confidential(permissions):
            # Not a join: planning one inside of an OR takes 20 times as long.
            versions = ServiceVersion.objects.filter(department_id=membership.department_id)
            theirs |= Q(service_version__in=versions.values("pk"))
        may_triage = Q(department=None, in_triage=True, status__in=OPEN) & theirs
        own_rule = own if ("view_private" in permissions or _works_on(permissions)) else own & ~confidential
        return rule & (own_rule | may_triage)
    if "view_private" in permissions or _works_on(permissions):
        return rule & own
    return rule & own & ~confidential


def visible_filter(user: User | AnonymousUser, action: str = "view", *, triage: bool = True) -> Q:
    """Filters the requests that this user may view (or do `action` with). triage=False leaves out requests without a department,
    which avoids an OR, so that PostgreSQL can walk the department's index in order."""
    rule = Q(pk__in=[])
    for membership in memberships_of(user):
        if action in membership.role.permissions:
            rule |= _covered(membership, triage=triage)
    own = own_memberships(user)
    if own is not None and action not in _DOING:
        rule &= any_covers(one for one in own if action in one.role.permissions)
    return rule


def can(user: User | AnonymousUser, action: str, service_request: "ServiceRequest") -> bool:
    """Whether this member of staff may do this to this request, regardless of its status (see rules.shared.lifecycle)."""
    memberships, own = memberships_of(user), own_memberships(user)
    if own is not None and action not in _DOING and not _any_may(own, action, service_request):
        return False
    return _any_may(memberships, action, service_request)


def _any_may(memberships: Iterable[Membership], action: str, service_request: "ServiceRequest") -> bool:
    return any(
        action in membership.role.permissions and _covers(membership, service_request) for membership in memberships
    )


def may_read_reporter(user: User | AnonymousUser, service_request: "ServiceRequest") -> bool:
    """Whether the user may see who reported it. Some services limit that to roles that read confidential requests."""
    named_only = service_request.service_version.visibility == "reporter_to_named_staff"
    return can(user, "view_reporter", service_request) and (
        not named_only or can(user, "view_private", service_request)
    )


# A role with one of these reads personal data, even if it is limited to requests assigned to the user.
_NAMING = {"view_reporter", "hide", "publish"}


def _is_identity_blind(permissions: Iterable[str]) -> bool:
    return "only_assigned" in permissions and not _NAMING & set(permissions)


def reads_identity(user: User | AnonymousUser, service_request: "ServiceRequest") -> bool:
    """Whether this member of staff reads the request as it was typed. Others, such as contractors, read it through
    rules.redaction and without the notes that are not for them."""
    return any(
        _covers(membership, service_request) and not _is_identity_blind(membership.role.permissions)
        for membership in memberships_of(user)
    )


def searches_words(user: User | AnonymousUser, jurisdiction: Jurisdiction) -> bool:
    """Whether a search may look at what residents wrote. If only identity-blind roles do, its results would tell a name."""
    roles = [one.role for one in memberships_of(user) if one.jurisdiction_id == jurisdiction.pk]
    return bool(roles) and not any(_is_identity_blind(role.permissions) for role in roles)


def find_supervisor(department: Department) -> User | None:
    """The supervisor with the fewest open requests in the department, or else in the whole city. Skips those who are away."""
    away = leaves.away_ids(department.jurisdiction)
    # In one membership: a supervisor elsewhere who only works in this department does not count.
    supervises = Membership.objects.filter(
        user=OuterRef("pk"), jurisdiction=department.jurisdiction_id, role__permissions__contains=["supervise"]
    )
    here, in_all_the_city = supervises.filter(department=department), supervises.filter(department=None)
    return (
        User.objects.filter(Exists(here) | Exists(in_all_the_city), is_active=True)
        .exclude(pk__in=away)
        .annotate(
            of_the_city=Case(When(Exists(here), then=0), default=1),
            load=Count("assigned", filter=Q(assigned__status__in=OPEN)),
        )
        .order_by("of_the_city", "load", "id")
        .first()
    )


def can_in_city(user: User | AnonymousUser, permission: str, jurisdiction: Jurisdiction) -> bool:
    """Whether this user has a permission that is not about a single request, such as administer or read_outbox."""
    return any(
        membership.jurisdiction_id == jurisdiction.pk and permission in membership.role.permissions
        for membership in memberships_of(user)
    )


def reports_staff_services(user: User | AnonymousUser, jurisdiction: Jurisdiction) -> bool:
    """Whether this user may report what only staff may (keys, IT, a city car). Everybody who works in the city may report what
    residents may; contractors, who see only what is assigned to them, no more than that."""
    here = [one.role.permissions for one in memberships_of(user) if one.jurisdiction_id == jurisdiction.pk]
    return any("only_assigned" not in granted for granted in here)


def outside_number(user: User | AnonymousUser, service_request: "ServiceRequest") -> str:
    """The request's number in the system that it comes from. Empty for who may not read a 911 center's, the only ones that
    send one."""
    is_of_center = service_request.api_key_id is not None or service_request.external_source == FROM_911
    if is_of_center and not can_in_city(user, "view_911_number", service_request.jurisdiction):
        return ""
    return service_request.external_id


def may_read_addresses(user: User | AnonymousUser, jurisdiction: Jurisdiction) -> bool:
    """Whether this user may see residents' addresses that belong to no request, and so to no department."""
    return any(
        membership.jurisdiction_id == jurisdiction.pk
        and membership.department_id is None
        and "view_reporter" in membership.role.permissions
        for membership in memberships_of(user)
    )


def requires_second_step(user: User | AnonymousUser, jurisdiction: Jurisdiction) -> bool:
    """Whether one of the user's roles in this city asks for a second step at sign-in."""
    return any(
        membership.jurisdiction_id == jurisdiction.pk and membership.role.requires_second_step
        for membership in memberships_of(user)
    )


def has_administrator(jurisdiction: Jurisdiction) -> bool:
    """Whether somebody who can sign in administers this city."""
    return administrators(jurisdiction).exists()


def administrators(jurisdiction: Jurisdiction) -> QuerySet[User]:
    """Those who can sign in and administer this city."""
    members = Membership.objects.filter(jurisdiction=jurisdiction, role__permissions__contains=["administer"])
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("pk")
