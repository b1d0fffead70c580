"""What each service needs before residents can use it: a list of all, and a page for one that says where to add what is missing."""

import datetime as dt
from typing import Any

from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from requests_app.models import Department, OutboxRow, Service, ServiceApproval, ServiceTest
from requests_app.rules.setup import go_live as rules
from requests_app.rules.setup.catalog_rows import written_services
from requests_app.rules.setup.service_states import SERVICES, STATES, WAITING, counts, name_of, services_in
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.go_live.forms import ApprovalForm
from staff_app.setup.listing import Column, listing

# What emails are about, by the kind of their outbox row.
EMAILS = {
    "email_received": _("Report received"),
    "email_routed": _("Who handles it"),
    "email_resolved": _("Outcome"),
    "email_changed": _("Update"),
    "email_commented": _("Comment"),
    "email_asked": _("Question"),
}
TESTS_SHOWN = 5


@staff_page
@require_safe
def go_live(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction

    def described(services: list[Service]) -> list[dict[str, Any]]:
        facts = rules.facts_of(city, [one.pk for one in services])
        definitions = written_services(services)
        rows = []
        for service in services:
            checks = rules.checks(service, definitions[service.pk], facts)
            missing = [check.short_name for check in checks if not check.done]
            rows.append(
                {
                    "service": service,
                    "name": name_of(service),
                    "missing": missing,
                    "ends_on": _ends_on(service, facts) if rules.SHORT_NAMES[rules.EMERGENCY] not in missing else None,
                    "done": len(checks) - len(missing),
                    "of": len(checks),
                }
            )
        return rows

    state, numbers = request.GET.get("state", ""), counts(city)
    if state not in STATES:
        state = next((code for code, number in numbers.items() if number), WAITING)
    context = {
        "tabs": [{"code": code, "name": name, "count": numbers[code]} for code, name in STATES.items()],
        "state": state,
        "list": listing(
            request,
            services_in(city, state),
            caption=_("Services and what they need"),
            columns={
                "service": Column(_("Service"), ("service_code", "id")),
                "state": Column(_("Done")),
                "missing": Column(_("Missing")),
            },
            row_template="staff_app/setup/go_live/_row.html",
            empty=_("No services here."),
            search=("service_code", "current__name"),
            kept={"state": state},
            describe=described,
        ),
    }
    return render(request, "staff_app/setup/go_live/go_live.html", context)


@staff_page
@require_safe
def service_go_live(request: StaffRequest, service_code: str) -> HttpResponse:
    return show(request, get_service_or_404(request, service_code))


def get_service_or_404(request: StaffRequest, service_code: str) -> Service:
    """The city's service, for who may administer. Raises Denied and Http404."""
    need_in_city(request, "administer")
    service = SERVICES.filter(jurisdiction=request.jurisdiction, service_code=service_code).first()
    if service is None:
        raise Http404
    return service


def show(
    request: StaffRequest, service: Service, *, form: ApprovalForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    facts = rules.facts_of(request.jurisdiction, [service.pk])
    definition = written_services([service])[service.pk]
    checks = rules.checks(service, definition, facts)
    emergency = rules.emergency_words(definition, request.jurisdiction)
    department = facts.departments.get(definition.get("department", ""))
    context = {
        "service": service,
        "name": name_of(service),
        "checks": [
            {
                "check": check,
                "url": _put_right(check.code, service, department),
                "template": f"staff_app/setup/go_live/_{check.code}.html",
            }
            if check.code in (rules.EMERGENCY, rules.ARTICLE, rules.TEST)
            else {"check": check, "url": _put_right(check.code, service, department)}
            for check in checks
        ],
        "done": sum(check.done for check in checks),
        "form": form or ApprovalForm(today=facts.today),
        **emergency_context(emergency),
        "approval": facts.approvals.get((service.pk, ServiceApproval.Kind.EMERGENCY)),
        "no_article": facts.approvals.get((service.pk, ServiceApproval.Kind.NO_ARTICLE)),
        "tests": _tests(service),
        **more,
    }
    return render(request, "staff_app/setup/go_live/service_go_live.html", context, status=status)


def _ends_on(service: Service, facts: rules.Facts) -> dt.date | None:
    """When the approval of the emergency check ends, if that is soon."""
    approval = facts.approvals.get((service.pk, ServiceApproval.Kind.EMERGENCY))
    return rules.ends_soon(approval, facts.city) if approval else None


def emergency_context(emergency: dict[str, Any]) -> dict[str, Any]:
    """An emergency check for templates: as residents read it in each language, and the answers that stop the form."""
    return {
        "screen": [
            {"language": code, "name": get_language_info(code)["name_translated"], "text": text}
            for code, text in emergency["screen"].items()
        ],
        "stops": emergency["stops"],
        "emergency_number": emergency["number"],
        "seen": rules.fingerprint(emergency),
    }


def _put_right(code: str, service: Service, department: Department | None) -> str:
    """The page where a check is put right; empty for those that are on this page."""
    edit = {"code": service.service_code}
    if code == rules.MAILBOX and department is not None:
        return reverse("staff_app:department", args=[department.pk])
    if code in (rules.OWNER, rules.MAILBOX):
        return reverse("staff_app:service_handling", kwargs=edit)
    if code == rules.TARGETS:
        return reverse("staff_app:service_targets", args=[service.pk])
    if code in (rules.LANGUAGES, rules.OUTCOMES):
        return reverse("staff_app:service_words", kwargs=edit)
    return reverse("staff_app:new_article") if code == rules.ARTICLE else ""


def _tests(service: Service) -> list[dict[str, Any]]:
    """The newest test requests: where each was routed and which email was written about it."""
    tests = list(
        ServiceTest.objects.filter(service=service)
        .select_related("user", "service_request__department", "service_request__service_version")
        .order_by("-id")[:TESTS_SHOWN]
    )
    emails: dict[int, list[dict[str, Any]]] = {}
    # To the testers themselves. A test request that came by the API may have another address, which isn't theirs to read.
    rows = OutboxRow.objects.filter(
        service_request__in=[test.service_request_id for test in tests],
        kind__startswith="email_",
        recipient__value__in={test.user.email for test in tests if test.user},
    )
    for row in rows.order_by("id").annotate(address=F("recipient__value")):
        email = {"about": EMAILS.get(row.kind, _("Update")), "address": row.address}
        emails.setdefault(row.service_request_id or 0, []).append(email)
    return [{"test": test, "emails": emails.get(test.service_request_id or 0, [])} for test in tests]
