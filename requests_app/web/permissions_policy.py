"""What of the device a page may ask for (Permissions-Policy): its place everywhere, the microphone where people can speak."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from requests_app.city_request import CityRequest

P = ParamSpec("P")
GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[Concatenate[CityRequest, P], HttpResponse]
HEADER = "Permissions-Policy"
POLICY = "camera=(), geolocation=(self), microphone={microphone}, payment=(), usb=()"


def permissions_policy(get_response: GetResponse) -> GetResponse:
    """Middleware: no microphone, unless the view allowed it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault(HEADER, POLICY.format(microphone="()"))
        return response

    return middleware


def with_microphone(view: View[P]) -> View[P]:
    """For a page with the button of js/dictation.js."""

    @wraps(view)
    def wrapped(request: CityRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response[HEADER] = POLICY.format(microphone="(self)")
        return response

    return wrapped
