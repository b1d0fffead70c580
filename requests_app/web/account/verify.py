"""The page of every one-time link in an email: its button does what the link is for, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app import links
from requests_app.actions.report import confirm_report
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.models import OneTimeLink
from requests_app.rules.people import blocked_addresses
from requests_app.web.account.follow import subscribed
from requests_app.web.account.my_contact import change_by_link, may_change
from requests_app.web.account.sign_in import asks_for_address, sign_in_by_link
from requests_app.web.keys import keys as developer_keys
from requests_app.web.report import confirm

Answer = Callable[[CityRequest, OneTimeLink], HttpResponse]


def _over(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    return render(request, "requests_app/account/verify.html", {"link": link, "over": True}, status=410)


@dataclass(frozen=True)
class Purpose:
    """What a link is for. act: its button. decline: “That wasn’t me”. context: what its page also needs.

    is_settled: whether what it asks for is done or gone, whatever became of the link itself. over: the page then, and of a link
    that was used or has expired.
    """

    act: Answer
    decline: Callable[[OneTimeLink], None] = verify_email.decline
    context: Callable[[CityRequest, OneTimeLink], dict[str, Any]] = lambda request, link: {}
    is_settled: Callable[[OneTimeLink], bool] = lambda link: False
    over: Answer = _over


def _form(request: CityRequest, link: OneTimeLink) -> dict[str, Any]:
    return {"form": asks_for_address(request, link)}


PURPOSES: dict[str, Purpose] = {
    OneTimeLink.Purpose.CONFIRM: Purpose(
        confirm.act, decline=confirm_report.decline, is_settled=confirm.is_settled, over=confirm.over
    ),
    OneTimeLink.Purpose.SUBSCRIBE: Purpose(subscribed),
    OneTimeLink.Purpose.SIGN_IN: Purpose(sign_in_by_link, context=_form),
    OneTimeLink.Purpose.CHANGE: Purpose(
        change_by_link, context=lambda request, link: {"resident": may_change(request, link)}
    ),
    OneTimeLink.Purpose.TEST_KEY: Purpose(developer_keys.tested, context=_form),
    OneTimeLink.Purpose.OWN_KEYS: Purpose(sign_in_by_link, context=_form),
    OneTimeLink.Purpose.API_KEY: Purpose(developer_keys.proved, context=developer_keys.asked_for),
    OneTimeLink.Purpose.SHOW_KEY: Purpose(developer_keys.shown),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: CityRequest, token: str) -> HttpResponse:
    """GET changes nothing, since email scanners open links; the button acts, once."""
    link = links.find_one_time_link(token, request.jurisdiction)
    purpose = PURPOSES.get(link.purpose) if link is not None else None
    if link is None or purpose is None:
        return _unknown(request)
    if purpose.is_settled(link):
        # Perhaps through the link of another email.
        return purpose.over(request, link)
    if request.method == "POST":
        try:
            return _act(request, link, purpose)
        except verify_email.AddressBlocked:
            context = {"link": link, "banned": blocked_addresses.refusal(request.jurisdiction)}
            return render(request, "requests_app/account/verify.html", context, status=403)
        except verify_email.LinkExpired:
            # As it is now.
            link = links.find_one_time_link(token, request.jurisdiction)
            if link is None:
                return _unknown(request)
    if link.used_at is not None or verify_email.is_expired(link) or purpose.is_settled(link):
        return purpose.over(request, link)
    context = {"link": link, "over": False, **purpose.context(request, link)}
    return render(request, "requests_app/account/verify.html", context)


def _act(request: CityRequest, link: OneTimeLink, purpose: Purpose) -> HttpResponse:
    """Raises verify_email.AddressBlocked and LinkExpired."""
    if "not_me" in request.POST:
        purpose.decline(link)
        return render(request, "requests_app/account/verify.html", {"link": link, "refused": True})
    return purpose.act(request, link)


def _unknown(request: CityRequest) -> HttpResponse:
    return render(request, "requests_app/account/verify.html", {"link": None}, status=404)
