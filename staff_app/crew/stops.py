"""The stops of a day: requests and tasks as one list, by due time."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.models import Jurisdiction, ServiceRequest, Task, Team, User
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.report import key_sentence
from requests_app.rules.shared import directory
from requests_app.rules.work import crew_day, tasks
from staff_app import due
from staff_app.queue import listing, rows


@dataclass(frozen=True)
class Stop:
    """reference: of the request, as in addresses; empty for a task, whose request its people may not open."""

    name: str
    reference: str
    number: str
    service: str
    excerpt: str
    language: str
    address: str
    place_note: str
    due: due.Due
    due_at: dt.datetime | None
    priority: int
    flags: list[rows.Flag]
    point: Point | None
    url: str
    task_id: int | None = None

    @property
    def is_task(self) -> bool:
        return self.task_id is not None


@dataclass(frozen=True)
class Day:
    """stops: at most crew_day.STOPS_MAX, by due time; more: whether there are others."""

    stops: list[Stop]
    more: bool


def of(user: User, city: Jurisdiction, at: listing.Moment) -> Day:
    """The day of the person who is signed in."""
    teams = crew_day.teams_of(user, city)
    day = at.now.astimezone(city.zone).date()
    requests = crew_day.requests_of(user, city, teams, day=day)
    return _day([user], city, at, requests, crew_day.tasks_of(user, city, teams))


def of_person(person: User, reader: User, city: Jurisdiction, at: listing.Moment) -> Day:
    """Of the person's day, what `reader`, who prints it for them, may see as well."""
    teams = crew_day.teams_of(person, city)
    day = at.now.astimezone(city.zone).date()
    requests = crew_day.requests_of(person, city, teams, day=day).visible_to(reader, triage=False)
    readable = tasks.open_tasks(reader, city)
    theirs = crew_day.tasks_of(person, city, teams)
    kept = set(readable.filter(pk__in=[task.pk for task in theirs]).values_list("pk", flat=True)) if theirs else set()
    return _day([reader, person], city, at, requests, [task for task in theirs if task.pk in kept])


def of_team(team: Team, reader: User, city: Jurisdiction, at: listing.Moment) -> Day:
    """Everything of the team's day that `reader` may see, with the names left out if one of its members reads none."""
    day = at.now.astimezone(city.zone).date()
    requests = crew_day.requests_of_team(team, city, day=day).visible_to(reader, triage=False)
    members = list(team.members.filter(is_active=True).prefetch_related("memberships__role", "memberships__department"))
    for member in members:
        permissions.set_memberships(member, list(member.memberships.all()))
    return _day([reader, *members], city, at, requests, crew_day.tasks_of_team(team, reader, city))


def _day(
    readers: list[User], city: Jurisdiction, at: listing.Moment, requests: ServiceRequestQuerySet, of_tasks: list[Task]
) -> Day:
    """readers: who will read it; it holds what all of them may."""
    by_due = listing.with_row(requests).only(*listing.ROW_FIELDS, "point").order_by("due_at", "id")
    found = list(by_due[: crew_day.STOPS_MAX + 1])
    of_others = [task.service_request for task in of_tasks]
    known = directory.of(city)
    listing.fill(found, city, known)
    known.fill(of_others)
    for reader in readers:
        redaction.redact_for(reader, [*found, *of_others])
        redaction.redact_tasks(reader, of_tasks, city)
    stops = [_of_request(one, at, city) for one in found] + [_of_task(one, readers, at, city) for one in of_tasks]
    stops.sort(key=lambda stop: (stop.due_at is None, stop.due_at or at.now))
    return Day(stops[: crew_day.STOPS_MAX], len(stops) > crew_day.STOPS_MAX)


def _of_request(service_request: ServiceRequest, at: listing.Moment, city: Jurisdiction) -> Stop:
    row = rows.row(service_request, at, {}, city)
    return Stop(
        name=service_request.reference,
        reference=service_request.reference,
        number=service_request.display_reference,
        service=row.service,
        excerpt=row.first_words,
        language=service_request.language,
        address=row.street,
        place_note=service_request.place_note,
        due=row.due,
        due_at=service_request.due_at,
        priority=service_request.priority,
        flags=row.flags,
        point=service_request.point,
        url=reverse("staff_app:crew_stop", args=[service_request.reference]),
    )


def _of_task(task: Task, readers: Iterable[User], at: listing.Moment, city: Jurisdiction) -> Stop:
    service_request = task.service_request
    reads_words = all(tasks.reads_words(reader, service_request) for reader in readers)
    return Stop(
        name=f"task-{task.pk}",
        reference="",
        number="",
        service=task.what,
        excerpt=key_sentence.first_words(service_request) if reads_words else "",
        language=service_request.language,
        address=service_request.address,
        place_note=service_request.place_note if reads_words else "",
        due=_due_of(task, at, city),
        due_at=dt.datetime.combine(task.due_on, dt.time.max, city.zone) if task.due_on else None,
        priority=service_request.priority,
        flags=[],
        point=service_request.point,
        url=reverse("staff_app:task", args=[task.pk]),
        task_id=task.pk,
    )


def _due_of(task: Task, at: listing.Moment, city: Jurisdiction) -> due.Due:
    """Tasks are due on a day, not at a time."""
    today = at.now.astimezone(city.zone).date()
    if task.due_on is None:
        return due.Due("none", _("No date"))
    if task.due_on < today:
        return due.Due("late", pgettext("due", "Late %(time)s") % {"time": due.length(today - task.due_on)})
    if task.due_on == today:
        return due.Due("today", _("Today"))
    return due.Due("later", formats.date_format(task.due_on, pgettext("short day format", "M j")))
