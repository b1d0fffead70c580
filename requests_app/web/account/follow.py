"""Email updates on an area, a service, a place or an asset: sign-up, and its confirmation."""

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from requests_app.actions.following import subscriptions
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Cadence, OneTimeLink
from requests_app.places.public_filter import PublicFilter
from requests_app.rules.following.follow_target import COLLECTION, NAMES, FollowTarget, follow_target
from requests_app.rules.people import blocked_addresses
from requests_app.rules.shared import rate_limits
from requests_app.web.account.follow_forms import SubscribeForm


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: CityRequest) -> HttpResponse:
    """Sign-up form. The answer doesn't tell whether we know the address."""
    what = follow_target(request.jurisdiction, request.GET)
    if what is None:
        unknown = bool({*NAMES, COLLECTION} & set(request.GET))
        return render(
            request, "requests_app/account/follow_unknown.html", {"unknown": unknown}, status=404 if unknown else 200
        )
    form = SubscribeForm(
        request.POST if request.method == "POST" else None, radius=what.radius_m, with_cadence=not what.collection
    )
    status, sent_to = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            email = form.cleaned_data["email"]
            if limits.allow_email(
                request,
                "follow",
                email,
                an_hour=rate_limits.FOLLOWS_AN_HOUR,
                to_one=rate_limits.FOLLOWS_TO_ONE_A_DAY,
                per_s=limits.DAY,
            ):
                wished = replace(what, radius_m=form.cleaned_data.get("radius"))
                try:
                    subscriptions.subscribe(
                        request.jurisdiction,
                        wished,
                        email=email,
                        cadence=form.cleaned_data.get("cadence", Cadence.DAILY),
                        language=get_language() or "en",
                    )
                except verify_email.AddressBlocked:
                    form.add_error("email", blocked_addresses.refusal(request.jurisdiction))
                else:
                    status, sent_to = 200, email
            else:
                form.add_error(None, too_many_requests())
                status = 429
    seen_at = _page_of(what, PublicFilter(request.jurisdiction, request.GET).query)
    context = {"what": what, "form": form, "sent_to": sent_to, "seen_at": seen_at}
    return render(request, "requests_app/account/follow.html", context, status=status)


def _page_of(what: FollowTarget, chosen: str) -> str:
    """The target's own page; for combinations such as a service within an area, the list filtered by `chosen`."""
    only = [one for one in (what.area, what.service, what.asset, what.point) if one is not None]
    if len(only) == 1:
        if what.area is not None:
            return reverse("requests_app:area", args=[what.area.layer, what.area.code])
        if what.service is not None:
            return reverse("requests_app:about_service", args=[what.service.service_code])
        if what.asset is not None:
            return reverse("requests_app:asset", args=[what.asset.asset_id])
    return f"{reverse('requests_app:public_list')}?{chosen}"


def subscribed(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The button on the page of the emailed link. Raises verify_email.LinkExpired."""
    wished = subscriptions.confirm(link)
    return render(request, "requests_app/account/verify.html", {"link": link, "done": True, "stopped": wished is None})
