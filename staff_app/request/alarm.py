"""The buttons of an alarm: [I have it] and [Needless]."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions.alarms import alarms
from requests_app.models import Alarm, ServiceRequest
from staff_app.decorators import StaffRequest, staff_page


@staff_page
@require_POST
def accept_alarm(request: StaffRequest, alarm_id: int) -> HttpResponse:
    """Anyone who may see the request may take it."""
    service_request = _request_of(request, alarm_id, "view")
    alarm = alarms.accept(alarm_id, actor=request.user)
    name = alarms.accepted_name(alarm)
    if alarm.state == Alarm.State.ENDED:
        messages.info(request, _("This alarm is already over."))
    elif alarm.accepted_by_id == request.user.pk:
        messages.success(request, _("You have it. We won’t alert anyone else."))
    elif name:
        messages.warning(request, _("%(name)s has it already.") % {"name": name})
    else:
        messages.warning(request, _("Someone on the night line has it already."))
    return redirect("staff_app:detail", service_request.reference)


@staff_page
@require_POST
def needless_alarm(request: StaffRequest, alarm_id: int) -> HttpResponse:
    service_request = _request_of(request, alarm_id, "note")
    alarms.mark_needless(alarm_id, actor=request.user)
    messages.success(request, _("Marked as needless. If it isn’t urgent, change the priority as well."))
    return redirect("staff_app:detail", service_request.reference)


def _request_of(request: StaffRequest, alarm_id: int, permission: str) -> ServiceRequest:
    alarm = get_object_or_404(Alarm.objects.select_related("service_request"), pk=alarm_id)
    return get_request_or_404(
        request.user, alarm.service_request.reference, permission, jurisdiction=request.jurisdiction
    )
