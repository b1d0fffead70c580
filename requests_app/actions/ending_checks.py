"""Drawing last week's endings of each department, giving each to someone on another team, and keeping what they saw."""

import datetime as dt
import secrets
from collections import Counter, defaultdict

from django.db import transaction
from django.db.models import Exists, OuterRef

from requests_app.actions.progress import local_day
from requests_app.clock import app_now
from requests_app.models import (
    Department,
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
from requests_app.rules import ending_sample, leave, reopening
from requests_app.rules.reopening import REOPENED_WITHIN

PERMISSION = "check_endings"
SEED_BYTES = 16
WEEK = dt.timedelta(days=7)


class AlreadySeen(Exception):
    """Somebody has looked already, and what they saw stays."""


def last_week(city: Jurisdiction) -> dt.date:
    """The Monday of the last whole week by the city's calendar."""
    today = local_day(city)
    return today - dt.timedelta(days=today.weekday()) - WEEK


def draw_due() -> int:
    """Draws last week's endings where that was not done yet. Returns the number of drawings."""
    count = 0
    for city in Jurisdiction.objects.defer("boundary").order_by("id"):
        week = last_week(city)
        done = EndingSample.objects.filter(department=OuterRef("pk"), week=week)
        for department in Department.objects.filter(~Exists(done), jurisdiction=city, active=True).order_by("id"):
            if city.checked_endings:
                draw(department, week=week)
                count += 1
    return count


def _endings(department: Department, week: dt.date, dispositions: tuple[str, ...]) -> list[int]:
    city = department.jurisdiction
    start = dt.datetime.combine(week, dt.time(), city.zone)
    end = dt.datetime.combine(week + WEEK, dt.time(), city.zone)
    # Public ones with a public place: the person who looks need not be allowed to read anything else.
    found = ServiceRequest.objects.made_here().filter(
        jurisdiction=city,
        department=department,
        disposition__in=dispositions,
        resolved_at__gte=start,
        resolved_at__lt=end,
    )
    if dispositions is ending_sample.CHECKED:
        found = found.filter(public_state=PublicState.PUBLIC, public_point__isnull=False)
    return list(found.values_list("pk", flat=True))


@transaction.atomic
def draw(department: Department, *, week: dt.date, seed: str = "") -> EndingSample:
    """Draws the week's endings. seed: to repeat a drawing; otherwise the server's random one."""
    city = department.jurisdiction
    ids = _endings(department, week, ending_sample.CHECKED)
    sample, is_new = EndingSample.objects.get_or_create(
        department=department,
        week=week,
        defaults={
            "jurisdiction": city,
            "seed": seed or secrets.token_hex(SEED_BYTES),
            "wanted": city.checked_endings,
            "endings": len(ids),
            "other_endings": len(_endings(department, week, ending_sample.OTHERS)),
        },
    )
    if not is_new:
        return sample
    drawn = ending_sample.drawn(ids, seed=sample.seed, count=sample.wanted)
    requests = ServiceRequest.objects.in_bulk(drawn)
    checkers = _Checkers(city)
    EndingCheck.objects.bulk_create(
        EndingCheck(
            sample=sample,
            service_request=requests[pk],
            disposition=requests[pk].disposition,
            ended_at=requests[pk].resolved_at or sample.drawn_at,
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
            user__in=leave.away_ids(city)
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
        resolvers = Event.objects.filter(
            service_request=service_request, kind__in=("resolved", "visited", "accepted"), user__isnull=False
        ).values_list("user_id", flat=True)
        workers = {*resolvers, *([service_request.assignee_id] if service_request.assignee_id else [])}
        worker_teams = {team for user in workers for team in self.teams[user]}
        if service_request.team_id:
            worker_teams.add(service_request.team_id)
        fitting = [
            user
            for user in self.users
            if ending_sample.may_check(
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
    """What its checker saw. After "can't tell" the outcome is shown, and they may say it once more. Raises AlreadySeen."""
    check = EndingCheck.objects.select_for_update().get(pk=pk, checker=actor)
    if check.seen_at is not None and not can_say_again(check):
        raise AlreadySeen
    check.was_blind = check.seen_at is None
    check.seen, check.seen_at = seen, app_now()
    check.photo = photo or check.photo
    check.save(update_fields=["seen", "seen_at", "was_blind", "photo"])
    return check


def can_say_again(check: EndingCheck) -> bool:
    return check.seen == EndingCheck.Seen.CANT_TELL and check.was_blind


def note_reopened() -> int:
    """Notes which drawn endings were reopened within 30 days. A reopening that was undone doesn't count."""
    recent = EndingCheck.objects.filter(reopened_at=None, ended_at__gt=app_now() - REOPENED_WITHIN - WEEK)
    checks = list(
        recent.filter(Exists(Event.objects.filter(service_request=OuterRef("service_request"), kind="reopened")))
    )
    reopened_at = reopening.lasting({check.service_request_id for check in checks})
    noted = []
    for check in checks:
        until = check.ended_at + REOPENED_WITHIN
        if at := next((at for at in reopened_at[check.service_request_id] if check.ended_at < at <= until), None):
            check.reopened_at = at
            noted.append(check)
    EndingCheck.objects.bulk_update(noted, ["reopened_at"])
    return len(noted)
