"""The services that a request without one, or without a department, is most likely about: each is one button."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.actions.routing import triage
from requests_app.actions.work import staff_actions
from requests_app.core.localized import localized
from requests_app.models import UNKNOWN_SERVICE, Department, Service, ServiceRequest, ServiceVersion, User
from requests_app.rules.answers import suggestions
from requests_app.rules.people import permissions
from requests_app.rules.routing.triage import departments_for, needs_service
from requests_app.rules.shared.lifecycle import TRANSITIONS, IllegalTransition
from staff_app import in_place, last_event
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import changed_row
from staff_app.queue.list_position import ListPosition, next_or
from staff_app.request import conflict
from staff_app.request.undo import undo_tag


@dataclass(frozen=True)
class Choice:
    """department: where it would go; None: it stays in triage."""

    version: ServiceVersion
    department: Department | None


def may_choose(user: User, service_request: ServiceRequest) -> bool:
    return (
        needs_service(service_request)
        and (service_request.status, "route") in TRANSITIONS
        and (service_request.status, "change_service") in TRANSITIONS
        and permissions.can(user, "change_service", service_request)
        and permissions.can(user, "route", service_request)
    )


@staff_page
def suggested_services(request: StaffRequest, reference: str) -> HttpResponseBase:
    """GET: the three best services and a list of all, as a page or a piece of one. POST: takes one of them.

    Answers 422 if no service has the name that was typed, 409 if the request changed meanwhile.
    """
    service_request = get_request_or_404(request.user, reference, "change_service", jurisdiction=request.jurisdiction)
    if not permissions.can(request.user, "route", service_request):
        raise permissions.Denied("route")
    if request.method != "POST":
        return _page(request, service_request)
    version = _chosen(request, service_request)
    if version is None:
        return _page(request, service_request, error=_("Choose a service from the list."), status=422)
    try:
        event = staff_actions.perform(
            service_request.pk,
            lambda: triage.choose_service(service_request.pk, version=version, actor=request.user),
            form="change_service",
            actor=request.user,
            last_event_id=last_event.posted(request),
        )
    except staff_actions.Changed as error:
        return conflict.page(request, service_request, error.changes)
    except IllegalTransition:
        messages.warning(request, _("You can’t do this anymore: the request’s status has changed."))
        return redirect("staff_app:detail", service_request.reference)
    current = ServiceRequest.objects.select_related("department", "service_version").get(pk=service_request.pk)
    done = _success(current)
    if ListPosition.of(request) is not None:
        # The next page is about another request.
        done = f"{current.display_reference}: {done}"
    messages.success(request, done, extra_tags=undo_tag(event))
    if in_place.is_asked(request):
        return changed_row.answer(request, current)
    return _next(request, current)


def _success(service_request: ServiceRequest) -> str:
    service = localized(service_request.service_version.name)
    if service_request.department is None:
        return _("Changed to “%(service)s”. No routing rule names a department for it, so it stays in triage.") % {
            "service": service
        }
    return _("Changed to “%(service)s” and sent to %(department)s. We’ll email the reporter in 30 seconds.") % {
        "service": service,
        "department": service_request.department,
    }


def _next(request: StaffRequest, service_request: ServiceRequest) -> HttpResponseBase:
    """Back to the list whose row it was chosen in, or on to the next of the list that the request was opened from; else to the
    request, unless it is out of the user's sight now."""
    address = request.POST.get("next", "")
    if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return redirect(address)
    if permissions.can(request.user, "view", service_request):
        return next_or(request, redirect("staff_app:detail", service_request.reference))
    return next_or(request, redirect("staff_app:queue"))


def services_by_name(service_request: ServiceRequest) -> list[ServiceVersion]:
    current = Service.objects.filter(jurisdiction=service_request.jurisdiction_id, active=True)
    versions = ServiceVersion.objects.filter(pk__in=current.exclude(service_code=UNKNOWN_SERVICE).values("current"))
    found = versions.select_related("service", "department").only("name", "service", "department", "priority")
    return sorted(found, key=lambda version: localized(version.name).casefold())


def _chosen(request: StaffRequest, service_request: ServiceRequest) -> ServiceVersion | None:
    """By the id of a button, or by the name that was typed."""
    pk, name = request.POST.get("version", ""), " ".join(request.POST.get("name", "").split()).casefold()
    matching = [
        version
        for version in services_by_name(service_request)
        if (str(version.pk) == pk if pk else localized(version.name).casefold() == name)
    ]
    if len(matching) != 1:
        return None
    return ServiceVersion.objects.select_related("service", "department").get(pk=matching[0].pk)


def _page(
    request: StaffRequest, service_request: ServiceRequest, *, error: str = "", status: int = 200
) -> HttpResponse:
    best = suggestions.suggest(
        request.jurisdiction, service_request.description, service_request.language, articles=0
    ).services
    versions = ServiceVersion.objects.select_related("service", "department").in_bulk([version.pk for version in best])
    departments = departments_for(service_request, list(versions.values()))
    context = {
        "service_request": service_request,
        "choices": [Choice(versions[version.pk], departments.get(version.pk)) for version in best],
        "services": services_by_name(service_request),
        "typed": request.POST.get("name", ""),
        "error": error,
        "last_event": last_event.shown(request, service_request),
        "next": request.GET.get("next") or request.POST.get("next") or "",
    }
    return render(request, "staff_app/request/suggested_services.html", context, status=status)
