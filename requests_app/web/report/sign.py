"""/q/<code>: the short address on a sign, which opens the report path with what the sign knows."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language_from_request, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app.web.city_request import CityRequest
from requests_app.web.context import said_in


@never_cache
@require_safe
def sign(request: CityRequest, code: str) -> HttpResponse:
    """In the reader's own language: a sign has one address for all. What the code means is read on the page that follows."""
    wanted = get_language_from_request(request)
    spoken = said_in(request.jurisdiction)
    language = wanted if wanted in spoken else spoken[0]
    with override(language):
        return redirect(f"{reverse('requests_app:report')}?{urlencode({'sign': code.rstrip('/')[:60]})}")
