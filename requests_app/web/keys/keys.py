"""Asking for an API key: a test key at once by a link, or a live key that staff approve and another link shows once."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions.programs import api_key_requests
from requests_app.actions.report.drafts import visitor_hash
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import OneTimeLink
from requests_app.models.api_key import Scope
from requests_app.rules.people import blocked_addresses
from requests_app.rules.programs.api_keys import TEST_KEYS_MOST
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.account.sign_in import ask_for_address
from requests_app.web.developers import reference
from requests_app.web.developers.example_code import as_curl
from requests_app.web.developers.samples import Samples
from requests_app.web.keys.forms import LiveKeyForm, TestKeyForm
from requests_app.web.resident import sign_in

# Of each kind, by client and by address.
ASKED_AN_HOUR = 10
TO_ONE_ADDRESS_A_DAY = 3
TEST_TO_ONE_ADDRESS_A_DAY = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def developer_keys(request: CityRequest) -> HttpResponse:
    """A test key. The answer doesn't tell whether we know the address."""
    visitor = get_visitor(request)
    form = TestKeyForm(request.POST if request.method == "POST" else None)

    def ask(cleaned: dict[str, Any]) -> None:
        api_key_requests.ask_for_test(
            request.jurisdiction, **cleaned, language=get_language() or "en", visitor_hash=visitor_hash(visitor)
        )

    status = _ask(request, form, ask, limit="test-key", to_one=TEST_TO_ONE_ADDRESS_A_DAY)
    context = {"form": form, "is_sent": form.is_bound and status == 200, "most": TEST_KEYS_MOST}
    response = render(request, "requests_app/keys/developer_keys.html", context, status=status)
    return set_visitor_cookie(response, visitor) if context["is_sent"] else response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def live_key(request: CityRequest) -> HttpResponse:
    """The answer doesn't tell whether we know the address."""
    form = LiveKeyForm(request.POST if request.method == "POST" else None)

    def ask(cleaned: dict[str, Any]) -> None:
        api_key_requests.ask(request.jurisdiction, **cleaned, language=get_language() or "en")

    status = _ask(request, form, ask, limit="api-key", to_one=TO_ONE_ADDRESS_A_DAY)
    context = {"form": form, "is_sent": form.is_bound and status == 200}
    if context["is_sent"]:
        context["scopes"] = [Scope(scope).label for scope in form.cleaned_data["scopes"]]
    return render(request, "requests_app/keys/live_key.html", context, status=status)


def _ask(
    request: CityRequest, form: forms.Form, ask: Callable[[dict[str, Any]], None], *, limit: str, to_one: int
) -> int:
    """Returns the status of the answer: 200 if the link is on its way, or nothing was sent."""
    if not form.is_bound:
        return 200
    if not form.is_valid():
        return 422
    email = form.cleaned_data["email"]
    if not limits.allow_email(request, limit, email, an_hour=ASKED_AN_HOUR, to_one=to_one, per_s=limits.DAY):
        form.add_error(None, too_many_requests())
        return 429
    try:
        ask(form.cleaned_data)
    except verify_email.AddressBlocked:
        form.add_error("email", blocked_addresses.refusal(request.jurisdiction))
        return 422
    return 200


def tested(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The button on a test key's link: makes the key and signs in. Raises verify_email.LinkExpired and AddressBlocked."""
    if (page := ask_for_address(request, link)) is not None:
        return page
    try:
        key, plain = api_key_requests.make_test_key(link)
    except api_key_requests.TooMany:
        context = {"link": link, "too_many": TEST_KEYS_MOST}
        return render(request, "requests_app/account/verify.html", context, status=409)
    except api_key_requests.NotWaiting:
        raise verify_email.LinkExpired from None
    report = next(one for one in reference.tags()["reporting"].operations if one.id == "sendReport")
    command = as_curl(reference.call_of(report, Samples(request.jurisdiction)))
    context = {"link": link, "done": True, "key": key, "plain": plain, "report": command}
    response = sign_in(request, render(request, "requests_app/account/verify.html", context), link.contact_point)
    response["Cache-Control"] = "private, no-store"
    return response


def proved(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The button on the first link's page. Raises verify_email.LinkExpired and AddressBlocked."""
    api_key_requests.prove(link)
    return render(request, "requests_app/account/verify.html", {"link": link, "done": True})


def asked_for(request: CityRequest, link: OneTimeLink) -> dict[str, Any]:
    """What the page of the first link says about the request."""
    asked = link.key_request
    return {"scopes": [Scope(scope).label for scope in Scope.values if asked and scope in asked.scopes]}


def shown(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The button on the second link's page. Raises verify_email.LinkExpired."""
    found = api_key_requests.show(link)
    if found is None:
        return render(request, "requests_app/account/verify.html", {"link": link, "over": True}, status=410)
    key, plain = found
    context = {"link": link, "done": True, "key": key, "plain": plain}
    response = render(request, "requests_app/account/verify.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
