"""The address that an answer depends on, such as that of a trash day.

It's sent in the body of a POST and kept in a cookie of its page until the browser is closed, as My street keeps its own. So no URL,
log or table has it, and reloading the page shows the answer again instead of asking to send the form twice.
"""

from typing import Any
from urllib.parse import quote, unquote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app import limits
from requests_app.models import Article, Draft
from requests_app.places import addresses
from requests_app.places.address_card import answer_at
from requests_app.rules.intake import clean_text
from requests_app.web.city_request import CityRequest, too_many_requests
from requests_app.web.explore.forms import ADDRESS_MAX
from requests_app.web.page_cookie import set_page_cookie

COOKIE = "answer_address"
AN_HOUR = 300
PAGE = "requests_app:service"


def is_asked(request: CityRequest) -> bool:
    """Whether the page was sent with an address, not with a service."""
    return request.method == "POST" and "address" in request.POST


def keep(request: CityRequest, draft: Draft) -> HttpResponse | None:
    """Goes back to the page, which shows the answer. None if nothing was typed."""
    words = _clean(request.POST["address"])
    if not words:
        return None
    response = redirect(f"{request.path}#answer")
    set_page_cookie(response, COOKIE, quote(words, safe=""), PAGE, str(draft.pk))
    return response


def forget(response: HttpResponse, draft: Draft) -> None:
    set_page_cookie(response, COOKIE, "", PAGE, str(draft.pk))


def answer_by_address(request: CityRequest, article: Article | None) -> dict[str, Any]:
    """What the article's answer is at the address, for _answer.html. `address_status`: of a page that can't say."""
    if article is None or not article.by_address:
        return {}
    if is_asked(request) and not _clean(request.POST["address"]):
        return {"address_error": _("Enter an address."), "address_status": 422}
    words = _clean(unquote(request.COOKIES.get(COOKIE, "")))
    if not words:
        return {}
    if not limits.allow(request, "address", AN_HOUR):
        return {"address": words, "address_error": too_many_requests(request.jurisdiction), "address_status": 429}
    matches = addresses.search(request.jurisdiction, words)
    place = addresses.sure(matches)
    if place is None:
        return {"address": words, "address_matches": matches, "address_nothing": not matches}
    part = answer_at(request.jurisdiction, place.point, article.by_address, timezone.localdate())
    return {"address": place.label, "address_part": part, "address_nothing": part is None}


def _clean(words: str) -> str:
    return " ".join(clean_text(words).split())[:ADDRESS_MAX]
