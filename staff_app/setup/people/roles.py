"""Roles as one table of what each may do; copy, change and remove them."""

from functools import partial

import structlog
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.people import memberships as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.models import Jurisdiction, Role
from requests_app.rules.people import permissions, ways_back
from staff_app import see_as_role
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.audit.wording import action_words
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.people.forms import RoleForm, role_initial, role_name

log = structlog.get_logger(__name__)

CODE_MAX = 40
PAGE = "staff_app/setup/people/role.html"


@staff_page
def roles(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    every = _roles(request.jurisdiction)
    columns = [{"role": one, "name": role_name(one), "members": one.members} for one in every]  # type: ignore[attr-defined]
    groups = [
        (name, [(sentence, [code in one.permissions for one in every]) for code, sentence in sentences.items()])
        for name, sentences in permissions.GROUPS
    ]
    second_step = [one.requires_second_step for one in every]
    context = {"columns": columns, "groups": groups, "second_step": second_step, "width": len(every) + 1}
    changes = ways_back.role_changes(request.jurisdiction)
    context["changes"] = [{"what": action_words(change), "change": change} for change in changes]
    return render(request, "staff_app/setup/people/roles.html", context)


def _roles(city: Jurisdiction) -> list[Role]:
    members = Count("memberships__user", distinct=True)
    return list(Role.objects.filter(jurisdiction=city).annotate(members=members).order_by("code"))


@staff_page
def add_role(request: StaffRequest) -> HttpResponse:
    """?copy=<id>: begins with what another role may do."""
    need_in_city(request, "administer")
    city = request.jurisdiction
    copied = _role_to_copy(city, request.GET.get("copy", ""))
    form = RoleForm(
        request.POST if request.method == "POST" else None,
        city=city,
        role=copied,
        initial={**role_initial(copied, city), **_copied_names(copied, city)} if copied else {},
    )
    if form.is_valid():
        first = form.names[city.languages[0]]
        code = slugify(first)[:CODE_MAX] or "role"
        try:
            role = _save(request, Role(jurisdiction=city, code=code), form)
        except NameTaken:
            form.add_error(f"name_{city.languages[0]}", _("There’s a role with this name. Choose another name."))
        else:
            messages.success(request, _("The role %(name)s is ready to use.") % {"name": role_name(role)})
            return redirect("staff_app:roles")
    context = {"copied": copied, "copied_name": role_name(copied) if copied else ""}
    return edit_page(request, PAGE, context, form)


def _role_to_copy(city: Jurisdiction, number: str) -> Role | None:
    if not number.isdecimal() or len(number) > 18:
        return None
    return Role.objects.filter(jurisdiction=city, pk=int(number)).first()


def _copied_names(role: Role, city: Jurisdiction) -> dict[str, str]:
    return {
        f"name_{language}": _("%(name)s (copy)") % {"name": role.name[language]}
        for language in city.languages
        if role.name.get(language)
    }


@staff_page
def role(request: StaffRequest, role_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", Role, role_id)
    city = request.jurisdiction
    context = {
        "role": row,
        "name": role_name(row),
        "is_used": row.memberships.exists(),
        "see_departments": see_as_role.departments_of(request.user, city),
        "see_whole_city": see_as_role.may_see_whole_city(request.user, city),
    }
    make = partial(RoleForm, city=city, role=row, initial=role_initial(row, city))
    edit = edit_row(request, make, actions.ROLE, row)
    form = edit.form
    if edit.is_valid():
        try:
            _save(request, row, form, edit.seen)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        except actions.LastAdministrator:
            form.add_error(
                f"group_{len(permissions.GROUPS) - 1}",
                _("This would leave no one who can change setup. Make someone an administrator in another role first."),
            )
            context |= {"form": form, "seen": edit.fingerprint, "edit": edit}
            return render(request, PAGE, context, status=409)
        else:
            messages.success(request, edit.saved(_("Saved. Everyone with this role has the change now.")))
            return redirect("staff_app:roles")
    return edit_page(request, PAGE, context, form, edit=edit)


def _save(request: StaffRequest, row: Role, form: RoleForm, seen: str | None = None) -> Role:
    saved = actions.save_role(
        row,
        name=form.names,
        granted=form.granted,
        requires_second_step=form.cleaned_data["requires_second_step"],
        actor=request.user,
        seen=seen,
    )
    log.info("role_saved", role_id=saved.pk, user_id=request.user.pk)
    return saved


@staff_page
@require_POST
def remove_role(request: StaffRequest, role_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", Role, role_id)
    name = role_name(row)
    try:
        actions.remove_role(row, actor=request.user)
    except actions.RoleInUse:
        messages.error(request, _("%(name)s is in use. Give its members another role first.") % {"name": name})
        return redirect("staff_app:role", row.pk)
    log.info("role_removed", role_id=role_id, user_id=request.user.pk)
    messages.success(request, _("The role %(name)s was removed.") % {"name": name})
    return redirect("staff_app:roles")
