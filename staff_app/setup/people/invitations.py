"""Inviting somebody, sending the invitation again, and canceling it."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.people import invitations as actions
from requests_app.models import Invitation
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.people.forms import InviteForm

log = structlog.get_logger(__name__)


@staff_page
def invite_person(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    form = InviteForm(request.POST if request.method == "POST" else None, city=request.jurisdiction)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            invitation = actions.invite(
                request.jurisdiction,
                cleaned["email"],
                role=cleaned["role"],
                department=cleaned["department"],
                actor=request.user,
            )
        except actions.AlreadyInvited:
            form.add_error("email", _("This address has an open invitation. You can send it again from the list."))
        except actions.AlreadyStaff as known:
            form.add_error("email", _("This is %(name)s, who works here already.") % {"name": known.user})
        except actions.TooMany:
            form.add_error(None, _("A city can send %(most)d invitations a day.") % {"most": actions.A_DAY_MAX})
        else:
            log.info("person_invited", user_id=request.user.pk, invitation_id=invitation.pk)
            messages.success(request, _("We sent an invitation to %(email)s.") % {"email": invitation.email})
            return redirect("staff_app:people")
    status = 422 if request.method == "POST" else 200
    return render(request, "staff_app/setup/people/invite_person.html", {"form": form}, status=status)


@staff_page
@require_POST
def resend_invitation(request: StaffRequest, invitation_id: int) -> HttpResponse:
    invitation = get_city_row_or_404(request, "administer", Invitation, invitation_id)
    try:
        actions.send_again(invitation, actor=request.user)
    except actions.NotOpen:
        messages.error(request, _("This invitation was accepted or canceled in the meantime."))
    else:
        words = _("We sent %(email)s a new link. The older one doesn’t work anymore.")
        messages.success(request, words % {"email": invitation.email})
    return redirect("staff_app:people")


@staff_page
@require_POST
def cancel_invitation(request: StaffRequest, invitation_id: int) -> HttpResponse:
    invitation = get_city_row_or_404(request, "administer", Invitation, invitation_id)
    try:
        actions.cancel(invitation, actor=request.user)
    except actions.NotOpen:
        messages.error(request, _("This invitation was accepted or canceled in the meantime."))
    else:
        messages.success(request, _("The invitation to %(email)s is canceled.") % {"email": invitation.email})
    return redirect("staff_app:people")
