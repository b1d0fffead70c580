"""Asking for an API key, and the two links by email: the first proves the address, the second shows the key once."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions.programs import api_key_requests
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import OneTimeLink
from requests_app.rules.people import blocked_addresses
from requests_app.rules.programs.api_keys import read_scopes
from requests_app.web.developers.forms import AskForm

ASKED_AN_HOUR = 10
TO_ONE_ADDRESS_A_DAY = 3


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def developer_keys(request: CityRequest) -> HttpResponse:
    """The answer doesn't tell whether we know the address."""
    form = AskForm(request.POST if request.method == "POST" else None)
    status, sent_to = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            cleaned = form.cleaned_data
            email = cleaned["email"]
            if limits.allow_email(
                request, "api-key", email, an_hour=ASKED_AN_HOUR, to_one=TO_ONE_ADDRESS_A_DAY, per_s=limits.DAY
            ):
                try:
                    api_key_requests.ask(
                        request.jurisdiction,
                        email=email,
                        name=" ".join(cleaned["name"].split()),
                        purpose=cleaned["purpose"],
                        scopes=read_scopes(cleaned["scopes"]),
                        language=get_language() or "en",
                    )
                except verify_email.AddressBlocked:
                    form.add_error("email", blocked_addresses.refusal(request.jurisdiction))
                else:
                    status, sent_to = 200, email
            else:
                form.add_error(None, too_many_requests())
                status = 429
    context = {"form": form, "sent_to": sent_to}
    return render(request, "requests_app/developers/developer_keys.html", context, status=status)


def proved(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The button on the first link's page. Raises verify_email.LinkExpired and AddressBlocked."""
    api_key_requests.prove(link)
    return render(request, "requests_app/account/verify.html", {"link": link, "done": True})


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
