"""The page for a report that doesn't exist or that this reader may not know of."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.city_request import CityRequest
from requests_app.forms import unsent_text
from requests_app.web.request.forms import FindForm


def request_not_found(request: CityRequest, typed: str = "") -> HttpResponse:
    """The same page for an unknown number, a private request and a wrong link, so that strangers learn nothing."""
    context: dict[str, Any] = {"form": FindForm(initial={"reference": typed}), "typed": typed}
    # It may have been hidden or erased while they were typing: show their text, so that they can copy it.
    context["unsent_texts"] = unsent_text.typed_texts(request)
    response = render(request, "requests_app/request/not_found.html", context, status=404)
    response["Cache-Control"] = "no-store"
    return response
