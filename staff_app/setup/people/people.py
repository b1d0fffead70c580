"""The people who work for the city: their list, a person's roles and leave, and the end of their access."""

from typing import Any

import structlog
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from requests_app.actions.people import invitations, leaves
from requests_app.actions.people import memberships as actions
from requests_app.models import (
    ApiKey,
    Department,
    Invitation,
    Jurisdiction,
    Leave,
    Membership,
    Role,
    ServiceRequest,
    User,
)
from requests_app.models.states import OPEN
from requests_app.rules.people import leaves as leave_rules
from requests_app.rules.people import ways_back
from requests_app.rules.people.second_step import has_second_step
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.listing import Column, listing
from staff_app.setup.people.forms import EndForm, LeaveForm, MembershipForm, role_name

log = structlog.get_logger(__name__)

COUNT_MAX = 1000


@staff_page
def people(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    roles = {str(one.pk): one for one in Role.objects.filter(jurisdiction=city).order_by("code")}
    departments = {str(one.pk): one for one in Department.objects.filter(jurisdiction=city).order_by("code")}
    role, department = roles.get(request.GET.get("role", "")), departments.get(request.GET.get("department", ""))
    memberships = Membership.objects.filter(user=OuterRef("pk"), jurisdiction=city)
    if role is not None:
        memberships = memberships.filter(role=role)
    if department is not None:
        memberships = memberships.filter(department=department)
    kept = {"role": str(role.pk) if role else "", "department": str(department.pk) if department else ""}
    context = {
        "list": listing(
            request,
            User.objects.filter(Exists(memberships), is_active=True),
            caption=gettext_lazy("People"),
            columns={
                "name": Column(gettext_lazy("Name"), ("name", "id")),
                "email": Column(gettext_lazy("Email"), ("email", "id")),
                "roles": Column(gettext_lazy("Roles")),
                "seen": Column(gettext_lazy("Last sign-in"), ("last_login", "id")),
            },
            row_template="staff_app/setup/people/_person_row.html",
            empty=gettext_lazy("No one has this role here."),
            search=("name", "email"),
            kept={name: value for name, value in kept.items() if value},
            describe=lambda users: _described(users, city),
        ),
        "roles": [(pk, role_name(one)) for pk, one in roles.items()],
        "departments": [(pk, str(one)) for pk, one in departments.items()],
        "chosen": kept,
        "invitations": _open_invitations(city),
        "ended": [{"user": user, "change": change} for user, change in ways_back.ends(city)],
    }
    return render(request, "staff_app/setup/people/people.html", context)


def _described(users: list[User], city: Jurisdiction) -> list[dict[str, Any]]:
    roles: dict[int, list[str]] = {}
    memberships = Membership.objects.filter(user__in=users, jurisdiction=city).select_related("role", "department")
    for membership in memberships.order_by("id"):
        roles.setdefault(membership.user_id, []).append(membership_name(membership.role, membership.department))
    away = leave_rules.away(city, users)
    return [{"user": one, "roles": roles.get(one.pk, []), "away": away.get(one.pk)} for one in users]


def _open_invitations(city: Jurisdiction) -> list[dict[str, Any]]:
    rows = Invitation.objects.filter(Invitation.OPEN, jurisdiction=city).select_related("role", "department")
    return [
        {
            "invitation": one,
            "role": membership_name(one.role, one.department),
            "is_expired": invitations.is_expired(one),
        }
        for one in rows.order_by("-id")[:100]
    ]


def membership_name(role: Role, department: Department | None) -> str:
    """ "Triage: Streets", or "Administrator: the whole city"."""
    return f"{role_name(role)}: {department or _('the whole city')}"


# --- One person ---------------------------------------------------------------------------------------------------------


@staff_page
def person(request: StaffRequest, user_id: int) -> HttpResponse:
    """Roles are added and taken away here, and leave is entered."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    user = _get_person_or_404(city, user_id)
    add, away = MembershipForm(city=city), LeaveForm(city=city, person=user)
    if request.method == "POST":
        done: HttpResponse | None = None
        if "remove" in request.POST:
            done = _remove(request, user)
        elif "remove_leave" in request.POST:
            done = remove_leave(request, user, "staff_app:person", user.pk)
        elif "add_leave" in request.POST:
            away = LeaveForm(request.POST, city=city, person=user)
            done = save_leave(request, user, away, "staff_app:person", user.pk)
        else:
            add = MembershipForm(request.POST, city=city)
            if add.is_valid():
                cleaned = add.cleaned_data
                # Nobody's change is lost by adding one: what a colleague added or took away meanwhile stays so.
                actions.add_membership(user, cleaned["role"], cleaned["department"], actor=request.user)
                log.info("membership_added", user_id=request.user.pk, member_id=user.pk)
                messages.success(request, _("Saved."))
                done = redirect("staff_app:person", user.pk)
        if done is not None:
            return done
    context = {
        "person": user,
        "add": add,
        "away_form": away,
        "memberships": [
            {"membership": one, "name": membership_name(one.role, one.department)} for one in _memberships(user, city)
        ],
        "leaves": leaves_of(user, city),
        "has_second_step": has_second_step(user),
    }
    form = away if away.errors else add
    return edit_page(request, "staff_app/setup/people/person.html", context, form)


def _get_person_or_404(city: Jurisdiction, user_id: int) -> User:
    # 404 for staff of other cities: this one may not know that they exist.
    works_here = Membership.objects.filter(user=OuterRef("pk"), jurisdiction=city)
    return get_object_or_404(User.objects.filter(Exists(works_here), is_active=True), pk=user_id)


def _memberships(user: User, city: Jurisdiction) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(user=user, jurisdiction=city)
        .select_related("role", "department", "jurisdiction", "user")
        .order_by("id")
    )


def _remove(request: StaffRequest, user: User) -> HttpResponse:
    memberships = list(_memberships(user, request.jurisdiction))
    membership = next((one for one in memberships if str(one.pk) == request.POST["remove"]), None)
    if membership is None:
        # Somebody else took it away meanwhile.
        return redirect("staff_app:person", user.pk)
    if len(memberships) == 1:
        return redirect("staff_app:end_person", user.pk)
    try:
        actions.remove_membership(membership, actor=request.user)
    except actions.LastAdministrator:
        messages.error(request, last_administrator_words())
    else:
        log.info("membership_removed", user_id=request.user.pk, member_id=user.pk)
        messages.success(request, _("Saved."))
    return redirect("staff_app:person", user.pk)


def last_administrator_words() -> str:
    return _("This is the city’s last administrator. Make somebody else an administrator first.")


@staff_page
@require_POST
def reset_second_step(request: StaffRequest, user_id: int) -> HttpResponse:
    """For somebody who lost their phone. Administrators change their own in their profile."""
    need_in_city(request, "administer")
    user = _get_person_or_404(request.jurisdiction, user_id)
    if user.pk == request.user.pk:
        return redirect("mfa_index")
    try:
        done = actions.reset_second_step(user, request.jurisdiction, actor=request.user)
    except actions.WorksElsewhere:
        words = _("%(name)s works for another city too. Ask the people who run this site to reset it.")
        messages.error(request, words % {"name": user})
    else:
        if done:
            log.info("second_step_reset", user_id=request.user.pk, member_id=user.pk)
            words = _("%(name)s is signed out and can sign in with a password. You both get an email.")
            messages.success(request, words % {"name": user})
    return redirect("staff_app:person", user.pk)


@staff_page
def end_person(request: StaffRequest, user_id: int) -> HttpResponse:
    """Asks first, and says what will happen."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    user = _get_person_or_404(city, user_id)
    keys = list(ApiKey.objects.filter(jurisdiction=city, created_by=user, revoked_at=None).order_by("name")[:20])
    form = EndForm(request.POST if request.method == "POST" else None, has_keys=bool(keys))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ended = actions.end_access(
                    user, city, actor=request.user, keep_keys=form.cleaned_data.get("keys") == "keep"
                )
            except actions.LastAdministrator:
                form.add_error(None, last_administrator_words())
                status = 409
            else:
                log.info("access_ended", user_id=request.user.pk, member_id=user.pk)
                messages.success(request, _ended_words(user, ended))
                return redirect("staff_app:people")
    assigned = ServiceRequest.objects.in_jurisdiction(city).filter(assignee=user, status__in=OPEN)
    open_count = len(assigned.values_list("pk", flat=True)[: COUNT_MAX + 1])
    context = {
        "person": user,
        "form": form,
        "keys": keys,
        "open_count": min(open_count, COUNT_MAX),
        "is_more": open_count > COUNT_MAX,
    }
    return render(request, "staff_app/setup/people/end_person.html", context, status=status)


def _ended_words(user: User, ended: actions.Ended) -> str:
    words = _("%(name)s can’t sign in anymore.") % {"name": user}
    if ended.unassigned:
        words += " " + ngettext(
            "%(count)d open request went back to its department.",
            "%(count)d open requests went back to their departments.",
            ended.unassigned,
        ) % {"count": ended.unassigned}
    return words


# --- Leave, also from the person's profile -----------------------------------------------------------------------------------


def leaves_of(user: User, city: Jurisdiction) -> list[Leave]:
    """What isn't over yet."""
    coming = Leave.objects.filter(user=user, jurisdiction=city, ends_on__gte=leave_rules.today(city))
    return list(coming.select_related("stand_in"))


def save_leave(
    request: StaffRequest, user: User, form: LeaveForm, page: str, *args: Any
) -> HttpResponseRedirect | None:
    """None if the form has errors now."""
    if not form.is_valid():
        return None
    cleaned = form.cleaned_data
    try:
        leaves.add(
            request.jurisdiction,
            user,
            starts_on=cleaned["starts_on"],
            ends_on=cleaned["ends_on"],
            stand_in=cleaned["stand_in"],
            actor=request.user,
        )
    except leaves.StandInAway as away:
        form.add_error(
            "stand_in",
            _("%(name)s is away then, too (until %(day)s). Choose someone else.")
            % {"name": away.leave.user, "day": f"{away.leave.ends_on:%Y-%m-%d}"},
        )
    except leaves.Overlaps:
        form.add_error("starts_on", _("There’s an absence on some of these days already."))
    except leaves.NoColleague:
        form.add_error("stand_in", _("Choose a colleague who works here."))
    else:
        log.info("leave_added", user_id=request.user.pk, member_id=user.pk)
        messages.success(request, _("Saved."))
        return redirect(page, *args)
    return None


def remove_leave(request: StaffRequest, user: User, page: str, *args: Any) -> HttpResponseRedirect:
    number = request.POST["remove_leave"]
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    found = Leave.objects.filter(pk=int(number), user=user, jurisdiction=request.jurisdiction).first()
    if found is not None:
        leaves.remove(found, actor=request.user)
        messages.success(request, _("Saved."))
    return redirect(page, *args)
