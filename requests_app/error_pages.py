"""Error pages. Each says what to do next; if the database is down, the page keeps what was typed."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string

from requests_app.api import answers
from requests_app.forms import unsent_text
from requests_app.photos import StorageFailed
from requests_app.web.site import status

# What may work again in a minute: the database is down, or photos can't be stored.
OUTAGES = (OperationalError, InterfaceError, StorageFailed)

# Fields that are never sent back in a page: the CSRF token is replaced, passwords are typed again.
NOT_REPEATED = {"csrfmiddlewaretoken", "password", "password1", "password2"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if answers.is_for_machines(request):
        return answers.answer(request, status)
    return render(request, f"{status}.html", status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    # Errors of middleware end up here, not in other middleware: the database may be down before a view is reached.
    if isinstance(sys.exc_info()[1], OUTAGES):
        return unavailable(request)
    if answers.is_for_machines(request):
        return answers.answer(request, 500)
    # Nothing here may fail again: the page needs neither the database nor the jurisdiction.
    return HttpResponse(render_to_string("500.html"), status=500)


def wrong_method(request: HttpRequest) -> HttpResponse:
    """405 for somebody who followed an address that only a form uses."""
    return render(request, "405.html", status=405)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF failure: the page was open too long or its cookie is gone. Offers to send the form again from our own page."""
    context: dict[str, Any] = {"csrf": True}
    # A form sent from another site is neither shown nor offered for sending again.
    if unsent_text.is_own_form(request):
        context |= {"unsent_texts": unsent_text.typed_texts(request), **_to_send_again(request)}
    response = render(request, "403.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After. Hidden inputs keep a form's fields for "Try again"; photos must be chosen again."""
    if status.ADDRESS.match(request.path_info):
        return status.away(request)
    if answers.is_for_machines(request):
        response = answers.answer(request, 503)
    else:
        again = _to_send_again(request)
        if not _is_from_here(request):
            # A form sent from another site is not offered for sending again.
            again["posted"] = []
        response = render(request, "503.html", again)
        response.status_code = 503
    response["Retry-After"] = "10"
    response["Cache-Control"] = "no-store"
    return response


def _to_send_again(request: HttpRequest) -> dict[str, Any]:
    """Fields for a form that sends the same again, except photos, which a page can't fill in."""
    posted = [(name, value) for name, values in request.POST.lists() if name not in NOT_REPEATED for value in values]
    return {"posted": posted, "path": request.get_full_path(), "photo_fields": list(request.FILES)}


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the form had a valid CSRF token, even if the database failed before Django checked it."""
    csrf = CsrfViewMiddleware(lambda request: HttpResponse())
    if not getattr(request, "csrf_processing_done", False):
        csrf.process_request(request)
    return csrf.process_view(request, unavailable, (), {}) is None
