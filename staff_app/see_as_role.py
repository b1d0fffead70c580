"""An administrator sees what a role sees: its menus and pages, read only, and never those of a person.

The session says which role and until when. While it does, each staff page is answered to a viewer who has that role alone, and
what a page writes while it's read is rolled back, so that nobody of the role seems to have looked. Nothing is sent.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from requests_app.actions.people import memberships as actions
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Department, Jurisdiction, Role, User
from requests_app.rules.people import permissions

LASTS = dt.timedelta(hours=1)
SESSION_KEY = "seen_as_role"
STOP = "staff_app:stop_seeing_as_role"
# About a person's own account or phone, which a role has none of.
OF_A_PERSON = {
    "staff_app:profile",
    "staff_app:second_step",
    "staff_app:connect_account",
    "staff_app:crew_day_json",
}


@dataclass(frozen=True)
class SeenAs:
    """viewer: nobody with the role alone, who is no row of the database. until: when it ends."""

    viewer: User
    role: Role
    until: dt.datetime


def begin(request: HttpRequest, user: User, role: Role, department: Department | None) -> None:
    actions.record_seen_as(role, department, actor=user)
    until = app_now() + LASTS
    department_id = department.pk if department else None
    request.session[SESSION_KEY] = {"role": role.pk, "department": department_id, "until": until.isoformat()}


def stop(request: HttpRequest) -> int | None:
    """The id of the role that was seen, if one was."""
    stored = request.session.pop(SESSION_KEY, None)
    return stored["role"] if stored else None


def is_begun(request: HttpRequest) -> bool:
    return SESSION_KEY in request.session


def find(request: HttpRequest, user: User, city: Jurisdiction) -> SeenAs | None:
    """What is seen now. None once it's over: after an hour, or when the role is gone or its viewer administers no more."""
    stored = request.session.get(SESSION_KEY)
    if stored is None:
        return None
    until = dt.datetime.fromisoformat(stored["until"])
    role = Role.objects.filter(jurisdiction=city, pk=stored["role"]).first()
    if app_now() >= until or role is None or not permissions.can_in_city(user, "administer", city):
        return None
    department = None
    if stored["department"] is not None:
        department = Department.objects.filter(jurisdiction=city, active=True, pk=stored["department"]).first()
        if department is None:
            return None
    return SeenAs(_viewer(user, role, department), role, until)


def departments_of(user: User, city: Jurisdiction) -> list[Department]:
    """Those that a role may be seen in: an administrator of one department sees no other this way."""
    departments = Department.objects.filter(jurisdiction=city, active=True).order_by("code")
    if not may_see_whole_city(user, city):
        departments = departments.filter(pk__in=[one.department_id for one in permissions.memberships_of(user)])
    return list(departments)


def may_see_whole_city(user: User, city: Jurisdiction) -> bool:
    own = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
    return any(one.department_id is None for one in own)


def _viewer(user: User, role: Role, department: Department | None) -> User:
    # Caches of pages and lists are kept by user: nobody else's, and not those of another role either.
    name = f"{user.pk}:{role.pk}:{department.pk if department else ''}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])
    called = localized(role.name) or role.code
    # As they like their pages: columns, keys, language.
    viewer = copy(user)
    viewer.pk, viewer.name, viewer.email = -number, f"{called}: {department}" if department else called, ""
    viewer.is_role = True
    membership = permissions.as_role(role, department, permissions.memberships_of(user))
    membership.user_id = viewer.pk
    permissions.set_memberships(viewer, [membership])
    return viewer


def was_shown(request: HttpRequest) -> bool:
    """Whether a form that is sent was on a page of a role: its writer is none of the city's people."""
    return request.POST.get("writer", "").startswith("-")


def refuse(request: HttpRequest, seen_as: SeenAs | None) -> HttpResponse:
    """Nothing is sent while pages are seen as a role, nor from a page that is still open from then."""
    message = _("You’re seeing pages as a role, so nothing is sent or changed. Select “Stop” to work as yourself.")
    request.seen_as_role = seen_as  # type: ignore[attr-defined]
    if seen_as is None:
        message = _("This page was open as a role sees it, so nothing was sent or changed. Open it again as yourself.")
    return render(request, "403.html", {"message": message}, status=403)


def is_of_a_person(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in OF_A_PERSON


@contextmanager
def reading(request: HttpRequest, seen_as: SeenAs) -> Iterator[None]:
    """Answers to the role. Whatever is written meanwhile is rolled back."""
    request.user = seen_as.viewer
    request.seen_as_role = seen_as  # type: ignore[attr-defined]
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
