"""My reports: downloading a copy of your data."""

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.exports import own_data
from requests_app.messages.rate_limits import too_many_requests
from requests_app.web.resident import Resident, own_page

COPIES_AN_HOUR = 30


@require_http_methods(["GET", "HEAD", "POST"])
@own_page(fresh=True)
def my_copy(request: CityRequest, resident: Resident) -> HttpResponseBase:
    """Answers POST with the file; not GET, since programs follow links and a copy is expensive."""
    parts = own_data.parts(resident.contact_point)
    context = {"resident": resident, "parts": range(1, parts + 1)}
    if request.method != "POST":
        return render(request, "requests_app/account/my_copy.html", context)
    if not limits.allow(request, "copy", COPIES_AN_HOUR):
        return render(
            request,
            "requests_app/account/my_copy.html",
            {**context, "problem": too_many_requests(request.jurisdiction)},
            status=429,
        )
    number = request.POST.get("part", "1")
    part = int(number) if number.isdecimal() and len(number) < 6 else 1
    pieces = own_data.copy(resident.contact_point, min(max(part, 1), parts))
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    ending = f"-{part}" if parts > 1 else ""
    response["Content-Disposition"] = f'attachment; filename="my-311-data{ending}.zip"'
    return response
