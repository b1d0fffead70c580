"""Pages for what went wrong. Each says what to do next, and a lost database gives back what was typed."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string

from requests_app.api.open311 import errors as open311_errors
from requests_app.web import unsent_text

# Fields that must not travel back in a page: the token is made anew, passwords are typed again.
NOT_REPEATED = {"csrfmiddlewaretoken", "password", "password1", "password2"}


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the answer must not be a page: clients of an API crash on HTML."""
    return request.path.startswith(("/open311/", "/api/"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_for_machines(request):
        return open311_errors.answer(request, 400)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # What a middleware raises comes here and never to another middleware: the database may be lost before any view is reached.
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_lost(request)
    if is_for_machines(request):
        return open311_errors.answer(request, 500)
    # Nothing of ours may run here that could fail again: the page needs neither the database nor the city.
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open for too long, or its cookie is gone: what was typed comes back, to be sent again from a page of ours."""
    context: dict[str, Any] = {"csrf": True}
    # What another site made the browser send is neither shown nor offered to be sent again.
    if unsent_text.is_own_form(request):
        context |= {"words": unsent_text.words_of(request), **_to_send_again(request)}
    response = render(request, "403.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def database_lost(request: HttpRequest) -> HttpResponse:
    """503 with Retry-After. A form's fields come back as hidden inputs behind [Try again]; photos must be chosen again."""
    if is_for_machines(request):
        response = open311_errors.answer(request, 503)
    else:
        again = _to_send_again(request)
        if not _is_from_here(request):
            # What another site made the browser send is not offered to be sent again.
            again["posted"] = []
        response = render(request, "503.html", again)
        response.status_code = 503
    response["Retry-After"] = "10"
    response["Cache-Control"] = "no-store"
    return response


def _to_send_again(request: HttpRequest) -> dict[str, Any]:
    """For a form that sends the same once more, but for photos, which no page can choose."""
    posted = [(name, value) for name, values in request.POST.lists() if name not in NOT_REPEATED for value in values]
    return {"posted": posted, "path": request.get_full_path(), "photo_fields": list(request.FILES)}


def _is_from_here(request: HttpRequest) -> bool:
    """Whether the form came with our token; also where the database was lost before Django looked at it."""
    csrf = CsrfViewMiddleware(lambda request: HttpResponse())
    if not getattr(request, "csrf_processing_done", False):
        csrf.process_request(request)
    return csrf.process_view(request, database_lost, (), {}) is None
