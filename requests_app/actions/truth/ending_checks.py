"""Drawing last week's endings of each department, giving each to someone on another team, and keeping what they saw."""

import datetime as dt
import secrets
from collections import Counter, defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest

from requests_app.actions.work.holds import local_day
from requests_app.clock import app_now
from requests_app.models import (
    Department,
    Disposition,
    EndingCheck,
    EndingSample,
    Event,
    Jurisdiction,
    Membership,
    Photo,
    PublicState,
    ServiceRequest,
    Team,
    User,
)
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.rules.people import leaves
from requests_app.rules.truth import ending_checks
from requests_app.rules.work import reopenings
from requests_app.rules.work.reopenings import REOPENED_WITHIN

PERMISSION = "check_endings"
SEED_BYTES = 16
WEEK = dt.timedelta(days=7)
# Of what wasn't merged, when it ended: what is null is left out.
CLAIMED_AT = Greatest("resolved_at", "duplicate_of__resolved_at")


class AlreadySeen(Exception):
    """Somebody has looked already, and what they saw stays."""


def last_week(city: Jurisdiction) -> dt.date:
    """The Monday of the last whole week by the city's calendar."""
    today = local_day(city)
    return today - dt.timedelta(days=today.weekday()) - WEEK


def draw_due(city: Jurisdiction) -> int:
    """Draws last week's endings where that was not done yet. Returns the number of drawings."""
    if not city.checked_endings:
        return 0
    week = last_week(city)
    done = EndingSample.objects.filter(department=OuterRef("pk"), week=week)
    due = list(Department.objects.filter(~Exists(done), jurisdiction=city, active=True).order_by("id"))
    for department in due:
        draw(department, week=week)
    return len(due)


def _ended(department: Department, week: dt.date, dispositions: Collection[str]) -> ServiceRequestQuerySet:
    """Those that ended so in this week. What was merged ends so when both it and the other have."""
    city = department.jurisdiction
    start = dt.datetime.combine(week, dt.time(), city.zone)
    end = dt.datetime.combine(week + WEEK, dt.time(), city.zone)
    merged = Q(disposition=Disposition.DUPLICATE)
    both = merged & Q(duplicate_of__disposition__in=ending_checks.GONE, duplicate_of__department=department)
    found = ServiceRequest.objects.made_here().filter(
        ~merged & Q(department=department) | both, jurisdiction=city, disposition__in=dispositions, resolved_at__lt=end
    )
    return found.alias(claimed_at=CLAIMED_AT).filter(claimed_at__gte=start, claimed_at__lt=end)


def _to_draw(department: Department, week: dt.date, outcomes: Collection[str]) -> ServiceRequestQuerySet:
    """Public ones with a public place: the person who looks need not be allowed to read anything else."""
    found = _ended(department, week, outcomes)
    return found.filter(public_state=PublicState.PUBLIC, public_point__isnull=False)


@transaction.atomic
def draw(
    department: Department, *, week: dt.date, seed: str = "", outcomes: Collection[str] = ending_checks.CHECKED
) -> EndingSample:
    """Draws the week's endings. seed, outcomes: to repeat a drawing; otherwise a random one from all that can be seen."""
    city = department.jurisdiction
    claimed_at = dict(_to_draw(department, week, outcomes).values_list("pk", CLAIMED_AT))
    sample, is_new = EndingSample.objects.get_or_create(
        department=department,
        week=week,
        defaults={
            "jurisdiction": city,
            "seed": seed or secrets.token_hex(SEED_BYTES),
            "wanted": city.checked_endings,
            "endings": len(claimed_at),
            "other_endings": _ended(department, week, ending_checks.OTHERS).count(),
            "outcomes": list(outcomes),
        },
    )
    if not is_new:
        return sample
    drawn = ending_checks.drawn(claimed_at, seed=sample.seed, count=sample.wanted)
    requests = ServiceRequest.objects.select_related("duplicate_of").in_bulk(drawn)
    checkers = _Checkers(city)
    EndingCheck.objects.bulk_create(
        EndingCheck(
            sample=sample,
            service_request=requests[pk],
            disposition=requests[pk].disposition,
            ended_at=claimed_at[pk],
            checker_id=checkers.take(requests[pk]),
        )
        for pk in drawn
    )
    return sample


