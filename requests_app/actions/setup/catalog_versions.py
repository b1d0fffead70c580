"""Publishing versions of services and their targets. Versions are immutable: a change publishes the next one."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from requests_app.actions.setup.go_live import store_approval
from requests_app.models import (
    Calendar,
    Category,
    Department,
    QuestionVersion,
    Service,
    ServiceApproval,
    ServiceVersion,
    Target,
)
from requests_app.rules.setup import go_live
from requests_app.rules.setup.catalog_rows import (
    question_columns,
    version_columns,
    written_question,
    written_target,
    written_version,
)


@transaction.atomic
def publish(service: Service, fields: dict[str, Any], *, approval: ServiceApproval | None = None) -> bool:
    """Publishes the service as written in a catalog file, as its next version; returns False if it is as the current one.

    Locks the service, so that two who publish at once get two numbers. approval: by the 911 center, of its emergency check as it
    is written; stored if it is needed. Raises NotReady if residents use the service and may not be offered this version, and
    DoesNotExist for a category or department that the city does not have.
    """
    locked = Service.objects.select_for_update(of=("self",)).select_related("current").get(pk=service.pk)
    service.current, service.active = locked.current, locked.active
    columns = version_columns(fields)
    question_rows = [question_columns(question) for question in fields.get("questions") or []]
    if service.current is not None:
        current = version_columns(written_version(service.current))
        questions = [question_columns(written_question(one)) for one in service.current.questions.order_by("order")]
        if (current, questions) == (columns, question_rows):
            return False
    needs_approval = bool(service.active and (obstacles := go_live.obstacles(service, fields)))
    if needs_approval:
        if approval is not None:
            obstacles = go_live.obstacles(service, fields, approval=approval)
        if obstacles:
            raise go_live.NotReady(obstacles)
    last = service.versions.aggregate(last=Max("number"))["last"] or 0
    category, department = columns.pop("category"), columns.pop("department")
    version = ServiceVersion.objects.create(
        service=service,
        number=last + 1,
        category=Category.objects.get(jurisdiction=service.jurisdiction_id, code=category),
        department=Department.objects.get(jurisdiction=service.jurisdiction_id, code=department),
        **columns,
    )
    QuestionVersion.objects.bulk_create(
        QuestionVersion(service_version=version, order=order, **question)
        for order, question in enumerate(question_rows, start=1)
    )
    service.current = version
    service.save(update_fields=["current"])
    if needs_approval and approval is not None:
        store_approval(approval)
    return True


def set_targets(service: Service, targets: dict[str, Any]) -> bool:
    """Adds changed targets, valid from now on; earlier requests keep the old ones. Returns whether there were any."""
    changed = False
    for kind, target in targets.items():
        now = written_target(service, kind)
        if now != {"calendar": "department"} | target:
            code = target.get("calendar", "department")
            Target.objects.create(
                service=service,
                kind=kind,
                value=target["value"],
                unit=target["unit"],
                calendar=None
                if code == "department"
                else Calendar.objects.get(jurisdiction=service.jurisdiction_id, code=code),
            )
            changed = True
    return changed
