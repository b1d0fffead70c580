"""What a request needs before a department can work on it, and where each service would take it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from requests_app.models import UNKNOWN_SERVICE, Department, ServiceRequest, ServiceVersion
from requests_app.rules.routing.routing import current_rules, decide, facts_of


def needs_service(service_request: ServiceRequest) -> bool:
    """Reports sent as “I don’t know”, and requests that a department sent back or no rule routed."""
    return service_request.is_open and (
        service_request.in_triage or service_request.service.service_code == UNKNOWN_SERVICE
    )


def departments_for(service_request: ServiceRequest, versions: Sequence[ServiceVersion]) -> dict[int, Department]:
    """Where routing would send the request if it had this service, by the version's id. Missing: it would stay in triage.

    versions: with their service and department.
    """
    if not versions:
        return {}
    rules, facts = current_rules(service_request.jurisdiction_id), facts_of(service_request)
    codes: dict[int, str] = {}
    for version in versions:
        code = version.service.service_code
        priority = min(facts.priority or version.priority, version.priority)
        rule = rules.first_match(replace(facts, service_code=code, priority=priority))
        if rule is not None:
            codes[version.pk] = rule.department or ""
        elif code != UNKNOWN_SERVICE:
            codes[version.pk] = version.department.code
    rows = Department.objects.filter(
        jurisdiction=service_request.jurisdiction_id, code__in=set(codes.values()), active=True
    )
    by_code = {department.code: department for department in rows}
    return {pk: by_code[code] for pk, code in codes.items() if code in by_code}


# How many open requests of a service count, and the least of them that make a department usual.
EARLIER, LEAST = 100, 3


def suggested_departments(service_request: ServiceRequest) -> list[Department]:
    """Where to transfer it: where routing would send it now, then where the latest open requests of its service went; at most two.

    Never the department that has it.
    """
    own = service_request.department_id
    departments: list[Department] = []
    decision = decide(service_request)
    if decision.department is not None:
        departments.append(decision.department)
    latest = ServiceRequest.objects.open().filter(
        jurisdiction=service_request.jurisdiction_id, service=service_request.service_id
    )
    ids = latest.order_by("-id").exclude(pk=service_request.pk).values_list("department_id", flat=True)[:EARLIER]
    usual = [pk for pk, count in Counter(ids).most_common(3) if pk is not None and count >= LEAST]
    rows = Department.objects.filter(active=True).in_bulk(
        [pk for pk in usual if pk not in {one.pk for one in departments}]
    )
    departments += [rows[pk] for pk in usual if pk in rows]
    return [department for department in departments if department.pk != own][:2]
