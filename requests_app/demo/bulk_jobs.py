"""Demo data for "My jobs": one that is done, and one that the worker does when the demo starts and that can be undone then."""

from django.db import transaction
from django.db.models import QuerySet

from requests_app import outbox
from requests_app.actions.work import bulk_jobs
from requests_app.demo.staff import demo_user
from requests_app.models import BulkJob, Department, Jurisdiction, OutboxRow, ServiceRequest, Status

# More than a batch; and few enough to read.
NOTED, ASSIGNED = 24, 8
NOTE = "Checked on the round after the storm. Nothing here can't wait for its turn."


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    department = Department.objects.filter(jurisdiction=jurisdiction, code="PW").first()
    user = demo_user(jurisdiction, "triage")
    if department is None or user is None or BulkJob.objects.filter(jurisdiction=jurisdiction).exists():
        return
    waiting = (
        ServiceRequest.objects.in_jurisdiction(jurisdiction)
        .public()
        .filter(department=department, status=Status.ROUTED, assignee=None)
        .order_by("-submitted_at", "id")
    )
    if not waiting.exists():
        return
    noted = bulk_jobs.start(jurisdiction, _some(waiting[:NOTED]), [{"verb": "note", "text": NOTE}], actor=user)
    _run(noted)
    bulk_jobs.start(jurisdiction, _some(waiting[:ASSIGNED]), [{"verb": "assign", "assignee": "me"}], actor=user)


def _some(requests: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.filter(pk__in=[one.pk for one in requests])


def _run(job: BulkJob) -> None:
    """What the worker does, batch by batch."""
    rows = OutboxRow.objects.filter(
        kind=bulk_jobs.KIND, dedupe_key__startswith=f"{bulk_jobs.KIND}:{job.pk}:", done_at=None
    )
    while (row := rows.first()) is not None:
        with transaction.atomic():
            bulk_jobs.run_row(row)
            outbox.finish(row.pk)
