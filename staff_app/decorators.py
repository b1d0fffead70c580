"""The staff's doors: signed in, of this city, never kept by a browser or a proxy."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from requests_app.models import Jurisdiction, ServiceRequest, User
from requests_app.rules import permissions

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """What a view behind staff_page() gets."""

    user: User
    jurisdiction: Jurisdiction


View = Callable[Concatenate[StaffRequest, P], HttpResponse]


def staff_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Sends strangers to the sign-in; staff of another city, and whoever may not do this, to a 403."""

    @cache_control(private=True, no_store=True)
    @login_required
    @wraps(view)
    def guarded(request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        here = request.jurisdiction.pk
        if not any(one.jurisdiction_id == here for one in permissions.memberships_of(request.user)):
            message = _("You are signed in, but you do not work for %(city)s.") % {"city": request.jurisdiction.name}
            return render(request, "403.html", {"message": message}, status=403)
        try:
            return view(request, *args, **kwargs)
        except permissions.Denied:
            return render(request, "403.html", status=403)

    return guarded  # type: ignore[return-value]


def need_in_city(request: StaffRequest, permission: str) -> None:
    """Raises Denied unless this user may do something that belongs to no single request."""
    if not permissions.can_in_city(request.user, permission, request.jurisdiction):
        raise permissions.Denied(permission)


def may_read_reporter(user: User, service_request: ServiceRequest) -> bool:
    """Who may open the reporter box. Some services name those who may: the roles that read confidential requests."""
    named_only = service_request.service_version.visibility == "reporter_to_named_staff"
    return permissions.can(user, "view_reporter", service_request) and (
        not named_only or permissions.can(user, "view_private", service_request)
    )


def reads_for_department(user: User, service_request: ServiceRequest) -> bool:
    """Who reads answers that are for the request's own department: its people, and those who read confidential ones."""
    return any(
        one.department_id is not None and one.department_id == service_request.department_id
        for one in permissions.memberships_of(user)
    ) or permissions.can(user, "view_private", service_request)
