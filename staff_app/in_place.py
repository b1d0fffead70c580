"""Acting on a row of the queue, or on the page of a request, without opening another page for each form.

The pages' scripts (static/js/queue-acts.js, request-acts.js) send the forms that have pages of their own, with a header. Then the
answer is a piece of a page: the changed row (queue/changed_row.py), the form with its errors, or that the session has ended. For a
page, it is where it goes on to.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

HEADER = "X-In-Place"
ROW, PAGE = "row", "page"
GOES_TO = "X-Goes-To"


def is_asked(request: HttpRequest) -> bool:
    """For a row."""
    return request.headers.get(HEADER) == ROW


def is_piece(request: HttpRequest) -> bool:
    return HEADER in request.headers


def goes_on(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A redirect, as the script of a page can follow it: a browser would hide where it leads, and read its messages meanwhile."""
    if request.headers.get(HEADER) != PAGE or response.status_code != 302:
        return response
    return HttpResponse(status=204, headers={GOES_TO: response["Location"]})


def signed_out(request: HttpRequest, sign_in_url: str) -> HttpResponse:
    """What was typed is kept until its writer has signed in (unsent.py): the action's page shows it."""
    return render(request, "staff_app/signed_out.html", {"sign_in_url": sign_in_url}, status=401)