class _Checkers:
    """Who may look, and how many each has to look at. The one with the fewest gets the next."""

    def __init__(self, city: Jurisdiction) -> None:
        self.teams: dict[int, set[int]] = defaultdict(set)
        for user_id, team_id in Team.members.through.objects.filter(
            team__department__jurisdiction=city, team__active=True
        ).values_list("user_id", "team_id"):
            self.teams[user_id].add(team_id)
        self.departments: dict[int, set[int]] = defaultdict(set)
        memberships = Membership.objects.filter(jurisdiction=city, user__is_active=True).exclude(
            user__in=leaves.away_ids(city)
        )
        users = set()
        for user_id, department_id, permissions in memberships.values_list(
            "user_id", "department_id", "role__permissions"
        ):
            if department_id is not None:
                self.departments[user_id].add(department_id)
            if PERMISSION in permissions:
                users.add(user_id)
        to_do = EndingCheck.objects.filter(checker__in=users, seen_at=None).values_list("checker_id", flat=True)
        self.load = Counter(to_do)
        self.users = sorted(users)

    def take(self, service_request: ServiceRequest) -> int | None:
        # What was said of the other one is said of what was merged into it, too.
        both = [service_request, *([service_request.duplicate_of] if service_request.duplicate_of else [])]
        resolvers = Event.objects.filter(
            service_request__in=both, kind__in=("resolved", "visited", "accepted", "merged"), user__isnull=False
        ).values_list("user_id", flat=True)
        workers = {*resolvers, *(one.assignee_id for one in both if one.assignee_id)}
        worker_teams = {team for user in workers for team in self.teams[user]}
        worker_teams |= {one.team_id for one in both if one.team_id}
        fitting = [
            user
            for user in self.users
            if ending_checks.may_check(
                checker=user,
                checker_teams=self.teams[user],
                is_in_department=service_request.department_id in self.departments[user],
                workers=workers,
                worker_teams=worker_teams,
            )
        ]
        if not fitting:
            return None
        chosen = min(fitting, key=lambda user: (self.load[user], user))
        self.load[chosen] += 1
        return chosen


@transaction.atomic
def record(pk: int, *, seen: str, photo: Photo | None, actor: User) -> EndingCheck:
    """What its checker saw. The outcome is shown then, and in some cases they may say it once more. Raises AlreadySeen."""
    check = EndingCheck.objects.select_for_update().get(pk=pk, checker=actor)
    if check.seen_at is not None and not can_say_again(check):
        raise AlreadySeen
    check.was_blind = check.seen_at is None
    check.seen, check.seen_at = seen, app_now()
    check.photo = photo or check.photo
    check.save(update_fields=["seen", "seen_at", "was_blind", "photo"])
    return check


def can_say_again(check: EndingCheck) -> bool:
    """Once more, knowing the outcome: after “can't tell”, or if it looked unfixed and the action claimed may leave no sign."""
    is_action = check.disposition == Disposition.ACTION_TAKEN and check.seen == EndingCheck.Seen.NOT_FIXED
    return check.was_blind and (check.seen == EndingCheck.Seen.CANT_TELL or is_action)


def note_reopened() -> int:
    """Notes which drawn endings were reopened within 30 days, also by unmerging, or were merged into one that was.

    What was undone doesn't count.
    """
    recent = EndingCheck.objects.filter(reopened_at=None, ended_at__gt=app_now() - REOPENED_WITHIN - WEEK)
    again = Event.objects.filter(kind="reopened")
    checks = list(
        recent.filter(
            Exists(again.filter(service_request=OuterRef("service_request")))
            | Exists(again.filter(service_request=OuterRef("service_request__duplicate_of")))
        ).select_related("service_request")
    )
    both = {check.pk: [check.service_request_id, check.service_request.duplicate_of_id] for check in checks}
    reopened_at = reopenings.lasting({pk for pair in both.values() for pk in pair if pk is not None})
    noted = []
    for check in checks:
        until = check.ended_at + REOPENED_WITHIN
        times = sorted(at for pk in both[check.pk] if pk is not None for at in reopened_at[pk])
        if at := next((at for at in times if check.ended_at < at <= until), None):
            check.reopened_at = at
            noted.append(check)
    EndingCheck.objects.bulk_update(noted, ["reopened_at"])
    return len(noted)
