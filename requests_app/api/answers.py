"""What is said below an API's addresses by anything but its views: in that API's shape, and never with HTML."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from requests_app.api.framework import problems
from requests_app.api.open311 import errors as open311

# By the start of the path: what answers with this status.
ANSWERS: dict[str, Callable[[HttpRequest, int], HttpResponse]] = {"/open311/": open311.answer, "/api/": problems.answer}


def is_for_machines(request: HttpRequest) -> bool:
    """Whether the answer must not be a page: clients of an API crash on HTML."""
    return request.path.startswith(tuple(ANSWERS))


def answer(request: HttpRequest, status: int) -> HttpResponse:
    return next(answer for start, answer in ANSWERS.items() if request.path.startswith(start))(request, status)
