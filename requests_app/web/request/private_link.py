"""The private link of a request: opens it, and unsubscribes from its email."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from requests_app import links
from requests_app.actions.following import followers
from requests_app.city_request import CityRequest
from requests_app.models import AccessLink, SurveyAnswer
from requests_app.rules.people import permissions
from requests_app.web.link_cookie import set_link_cookie
from requests_app.web.request.not_found import request_not_found


@never_cache
@require_GET
def private_link(request: CityRequest, token: str) -> HttpResponse:
    """Moves the secret from the address bar into a cookie that only this request's page gets."""
    link = _link(request, token)
    if link is None:
        return request_not_found(request)
    response = redirect("requests_app:track", link.service_request.reference)
    set_link_cookie(response, token, link.service_request)
    return response


@never_cache
@require_GET
def survey_link(request: CityRequest, token: str, value: str) -> HttpResponse:
    """An answer to "Is it fixed?" in an email. It changes nothing: its page has one button."""
    link = _link(request, token)
    if link is None or value not in SurveyAnswer.Value:
        return request_not_found(request)
    return _open(link, token, "requests_app:survey", f"?fixed={value}")


@never_cache
@require_GET
def keep_private_link(request: CityRequest, token: str) -> HttpResponse:
    """[Keep it private] in an email. It changes nothing: the page has a button."""
    link = _link(request, token)
    return request_not_found(request) if link is None else _open(link, token, "requests_app:keep_private")


def _open(link: AccessLink, token: str, name: str, query: str = "") -> HttpResponse:
    """Redirects to a page of the request, with the cookie of its private link."""
    response = redirect(reverse(name, args=[link.service_request.reference]) + query)
    set_link_cookie(response, token, link.service_request)
    return response


def _link(request: CityRequest, token: str) -> AccessLink | None:
    link = links.find_link(token)
    if link is None or link.service_request.jurisdiction_id != request.jurisdiction.pk:
        return None
    if link.service_request.public_state in permissions.INVISIBLE:
        return None
    return link


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_link(request: CityRequest, token: str) -> HttpResponse:
    """Unsubscribe link in emails: a page with a button, or a one-click POST by the email program. The token is enough."""
    link = _link(request, token)
    if link is None:
        return render(request, "requests_app/request/unsubscribe.html", {"gone": True}, status=404)
    done = request.method == "POST"
    if done:
        followers.unsubscribe(link.service_request, actor=link.person)
    context = {"service_request": link.service_request, "done": done}
    return render(request, "requests_app/request/unsubscribe.html", context)
