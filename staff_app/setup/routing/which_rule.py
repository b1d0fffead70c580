"""Which rule catches this? A request by its number, or a report that is typed: by the rules in use, and by the draft."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.core.localized import localized
from requests_app.models import QuestionVersion, Service, ServiceRequest, ServiceVersion
from requests_app.rules.alarms.screening import plain
from requests_app.rules.routing.explanation import Explanation, explain, questions_asked
from requests_app.rules.routing.routing import Definition, Facts, facts_of, forward_owner, rules_in_use
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city, reads_for_department, staff_page
from staff_app.setup.routing.report_form import ReportForm
from staff_app.setup.routing.state import State, state_of

NUMBER_MAX = 40


@dataclass(frozen=True)
class Rules:
    """draft: None if there is none, or it's equal to the rules in use."""

    in_use: list[Definition]
    draft: list[Definition] | None

    @property
    def all(self) -> list[Definition]:
        return [*self.in_use, *(self.draft or [])]


@staff_page
def which_rule(request: StaffRequest) -> HttpResponse:
    """?number= of a request, or ?service= whose report is typed, which is then sent and never stored."""
    need_in_city(request, "administer")
    city, state = request.jurisdiction, state_of(request.jurisdiction)
    rules, names = _rules(state, city.pk), Names(city)
    number = request.GET.get("number", "").replace("\x00", "").strip()[:NUMBER_MAX]
    services = _services(request)
    code = request.POST.get("service", "") if request.method == "POST" else request.GET.get("service", "")
    version = services.get(code)
    context: dict[str, Any] = {
        "state": state,
        "number": number,
        "services": sorted(
            ((code, localized(one.name)) for code, one in services.items()), key=lambda service: plain(service[1])
        ),
        "version": version,
    }
    status = 200
    if version is not None:
        form = _form(request, version, rules, names)
        context["form"] = form
        if request.method == "POST":
            status = 422
            if form.is_valid():
                status = 200
                context |= _answer(rules, form.facts(), version, names) | {"is_stopped": form.answers.stopped_by}
    elif code:
        context["problem"], status = _("This service isn’t offered anymore. Choose another one."), 404
    elif number:
        shown = _by_number(request, number, rules, names)
        context |= shown
        status = 404 if "problem" in shown else 200
    return render(request, "staff_app/setup/routing/which_rule.html", context, status=status)


def _rules(state: State, city_id: int) -> Rules:
    if state.draft is None:
        return Rules(state.rules, None)
    in_use = rules_in_use(city_id)
    return Rules(in_use, state.rules if state.rules != in_use else None)


def _services(request: StaffRequest) -> dict[str, ServiceVersion]:
    services = Service.objects.filter(jurisdiction=request.jurisdiction, active=True, current__isnull=False)
    return {
        one.service_code: one.current
        for one in services.select_related("current__service", "current__department")
        if one.current is not None
    }


def _form(request: StaffRequest, version: ServiceVersion, rules: Rules, names: Names) -> ReportForm:
    areas = {
        (place["layer"], str(code))
        for rule in rules.all
        if (place := rule["when"].get("areas"))
        for code in place["codes"]
    }
    data = request.POST if request.method == "POST" else None
    return ReportForm(data, city=request.jurisdiction, version=version, areas=areas, names=names)


def _by_number(request: StaffRequest, number: str, rules: Rules, names: Names) -> dict[str, Any]:
    """What the rules would do with it if it were routed now. Its words and answers aren't shown."""
    try:
        service_request = get_request_or_404(request.user, number, "view", jurisdiction=request.jurisdiction)
    except Http404:
        return {"problem": _("We couldn’t find a request with this number.")}
    shown: dict[str, Any] = {"service_request": service_request, "owner": forward_owner(service_request)}
    if secret := _secret_questions(request, service_request, rules, names):
        return shown | {"secret": secret}
    return shown | _answer(rules, facts_of(service_request), service_request.service_version, names)


def _secret_questions(request: StaffRequest, service_request: ServiceRequest, rules: Rules, names: Names) -> list[str]:
    """The questions whose answers only the request's department reads, but which rules would give away."""
    if reads_for_department(request.user, service_request):
        return []
    code = service_request.service.service_code
    secret = QuestionVersion.objects.filter(
        service_version=service_request.service_version_id,
        visibility=QuestionVersion.Visibility.DEPARTMENT,
        code__in=questions_asked(rules.all, code),
    )
    return [names.question(one, [code]) for one in secret.values_list("code", flat=True)]


def _answer(rules: Rules, facts: Facts, version: ServiceVersion, names: Names) -> dict[str, Any]:
    """The draft's part only if it decides otherwise, or by another rule."""
    in_use = explain(rules.in_use, facts, version, names)
    draft: Explanation | None = None
    if rules.draft is not None:
        draft = explain(rules.draft, facts, version, names)
    is_same = draft is not None and (draft.rule, draft.destination) == (in_use.rule, in_use.destination)
    return {"in_use": in_use, "draft": None if is_same else draft, "draft_is_same": is_same}
