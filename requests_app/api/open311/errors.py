"""What went wrong, told in the format that was asked for: always an array, always with a body."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from requests_app.api.open311 import formats


class Problem(Exception):
    """Ends the request. 404: no such service, request, token or jurisdiction; 403: the key; 400: all else."""

    def __init__(self, status: int, descriptions: str | Iterable[str], *, retry_after_s: int | None = None) -> None:
        self.status = status
        self.descriptions = [descriptions] if isinstance(descriptions, str) else list(descriptions)
        self.retry_after_s = retry_after_s
        super().__init__(status, *self.descriptions)


def asked_format(request: HttpRequest) -> str:
    """The address ends with the format; XML, which every client of the standard reads, where it names none."""
    if request.path.startswith("/open311/"):
        return "json" if request.path.endswith(".json") else "xml"
    return "json"


def answer(format: str, problem: Problem) -> HttpResponse:
    data = [{"code": problem.status, "description": description} for description in problem.descriptions]
    response = HttpResponse(
        formats.render(format, "errors", data), content_type=formats.CONTENT_TYPES[format], status=problem.status
    )
    response["Cache-Control"] = "no-store"
    if problem.retry_after_s is not None:
        response["Retry-After"] = str(problem.retry_after_s)
    return open_to_browsers(response)


def open_to_browsers(response: HttpResponse) -> HttpResponse:
    """Any site's page may read the answer. No cookie counts here, so none is allowed."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id, X-Lamplighter-Demo"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database cannot be reached. Clients ask again: what comes twice with one Idempotency-Key is one report."""
    return answer(asked_format(request), Problem(503, _("The service cannot answer at the moment. Try again soon.")))
