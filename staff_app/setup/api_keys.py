"""Create and revoke API keys. A new key is shown once."""

from typing import Any

import structlog
from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app import api_keys as keys
from requests_app.actions import api_keys as actions
from requests_app.models import ApiKey
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.listing import Column, listing

log = structlog.get_logger(__name__)


COLUMNS = {
    "name": Column(gettext_lazy("Name"), ("name", "id")),
    "created": Column(gettext_lazy("Created"), ("created_at", "id")),
    "used": Column(gettext_lazy("Last used"), ("last_used_at", "id")),
    # From the end, those that still work come first.
    "state": Column(gettext_lazy("Revoked"), ("revoked_at", "id")),
}


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Who will use it?"), max_length=100, help_text=gettext_lazy("For example: Streetlight app")
    )
    is_test = forms.BooleanField(
        label=gettext_lazy("Test key: anything sent with it is marked as a test and never shown"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False


@staff_page
def api_keys(request: StaffRequest) -> HttpResponse:
    """POST answers with the page instead of a redirect, since the new key is not stored and cannot be shown later."""
    need_in_city(request, "manage_api_keys")
    form = ApiKeyForm(request.POST if request.method == "POST" else None)
    plain, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made, plain = actions.create(
                    request.jurisdiction,
                    form.cleaned_data["name"],
                    is_test=form.cleaned_data["is_test"],
                    actor=request.user,
                )
                log.info("api_key_made", api_key_id=made.pk, user_id=request.user.pk)
                form, status = ApiKeyForm(), 200
            except keys.NameTaken:
                form.add_error("name", _("A key with this name already exists. Revoke it or choose another name."))
    every = ApiKey.objects.filter(jurisdiction=request.jurisdiction).select_related("created_by")
    found = listing(
        request,
        every,
        caption=_("Keys"),
        columns=COLUMNS,
        row_template="staff_app/setup/_key_row.html",
        empty=_("No keys yet."),
        search=["name", "prefix"],
        order="-state",
    )
    context = {"form": form, "plain": plain, "list": found}
    return render(request, "staff_app/setup/api_keys.html", context, status=status)


@staff_page
@require_POST
def revoke_api_key(request: StaffRequest, key_id: int) -> HttpResponse:
    key = get_city_row_or_404(request, "manage_api_keys", ApiKey, key_id)
    actions.revoke(key, actor=request.user)
    log.info("api_key_revoked", api_key_id=key.pk, user_id=request.user.pk)
    messages.success(request, _("Key %(name)s was revoked and no longer works.") % {"name": key.name})
    return redirect("staff_app:api_keys")
