"""The first page of an empty installation: eight questions, and there is a city with 12 services and one queue."""

from typing import Any

import structlog
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from requests_app.imports import first_run as first
from requests_app.imports import layer_import
from requests_app.models import User
from staff_app.setup.first_run_form import FirstRunForm
from staff_app.setup.places import words

log = structlog.get_logger(__name__)


@never_cache
def first_run(request: HttpRequest, token: str) -> HttpResponse:
    """404 without a valid token, and once there is a city: nobody learns that this page exists."""
    if not first.is_valid(token):
        raise Http404
    posted = request.method == "POST"
    form = FirstRunForm(request.POST if posted else None, request.FILES if posted else None)
    if form.is_valid():
        new = form.new_city(request.get_host())
        try:
            city, admin = first.create_city(new)
        except first.AlreadySetUp:
            raise Http404 from None
        except layer_import.FileRefused as refused:
            form.add_error(refused.kind, words.refusal(refused.code, refused.detail))
        else:
            log.info("first_city_made", jurisdiction_id=city.pk, user_id=admin.pk)
            return _welcome(request, new, admin)
    context: dict[str, Any] = {"form": form}
    return render(request, "staff_app/setup/first_run.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, new: first.NewCity, admin: User) -> HttpResponse:
    login(request, admin, backend="django.contrib.auth.backends.ModelBackend")
    done = _("%(city)s is ready: 12 services, one department and one queue. Everything can be changed here.")
    messages.success(request, done % {"city": new.columns["name"]})
    messages.info(
        request, _("Show your 911 center the questions about danger within 30 days. “Ready to go live” lists them.")
    )
    if new.waiting is not None:
        return redirect("staff_app:layer_import", new.waiting.pk)
    return redirect("staff_app:setup")
