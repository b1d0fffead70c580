"""The address that answers depend on, such as that of a trash day.

It's sent in the body of a POST and kept in a cookie of its page until the browser is closed, as My street keeps its own. So no URL,
log or table has it, and reloading the page shows the answer again instead of asking to send the form twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Article, Draft
from requests_app.places import addresses
from requests_app.places.address_card import Part, answer_at
from requests_app.places.addresses import Match
from requests_app.rules.shared.intake import clean_text
from requests_app.web.explore.forms import ADDRESS_MAX
from requests_app.web.page_cookie import set_page_cookie

COOKIE = "answer_address"
AN_HOUR = 300
PAGE = "requests_app:service"
ANCHOR = re.compile(r"answer-[a-zA-Z0-9_.-]{1,60}")


@dataclass(frozen=True)
class AtAddress:
    """An answer at an address, for _answer_at_address.html: part, or else why it can't be said; nothing of either before an address
    is typed. address: as it was typed, or the label of the place. status: the page's.
    """

    address: str = ""
    error: str = ""
    status: int = 200
    matches: list[Match] = field(default_factory=list)
    part: Part | None = None
    nothing: bool = False


def is_asked(request: CityRequest) -> bool:
    """Whether the page was sent with an address, not with a service."""
    return request.method == "POST" and "address" in request.POST


def keep(request: CityRequest, draft: Draft) -> HttpResponse | None:
    """Goes back to the page, which shows the answer. None if nothing was typed."""
    words = _clean(request.POST["address"])
    if not words:
        return None
    response = redirect(f"{request.path}#{_anchor(request)}")
    set_page_cookie(response, COOKIE, quote(words, safe=""), PAGE, str(draft.pk))
    return response


def forget(response: HttpResponse, draft: Draft) -> None:
    set_page_cookie(response, COOKIE, "", PAGE, str(draft.pk))


def answers_by_address(request: CityRequest, articles: Sequence[Article]) -> dict[str, AtAddress]:
    """By code, those of the articles whose answer depends on the address. One address is for all of them."""
    asking = [article for article in articles if article.by_address]
    if not asking:
        return {}
    if is_asked(request) and not _clean(request.POST["address"]):
        # The box that was left empty says so.
        empty = AtAddress(error=_("Enter an address."), status=422)
        left_empty = _anchor(request).removeprefix("answer-")
        if left_empty not in {article.code for article in asking}:
            left_empty = asking[0].code
        return {article.code: empty if article.code == left_empty else AtAddress() for article in asking}
    words = _clean(unquote(request.COOKIES.get(COOKIE, "")))
    if not words:
        return {article.code: AtAddress() for article in asking}
    if not limits.allow(request, "address", AN_HOUR):
        late = AtAddress(words, error=too_many_requests(request.jurisdiction), status=429)
        return {article.code: late for article in asking}
    matches = addresses.search(request.jurisdiction, words)
    place = addresses.sure_or_about(matches)
    if place is None:
        unsure = AtAddress(words, matches=matches, nothing=not matches)
        return {article.code: unsure for article in asking}
    today = timezone.localdate()
    parts = {
        article.code: answer_at(request.jurisdiction, place.point, article.by_address, today) for article in asking
    }
    return {code: AtAddress(place.choice, part=part, nothing=part is None) for code, part in parts.items()}


def _anchor(request: CityRequest) -> str:
    """Where on the page the answer is whose box was used: "answer" is the one above the services."""
    anchor = request.POST.get("answer", "")
    return anchor if ANCHOR.fullmatch(anchor) else "answer"


def _clean(text: str) -> str:
    return " ".join(clean_text(text).split())[:ADDRESS_MAX]
