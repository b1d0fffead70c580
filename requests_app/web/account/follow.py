"""Email updates on an area, a service, a place or an asset: sign-up, confirmation link and unsubscribe."""

from collections.abc import Callable
from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from requests_app import links
from requests_app.actions.following import followers, subscriptions
from requests_app.actions.report import confirm_report
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.link_access import RequestAccess
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Cadence, OneTimeLink, Person
from requests_app.places.public_filter import PublicFilter
from requests_app.rules.following.follow_target import COLLECTION, NAMES, FollowTarget, follow_target
from requests_app.rules.people import blocked_addresses
from requests_app.rules.shared import rate_limits
from requests_app.web.account.follow_forms import CadenceForm, SubscribeForm
from requests_app.web.account.my_contact import change_by_link, may_change
from requests_app.web.account.sign_in import asks_for_address, sign_in_by_link
from requests_app.web.developers import keys as developer_keys
from requests_app.web.report import confirm
from requests_app.web.request.reporter_actions import with_link
from requests_app.web.request.track import track_page


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
    status, asked = 200, ""
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
                    status, asked = 200, email
            else:
                form.add_error(None, too_many_requests())
                status = 429
    seen_at = _page_of(what, PublicFilter(request.jurisdiction, request.GET).query)
    context = {"what": what, "form": form, "asked": asked, "seen_at": seen_at}
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


# --- The link in the email --------------------------------------------------------------------------------------------------


def _subscribed(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    wished = subscriptions.confirm(link)
    return render(request, "requests_app/account/verify.html", {"link": link, "done": True, "stopped": wished is None})


# The action of the button on the link's page, by purpose.
DOES: dict[str, Callable[[CityRequest, OneTimeLink], HttpResponse]] = {
    OneTimeLink.Purpose.CONFIRM: confirm.confirmed,
    OneTimeLink.Purpose.SUBSCRIBE: _subscribed,
    OneTimeLink.Purpose.SIGN_IN: sign_in_by_link,
    OneTimeLink.Purpose.CHANGE: change_by_link,
    OneTimeLink.Purpose.API_KEY: developer_keys.proved,
    OneTimeLink.Purpose.SHOW_KEY: developer_keys.shown,
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: CityRequest, token: str) -> HttpResponse:
    """GET changes nothing, since email scanners open links; the button acts, once."""
    link = links.find_one_time_link(token, request.jurisdiction)
    if link is None or link.purpose not in DOES:
        return render(request, "requests_app/account/verify.html", {"link": None}, status=404)
    confirms = link.purpose == OneTimeLink.Purpose.CONFIRM
    if confirms and not confirm.waits(link):
        # Already sent, perhaps through the link of another email.
        return confirm.over(request, link)
    if request.method == "POST":
        try:
            if "not_me" in request.POST:
                confirm_report.decline(link) if confirms else verify_email.decline(link)
                return render(request, "requests_app/account/verify.html", {"link": link, "refused": True})
            if "again" in request.POST and confirms:
                return confirm.again(request, link)
            return DOES[link.purpose](request, link)
        except verify_email.AddressBlocked:
            context = {"link": link, "banned": blocked_addresses.refusal(request.jurisdiction)}
            return render(request, "requests_app/account/verify.html", context, status=403)
        except verify_email.LinkExpired:
            link = links.find_one_time_link(token, request.jurisdiction)
            if link is None:
                return render(request, "requests_app/account/verify.html", {"link": None}, status=404)
    over = link.used_at is not None or verify_email.is_expired(link)
    if confirms and (over or not confirm.waits(link)):
        return confirm.over(request, link)
    context = {"link": link, "over": over}
    if not over and link.purpose == OneTimeLink.Purpose.SIGN_IN:
        context["form"] = asks_for_address(request, link)
    elif not over and link.purpose == OneTimeLink.Purpose.CHANGE:
        context["resident"] = may_change(request, link)
    return render(request, "requests_app/account/verify.html", context, status=410 if over else 200)


# --- Unsubscribe ------------------------------------------------------------------------------------------------------


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_digest_link(request: CityRequest, token: str) -> HttpResponse:
    """A page with a button, or a one-click POST by the email program. The token is enough; also fine if already gone."""
    link = links.parse_digest_token(token)
    if link is None:
        return render(request, "requests_app/account/verify.html", {"link": None}, status=404)
    done = request.method == "POST"
    if done and link.subscription is not None:
        subscriptions.unsubscribe_by_email(link)
    elif done:
        followers.unsubscribe_digest(link)
    return render(request, "requests_app/account/unsubscribe.html", {"done": done, "of_reports": not link.subscription})


# --- Updates on your own report -------------------------------------------------------------------------------------------------


@with_link("news")
def updates(request: CityRequest, access: RequestAccess, person: Person) -> HttpResponse:
    form = CadenceForm(request.POST)
    if not form.is_valid():
        return track_page(request, access, status=422)
    followers.set_cadence(access.service_request, form.cleaned_data["cadence"], actor=person)
    messages.success(request, _("We saved how often you want updates."))
    return redirect("requests_app:track", access.service_request.reference)
