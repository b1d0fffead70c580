"""Demo data for tasks: parts of the work that departments ask of each other, done, open, and kept in another system."""

import datetime as dt

from django.db import transaction

from requests_app.actions.work import tasks
from requests_app.actions.work.tasks import OutsideOrder
from requests_app.demo.staff import PEOPLE
from requests_app.models import Department, Jurisdiction, ServiceRequest, Task, Team, User
from requests_app.rules.people.leaves import today

# The department and the service of a request, and who does what for it. Each part after the first one waits for the one before.
ASKED: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("PK", "sidewalk", [
        ("PW", "Grind down the raised edge so that nobody trips until the roots are cut."),
        ("PW", "Pour a new slab once the roots are cut."),
    ]),
    ("PK", "treehazard", [
        ("TR", "Close the right lane while the tree comes down."),
        ("PW", "Sweep the lane after the tree is gone."),
    ]),
    ("PW", "sidewalk", [("PK", "Say which roots may be cut.")]),
    ("TR", "streetlight", [("PK", "Cut the branches that cover the lamp.")]),
    ("PW", "pothole", [("WS", "Check the valve box under the hole before we fill it.")]),
    ("WS", "drain", [("PW", "Repair the pavement around the grate.")]),
]  # fmt: skip
# Of a department that works by its own system's orders.
ORDERS = "WS"
ORDER = OutsideOrder("WO-20417", "https://orders.rivermark.example/20417", "Scheduled")
STATUSES = [("Scheduled", Task.State.OPEN), ("Completed", Task.State.DONE), ("Canceled", Task.State.DROPPED)]
DUE_DAYS = 5
# The one of these that has been done.
DONE = ("PK", "Say which roots may be cut.", "Both thin ones, not the thick one toward the street.")


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    if Task.objects.filter(department__jurisdiction=jurisdiction).exists():
        return
    departments = {one.code: one for one in Department.objects.filter(jurisdiction=jurisdiction)}
    with transaction.atomic():
        for code, service, parts in ASKED:
            actor, service_request = _member(jurisdiction, code), _open(jurisdiction, code, service)
            if actor is None or service_request is None:
                continue
            before: Task | None = None
            for number, (doer, what) in enumerate(parts):
                if doer in departments:
                    team = Team.objects.filter(department=departments[doer], active=True).order_by("id").first()
                    due_on = today(jurisdiction) + dt.timedelta(days=DUE_DAYS * (number + 1))
                    before = tasks.add(
                        service_request.pk,
                        department=departments[doer],
                        team=team,
                        what=what,
                        after=before,
                        due_on=due_on,
                        actor=actor,
                    )
        _end_and_link(jurisdiction, departments)


def _end_and_link(jurisdiction: Jurisdiction, departments: dict[str, Department]) -> None:
    code, what, note = DONE
    done, actor = Task.objects.filter(department=departments.get(code), what=what).first(), _member(jurisdiction, code)
    if done is not None and actor is not None:
        tasks.end(done.pk, state=Task.State.DONE, actor=actor, note=note)
    linked, actor = Task.objects.filter(department=departments.get(ORDERS)).first(), _member(jurisdiction, ORDERS)
    if linked is not None and actor is not None:
        tasks.map_statuses(departments[ORDERS], STATUSES, actor=actor)
        tasks.link_order(linked.pk, ORDER, actor=actor)


def _member(jurisdiction: Jurisdiction, code: str) -> User | None:
    """Who gives out work in this department, or else in the whole city."""
    own = [person for person in PEOPLE if person.role in ("triage", "supervisor")]
    person = next((person for person in own if code in person.departments), own[-1])
    return User.objects.filter(memberships__jurisdiction=jurisdiction, email=person.email).first()


def _open(jurisdiction: Jurisdiction, code: str, service: str) -> ServiceRequest | None:
    rows = ServiceRequest.objects.in_jurisdiction(jurisdiction).open().public()
    return rows.filter(department__code=code, service__service_code=service).order_by("-submitted_at", "-id").first()
