"""/q/<code>: the short URL on a sign, which opens the report path prefilled from the sign."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language_from_request, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.rules.shared.jurisdictions import page_languages


@never_cache
@require_safe
def sign(request: CityRequest, code: str) -> HttpResponse:
    """Redirects to the report path in the reader's own language; that page resolves the code (see prefill.py)."""
    preferred = get_language_from_request(request)
    available = page_languages(request.jurisdiction)
    language = preferred if preferred in available else available[0]
    with override(language):
        return redirect(f"{reverse('requests_app:report')}?{urlencode({'sign': code.rstrip('/')[:60]})}")
