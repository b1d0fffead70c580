"""Bringing back a role as it was, and a person whose access was ended: says what comes back and what doesn't, then does it."""

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.people import memberships, ways_back
from requests_app.actions.shared.setup_rows import CannotUndo
from requests_app.core.localized import localized
from requests_app.messages.setup_differences import differences
from requests_app.models import SetupChange, User
from requests_app.rules.people import permissions
from requests_app.rules.people import ways_back as rules
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.people.people import last_administrator_words, membership_name

log = structlog.get_logger(__name__)


@staff_page
def undo_role_change(request: StaffRequest, change_id: int) -> HttpResponse:
    """A removed role also comes back to the people who had it, those that are ticked."""
    need_in_city(request, "administer")
    changes = SetupChange.objects.filter(jurisdiction=request.jurisdiction, kind="role", before__isnull=False)
    changes = changes.exclude(action="seen_as").select_related("jurisdiction")
    change = get_object_or_404(changes, pk=change_id)
    name = localized((change.before or {}).get("name") or {}) or change.key
    if request.method == "POST":
        try:
            role = ways_back.undo_role(change, chosen=request.POST.getlist("given"), actor=request.user)
        except CannotUndo:
            messages.error(request, _("It can’t be undone because it was changed again since then."))
        except ways_back.RaisesOwn:
            messages.error(request, _("This would give you more than you have. Another administrator can do it."))
        except memberships.LastAdministrator:
            messages.error(request, last_administrator_words())
        else:
            log.info("role_brought_back", role_id=role.pk, user_id=request.user.pk)
            messages.success(request, _("%(name)s is as it was before.") % {"name": name})
        return redirect("staff_app:roles")
    granted = (change.before or {}).get("permissions", [])
    holders = rules.holders(change)
    context = {
        "name": name,
        "is_removed": change.after is None,
        "differences": differences("role", change.after, change.before, Names(request.jurisdiction))
        if change.after
        else [],
        "sentences": [permissions.SENTENCES[code] for code in permissions.SENTENCES if code in granted],
        "holders": [
            {"value": one.value, "name": one.user, "department": one.department}
            for one in holders
            if one.user.pk != request.user.pk
        ],
        "had_it": any(one.user.pk == request.user.pk for one in holders),
    }
    return render(request, "staff_app/setup/people/undo_role_change.html", context)


@staff_page
def bring_back_person(request: StaffRequest, user_id: int) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    user = get_object_or_404(User, pk=user_id)
    change = rules.ended(user, city)
    if change is None:
        # Somebody else was faster, or it's too long ago. Nobody learns of people of other cities.
        if request.method == "POST" and user.memberships.filter(jurisdiction=city).exists():
            messages.info(request, _("%(name)s works here already.") % {"name": user})
            return redirect("staff_app:person", user.pk)
        raise Http404
    access = rules.access_of(user, change)
    if request.method == "POST":
        try:
            ways_back.bring_back(user, city, actor=request.user)
        except CannotUndo:
            messages.error(request, _("There’s no role left to bring back. Invite them instead."))
            return redirect("staff_app:people")
        log.info("access_brought_back", user_id=request.user.pk, member_id=user.pk)
        messages.success(request, _("%(name)s works here again. We sent them an email.") % {"name": user})
        return redirect("staff_app:person", user.pk)
    context = {
        "person": user,
        "change": change,
        "roles": [membership_name(role, department) for role, department in access.roles],
        "teams": access.teams,
        "lost": access.lost,
        "needs_password": access.is_switched_on,
    }
    return render(request, "staff_app/setup/people/bring_back_person.html", context)
