"""Beginning to see pages as a role does, and stopping."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.models import Role
from staff_app import see_as_role as role_view
from staff_app.decorators import StaffRequest, get_city_row_or_404, staff_page
from staff_app.setup.people.forms import role_name

log = structlog.get_logger(__name__)


@staff_page
@require_POST
def see_as_role(request: StaffRequest, role_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", Role, role_id)
    departments = {str(one.pk): one for one in role_view.departments_of(request.user, request.jurisdiction)}
    department = departments.get(request.POST.get("department", ""))
    if department is None and not role_view.may_see_whole_city(request.user, request.jurisdiction):
        messages.error(request, _("Choose one of your departments."))
        return redirect("staff_app:role", row.pk)
    role_view.begin(request, request.user, row, department)
    log.info("role_seen", role_id=row.pk, user_id=request.user.pk)
    return redirect("staff_app:queue")


@staff_page
@require_POST
def stop_seeing_as_role(request: StaffRequest) -> HttpResponse:
    """Leads back to the role."""
    role_id = role_view.stop(request)
    row = Role.objects.filter(jurisdiction=request.jurisdiction, pk=role_id or 0).first()
    if row is None:
        return redirect("staff_app:queue")
    messages.success(request, _("You see your own pages again, not those of %(role)s.") % {"role": role_name(row)})
    return redirect("staff_app:role", row.pk)
