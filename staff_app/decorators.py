"""Access to staff pages: signed in, a member of this city, and never cached by a browser or a proxy."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from requests_app.forms import unsent_text
from requests_app.models import Jurisdiction, Membership, ServiceRequest, User
from requests_app.rules.people import permissions
from requests_app.rules.people.second_step import has_second_step
from staff_app import in_place, see_as_role, sign_in, tab_counts, unsent

P = ParamSpec("P")
M = TypeVar("M", bound=Model)


class StaffRequest(HttpRequest):
    """The request that a view decorated with staff_page() receives."""

    user: User
    jurisdiction: Jurisdiction
    # What this user sent to this address after their session had ended, if anything (see unsent.py).
    unsent: unsent.Unsent | None


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]


def staff_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Redirects anonymous users to sign-in; answers 403 to staff of another city and on permissions.Denied.

    Nothing typed is lost: a form sent after the session has ended is kept until its writer has signed in, and what can't be saved
    because the request is out of their reach by now is shown on the error page.
    """

    @cache_control(private=True, no_store=True)
    @wraps(view)
    def guarded(request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        posted = request.method == "POST"
        visitor: HttpRequest = request
        if visitor.user.is_authenticated and sign_in.is_of_another_city(request):
            logout(request)
        if not visitor.user.is_authenticated:
            if posted:
                unsent.keep(request)
            to_sign_in = redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
            if in_place.is_piece(request):
                return in_place.signed_out(request, to_sign_in.url)
            if posted:
                messages.info(request, _("You’re signed out. Sign in, and you can send what you typed."))
            return to_sign_in
        memberships = permissions.memberships_of(request.user)
        if not any(membership.jurisdiction_id == request.jurisdiction.pk for membership in memberships):
            message = _("You’re signed in, but you don’t work for %(city)s.") % {"city": request.jurisdiction.name}
            return render(request, "403.html", {"message": message}, status=403)
        sign_in.keep_recorded(request, request.user)
        if _needs_second_step(request):
            if posted:
                unsent.keep(request)
            return redirect("staff_app:second_step")
        if see_as_role.is_begun(request) or (posted and see_as_role.was_shown(request)):
            return _as_role(view, request, *args, **kwargs)
        return in_place.goes_on(request, _as_oneself(view, request, *args, **kwargs))

    return guarded  # type: ignore[return-value]


def _as_role(view: View[P], request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    """Pages are read, and nothing is sent, not even by a form that was left open when it ended."""
    seen_as = see_as_role.find(request, request.user, request.jurisdiction)
    match = request.resolver_match
    if match is not None and match.view_name == see_as_role.STOP:
        return _as_oneself(view, request, *args, **kwargs)
    if seen_as is None and see_as_role.stop(request) is not None:
        messages.info(request, _("You see your own pages again."))
    if request.method not in ("GET", "HEAD"):
        return see_as_role.refuse(request, seen_as)
    if seen_as is None:
        return _as_oneself(view, request, *args, **kwargs)
    with see_as_role.reading(request, seen_as):
        request.unsent = None
        if see_as_role.is_of_a_person(request):
            message = _("This page belongs to a person. Select “Stop” to open your own.")
            return render(request, "403.html", {"message": message}, status=403)
        try:
            return view(request, *args, **kwargs)
        except permissions.Denied as denied:
            return _denied(request, denied, [])


def _denied(request: StaffRequest, denied: permissions.Denied, unsent_texts: list[str]) -> HttpResponseBase:
    context = {"unsent_texts": unsent_texts, "message": denied.message, "needed": denied.needed}
    return render(request, "403.html", context, status=403)


def _as_oneself(view: View[P], request: StaffRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    posted = request.method == "POST"
    request.unsent = None if posted else unsent.find(request)
    unsent_texts = unsent_text.typed_texts(request)
    try:
        response = view(request, *args, **kwargs)
    except permissions.Denied as denied:
        return _denied(request, denied, unsent_texts)
    except Http404:
        if not unsent_texts:
            raise
        return render(request, "404.html", {"unsent_texts": unsent_texts}, status=404)
    if posted:
        unsent.drop(request)
        tab_counts.forget(request.user, request.jurisdiction)
    elif request.unsent is not None and not request.unsent.used:
        return render(request, "staff_app/send_again.html", {"unsent": request.unsent})
    return response


# Reachable without the second step that one's role asks for. allauth's own pages, which set it up, aren't ours to guard.
WITHOUT_SECOND_STEP = {"staff_app:second_step", "staff_app:profile"}


def _needs_second_step(request: StaffRequest) -> bool:
    match = request.resolver_match
    if match is not None and match.view_name in WITHOUT_SECOND_STEP:
        return False
    if request.session.get(sign_in.BY_PROVIDER):
        # The city's single sign-on asks for it, if anybody does.
        return False
    if not permissions.requires_second_step(request.user, request.jurisdiction):
        return False
    return not has_second_step(request.user)


def need_in_city(request: StaffRequest, *either: str) -> None:
    """Raises Denied unless this user has one of these permissions, which concern the whole city, not a single request."""
    if not any(permissions.can_in_city(request.user, permission, request.jurisdiction) for permission in either):
        raise permissions.Denied(*either)


def get_city_row_or_404(request: StaffRequest, permission: str, model: type[M], pk: int) -> M:
    """A row of this city, for a user with a permission in the whole city. Raises Denied and Http404."""
    need_in_city(request, permission)
    return get_object_or_404(model, pk=pk, jurisdiction=request.jurisdiction)


def reads_for_department(user: User, service_request: ServiceRequest) -> bool:
    """Whether the user sees department-only answers: members of its department and readers of confidential requests."""
    own = permissions.own_memberships(user)
    works_there = _is_member(permissions.memberships_of(user), service_request)
    works_there = works_there and (own is None or _is_member(own, service_request))
    return works_there or permissions.can(user, "view_private", service_request)


def _is_member(memberships: list[Membership], service_request: ServiceRequest) -> bool:
    return any(
        membership.department_id is not None and membership.department_id == service_request.department_id
        for membership in memberships
    )
