"""Acting on a row of the queue without leaving it.

The page's script (static/js/queue-acts.js) sends the forms that have pages of their own, with a header. Then the answer is a piece
of a page: the changed row (queue/changed_row.py), the form with its errors, or that the session has ended.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

HEADER = "X-In-Place"


def is_asked(request: HttpRequest) -> bool:
    return HEADER in request.headers


def signed_out(request: HttpRequest, sign_in_url: str) -> HttpResponse:
    """What was typed is kept until its writer has signed in (unsent.py): the action's page shows it."""
    return render(request, "staff_app/signed_out.html", {"sign_in_url": sign_in_url}, status=401)
