"""The sign-in link in an email. In a browser that didn't ask for it, the address must be entered too."""

import hmac

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app import visitor
from requests_app.actions.report.drafts import visitor_hash
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import OneTimeLink
from requests_app.web.account.forms import AddressForm
from requests_app.web.resident import sign_in

TRIES_AN_HOUR = 10


def asked_here(request: CityRequest, link: OneTimeLink) -> bool:
    cookie = request.COOKIES.get(visitor.COOKIE, "")
    return bool(cookie and link.visitor_hash) and hmac.compare_digest(visitor_hash(cookie), link.visitor_hash)


def asks_for_address(request: CityRequest, link: OneTimeLink) -> AddressForm | None:
    """Asks for the address, so that a forwarded link doesn't sign in someone else."""
    return None if asked_here(request, link) else AddressForm(request.POST if request.method == "POST" else None)


def ask_for_address(request: CityRequest, link: OneTimeLink) -> HttpResponse | None:
    """The page again, until the address is entered that the link was sent to."""
    form = asks_for_address(request, link)
    if form is None:
        return None
    status = 422
    if not limits.allow_sign_in(f"sign-in:{link.pk}", most=TRIES_AN_HOUR, per_s=limits.HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        status = 429
    elif form.is_valid() and form.cleaned_data["email"].strip().lower() != link.contact_point.normalized:
        form.add_error("email", _("We didn’t send this link to that address. Check what you typed."))
    if form.is_valid() or verify_email.is_expired(link):
        return None
    return render(request, "requests_app/account/verify.html", {"link": link, "form": form}, status=status)


def sign_in_by_link(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The button on the link's page. Raises verify_email.LinkExpired."""
    if (page := ask_for_address(request, link)) is not None:
        return page
    contact_point = verify_email.use(link)
    messages.success(request, _("You’re signed in."))
    opens = "own_keys" if link.purpose == OneTimeLink.Purpose.OWN_KEYS else "my"
    return sign_in(request, redirect(f"requests_app:{opens}"), contact_point)
