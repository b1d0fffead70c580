"""What the resident's views share: a request that knows its city, and the pages for what is too much or not there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.utils.translation import gettext as _

from requests_app.forms.tracking import FindForm
from requests_app.models import Jurisdiction


class CityRequest(HttpRequest):
    """What the middleware hands to every page of a city."""

    jurisdiction: Jurisdiction
    LANGUAGE_CODE: str


def switched_to(request: CityRequest) -> str:
    """The language that the header's switch asks for with a form, if it did; then the form is kept and not checked.

    So it is, in the same language, for who wants to go on later.
    """
    wanted = request.POST.get("switch_language", "") or (request.LANGUAGE_CODE if "later" in request.POST else "")
    return wanted if wanted in request.jurisdiction.languages else ""


def same_page_in(language: str, path: str) -> HttpResponse:
    return redirect(translate_url(path, language))


def no_such_request(request: CityRequest, typed: str = "") -> HttpResponse:
    """One page for an unknown reference, a private request and a wrong link: it tells a stranger nothing."""
    context: dict[str, Any] = {"form": FindForm(initial={"reference": typed}), "typed": typed}
    response = render(request, "requests_app/no_such_request.html", context, status=404)
    response["Cache-Control"] = "no-store"
    return response


def too_much() -> str:
    return _(
        "This came too often from your network in the last hour. Wait a while, or call us. We kept what you typed."
    )
