"""Pages whose address carries a secret (secret_addresses.py) send no referrer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from requests_app.core.secret_addresses import carries_secret, is_secret

GetResponse = Callable[[HttpRequest], HttpResponse]


def secret_pages(get_response: GetResponse) -> GetResponse:
    """Sets Referrer-Policy, and fills in the origin that a browser doesn't send with a form on such a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.META.get("HTTP_ORIGIN") == "null" and _is_from_our_page(request):
            request.META["HTTP_ORIGIN"] = f"{request.scheme}://{request.get_host()}"
        response = get_response(request)
        match = request.resolver_match
        # Without a match, something failed before the address was looked up, or there is no such page.
        if is_secret(match) if match is not None else carries_secret(request.path):
            response["Referrer-Policy"] = "no-referrer"
        return response

    return middleware


def _is_from_our_page(request: HttpRequest) -> bool:
    """No page can set Sec-Fetch-Site. Without it, from an old browser, these addresses take the form: its token is checked, too."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" or (site is None and carries_secret(request.path))
