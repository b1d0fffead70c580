"""Demo data for crews: a team of Public Works, and a day of eight stops in one part of the city."""

from django.contrib.gis.db.models.functions import Distance
from django.db import transaction

from requests_app.actions.work import assignment
from requests_app.demo.staff import demo_user
from requests_app.models import Department, Jurisdiction, ServiceRequest, Team
from requests_app.rules.work.crew_day import WORKABLE

# Assigned to the crew's one member; and of the team, for anyone in it.
HERS, THE_TEAMS = 6, 2


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    department = Department.objects.filter(jurisdiction=jurisdiction, code="PW").first()
    member, planner = demo_user(jurisdiction, "crew"), demo_user(jurisdiction, "triage")
    if department is None or member is None or planner is None:
        return
    team, is_new = Team.objects.get_or_create(
        department=department,
        code="street-crew-1",
        defaults={"name": {"en": "Street Crew 1", "es": "Cuadrilla de Calles 1"}},
    )
    if not is_new:
        return
    team.members.add(member)
    free = (
        ServiceRequest.objects.in_jurisdiction(jurisdiction)
        .public()
        .filter(department=department, status__in=WORKABLE, assignee=None, scheduled_for=None, point__isnull=False)
    )
    first = free.filter(due_at__isnull=False).order_by("-due_at", "id").first()
    if first is None:
        return
    near = list(free.order_by(Distance("point", first.point), "id")[: HERS + THE_TEAMS])
    with transaction.atomic():
        for service_request in near[:HERS]:
            assignment.assign(service_request.pk, assignee=member, actor=planner)
        ServiceRequest.objects.filter(pk__in=[one.pk for one in near[HERS:]]).update(team=team)
