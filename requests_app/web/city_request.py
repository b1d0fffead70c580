"""Shared by residents' views: an HTTP request with its jurisdiction, and the pages for rate limits and missing reports."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import translate_url
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.messages import wording
from requests_app.models import Jurisdiction
from requests_app.web import unsent_text
from requests_app.web.request.forms import FindForm


class CityRequest(HttpRequest):
    """An HTTP request as the middleware hands it to a city's pages."""

    jurisdiction: Jurisdiction
    LANGUAGE_CODE: str


def requested_language(request: CityRequest) -> str:
    """The language that the header's switch sent with a form, if any; the form is then kept without validating.

    So it is, in the same language, for who wants to go on later.
    """
    wanted = request.POST.get("switch_language", "") or (request.LANGUAGE_CODE if "later" in request.POST else "")
    return wanted if wanted in request.jurisdiction.languages else ""


def same_page_in(language: str, path: str) -> HttpResponse:
    return redirect(translate_url(path, language))


def request_not_found(request: CityRequest, typed: str = "") -> HttpResponse:
    """The same page for an unknown number, a private request and a wrong link, so that strangers learn nothing."""
    context: dict[str, Any] = {"form": FindForm(initial={"reference": typed}), "typed": typed}
    # It may have been hidden or erased while they were typing: show their text, so that they can copy it.
    context["words"] = unsent_text.typed_texts(request)
    response = render(request, "requests_app/request/not_found.html", context, status=404)
    response["Cache-Control"] = "no-store"
    return response


def too_many_requests(city: Jurisdiction | None = None, *, per_s: int = limits.HOUR) -> str:
    """Message for a reached rate limit: when to try again and whom to call. What was typed stays on the page."""
    again = app_now() + dt.timedelta(seconds=limits.retry_after_s(per_s))
    time = wording.long_time(again, timezone.get_current_timezone())
    words = _("We’ve had too many requests from your network. Try again after %(time)s. We saved what you typed.")
    sentences = [wording.one_stop(words % {"time": time})]
    if city is not None and city.desk_number:
        sentences.append(_("Or call us at %(number)s.") % {"number": city.desk_number})
    return " ".join(sentences)
