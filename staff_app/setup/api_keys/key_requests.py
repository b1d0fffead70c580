"""Somebody asked for a key: approve it with its terms, or decline with words."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app import api_keys as keys
from requests_app.actions.programs import api_key_requests as actions
from requests_app.models import ApiKeyRequest
from staff_app.decorators import StaffRequest, get_city_row_or_404, staff_page
from staff_app.setup.api_keys.api_keys import scope_words, taken_words
from staff_app.setup.api_keys.forms import ApproveForm, DeclineForm

log = structlog.get_logger(__name__)


@staff_page
def key_request(request: StaffRequest, key_request_id: int) -> HttpResponse:
    """POST: `approve`, `decline`, or `again` for another link to an approved key."""
    key_request = get_city_row_or_404(request, "manage_api_keys", ApiKeyRequest, key_request_id)
    email = key_request.contact_point.value
    does = next((name for name in ("approve", "decline", "again") if name in request.POST), "")
    data = request.POST if does == "approve" else None
    form = ApproveForm(data, city=request.jurisdiction, user=request.user, initial={"name": key_request.name})
    decline_form = DeclineForm(request.POST if does == "decline" else None)
    try:
        done = ""
        if does == "approve" and form.is_valid():
            actions.approve(key_request.pk, form.terms(), actor=request.user)
            done = _("Approved. We’re emailing %(email)s a link that shows the key once.") % {"email": email}
        elif does == "decline" and decline_form.is_valid():
            actions.decline(key_request.pk, decline_form.cleaned_data["reply"], actor=request.user)
            done = _("Declined. We’re emailing your answer to %(email)s.") % {"email": email}
        elif does == "again":
            actions.send_again(key_request.pk)
            done = _("We’re emailing %(email)s a new link that shows the key once.") % {"email": email}
        if done:
            log.info("api_key_request_decided", key_request_id=key_request.pk, decision=does, user_id=request.user.pk)
            messages.success(request, done)
            return redirect("staff_app:api_keys")
    except keys.NameTaken:
        form.add_error("name", taken_words())
    except actions.NotWaiting:
        messages.warning(request, _("Someone else already answered it."))
        return redirect("staff_app:key_request", key_request.pk)
    context = {
        "key_request": key_request,
        "email": email,
        "scopes": scope_words(key_request.scopes),
        "form": decline_form if decline_form.errors else form,
        "terms_form": form,
        "decline_form": decline_form,
    }
    invalid = bool(form.errors or decline_form.errors)
    return render(request, "staff_app/setup/api_keys/key_request.html", context, status=422 if invalid else 200)
