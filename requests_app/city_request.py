"""An HTTP request with its city, as every page gets it."""

from django.http import HttpRequest

from requests_app.models import Jurisdiction


class CityRequest(HttpRequest):
    """An HTTP request as the middleware hands it to a city's pages."""

    jurisdiction: Jurisdiction
    LANGUAGE_CODE: str
