"""The header’s language switch, which sends the form of its page."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import translate_url

from requests_app.city_request import CityRequest


def requested_language(request: CityRequest) -> str:
    """The language that the header's switch sent with a form, if any; the form is then kept without validating.

    So it is, in the same language, for who wants to go on later.
    """
    wanted = request.POST.get("switch_language", "") or (request.LANGUAGE_CODE if "later" in request.POST else "")
    return wanted if wanted in request.jurisdiction.languages else ""


def same_page_in(language: str, path: str) -> HttpResponse:
    return redirect(translate_url(path, language))
