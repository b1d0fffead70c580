"""The address that a page was asked about, which only the visitor's browser keeps, in a cookie of that page.

It's sent in the body of a POST, so no URL, log or cache has it.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.shortcuts import redirect

from requests_app.city_request import CityRequest
from requests_app.forms.report_forms import typed_point
from requests_app.places import ownership
from requests_app.rules.shared.intake import clean_text
from requests_app.web.explore.forms import ADDRESS_MAX
from requests_app.web.page_cookie import set_page_cookie


@dataclass(frozen=True)
class KeptAddress:
    label: str
    point: Point


def kept(request: CityRequest, cookie: str) -> KeptAddress | None:
    """None if there is none, or none in this city."""
    place, _semicolon, label = unquote(request.COOKIES.get(cookie, "")).partition(";")
    point = typed_point(*place.partition(",")[::2])
    label = clean_text(label.replace("\x00", ""))[:ADDRESS_MAX]
    if point is None or not label or not ownership.inside(request.jurisdiction, point):
        return None
    return KeptAddress(label, point)


def keep(page: str, cookie: str, address: KeptAddress | None, *, max_age: int | None = None) -> HttpResponse:
    """Goes to the page, which shows it. None forgets it. max_age: seconds; None: until the browser is closed."""
    response = redirect(page)
    value = quote(f"{address.point.y:.6f},{address.point.x:.6f};{address.label}", safe="") if address else ""
    set_page_cookie(response, cookie, value, page, max_age=max_age)
    return response
