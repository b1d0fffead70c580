"""My reports: everything sent, joined or followed with one email address, and its updates."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app import links, references
from requests_app.actions.following import subscriptions
from requests_app.actions.report.drafts import visitor_hash
from requests_app.actions.shared import verify_email
from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.core import limits, paging
from requests_app.link_access import RELATED, RequestAccess
from requests_app.messages.rate_limits import too_many_requests
from requests_app.messages.wording import next_step, status_words
from requests_app.models import Disposition, Participation, ServiceRequest, Subscription
from requests_app.rules.people import my_requests
from requests_app.rules.promises import promises
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.account.follow_forms import CadenceForm
from requests_app.web.account.forms import AddressForm
from requests_app.web.link_cookie import set_link_cookie
from requests_app.web.request.not_found import request_not_found
from requests_app.web.resident import Resident, own_page, remember_opened, resident_of, sign_out

ROWS = 25
# Enough for one page; the emails have unsubscribe links too.
NEWS_SHOWN = 100
ORDER: paging.Order = [("submitted_at", "desc"), ("id", "desc")]
ASKED_AN_HOUR = 20
TO_ONE_ADDRESS_AN_HOUR = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my(request: CityRequest) -> HttpResponse:
    """The list, or the sign-in form, whose answer doesn't tell whether we know the address."""
    if request.method == "POST":
        return _ask(request)
    resident = resident_of(request)
    if resident is None:
        return render(request, "requests_app/account/my_sign_in.html", {"form": AddressForm()})
    return _list(request, resident)


def _ask(request: CityRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return render(request, "requests_app/account/my_sign_in.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    may = limits.allow_email(
        request, "my", email, an_hour=ASKED_AN_HOUR, to_one=TO_ONE_ADDRESS_AN_HOUR, per_s=limits.HOUR
    )
    if not may:
        form.add_error(None, too_many_requests(request.jurisdiction))
        return render(request, "requests_app/account/my_sign_in.html", {"form": form}, status=429)
    visitor = get_visitor(request)
    verify_email.send_sign_in_link(request.jurisdiction, email, visitor_hash=visitor_hash(visitor))
    return set_visitor_cookie(
        render(request, "requests_app/account/my_sign_in.html", {"form": form, "sent_to": email}), visitor
    )


def _list(request: CityRequest, resident: Resident) -> HttpResponse:
    found = my_requests.requests(resident.contact_point).select_related(*RELATED)
    page = paging.page_or_first_page(found, ORDER, request.GET.get("cursor"), ROWS)
    news = my_requests.subscriptions(resident.contact_point).order_by("-id")[: NEWS_SHOWN + 1]
    context = {
        "resident": resident,
        "rows": _rows(request, resident, page.rows),
        "pager": page.urls(),
        "news": [
            (
                item,
                None if item.collection else CadenceForm(initial={"cadence": item.cadence}, auto_id=f"id_{item.pk}_%s"),
            )
            for item in news[:NEWS_SHOWN]
        ],
        "more_news": len(news) > NEWS_SHOWN,
    }
    return render(request, "requests_app/account/my.html", context)


def _rows(request: CityRequest, resident: Resident, service_requests: list[ServiceRequest]) -> list[dict[str, Any]]:
    people = my_requests.people(resident.contact_point)
    own = set(
        Participation.objects.filter(
            person__in=people, role__in=Participation.OWN, service_request__in=service_requests
        ).values_list("service_request_id", flat=True)
    )
    together = my_requests.sent_together(resident.contact_point, service_requests) if own else {}
    rows, now = [], app_now()
    accesses = [RequestAccess(one, None, one.pk in own) for one in service_requests]
    promised = promises.of_all([access.shown for access in accesses], now=now)
    for service_request, access in zip(service_requests, accesses, strict=True):
        is_own, shown = access.own, access.shown
        # Share one jurisdiction, so that its cached reasons are read once.
        service_request.jurisdiction = shown.jurisdiction = request.jurisdiction
        to_reporter = is_own and access.parent is None
        rows.append(
            {
                "request": service_request,
                "own": is_own,
                "together": together.get(service_request.pk, []) if is_own else [],
                "status_label": status_words(shown, to_reporter=to_reporter, now=now),
                "tag": shown.disposition or shown.status,
                "needs_answer": to_reporter and _waits_for_answer(shown),
                "next": next_step(shown, promised[shown.pk], to_reporter=to_reporter, now=now).sentence,
            }
        )
    return rows


def _waits_for_answer(shown: ServiceRequest) -> bool:
    return shown.waits_for_reporter or shown.disposition == Disposition.NO_REPLY


@require_GET
@own_page()
def my_request(request: CityRequest, resident: Resident, reference: str) -> HttpResponse:
    """Redirects to the request's page with the cookie of its private link, as the link in an email does."""
    service_request = (
        my_requests.requests(resident.contact_point).filter(reference=references.parse(reference) or "").first()
    )
    if service_request is None:
        return request_not_found(request)
    people = my_requests.people(resident.contact_point)
    parts = service_request.participations.filter(person__in=people).select_related("person").order_by("id")
    # If one address both sent and joined it, open it as the sender.
    part = min(parts, key=lambda one: one.role not in Participation.OWN)
    response = redirect("requests_app:track", service_request.reference)
    set_link_cookie(response, links.token(links.get_or_create_link(part.person, service_request)), service_request)
    return remember_opened(request, response, service_request.reference)


@require_POST
@own_page()
def my_updates(request: CityRequest, resident: Resident, subscription_id: int) -> HttpResponseBase:
    """Changes how often updates come, confirms them, or unsubscribes."""
    subscription: Subscription | None = (
        my_requests.subscriptions(resident.contact_point).filter(pk=subscription_id).first()
    )
    if subscription is None:
        messages.info(request, _("You already unsubscribed from this."))
    elif "stop" in request.POST:
        subscriptions.unsubscribe(subscription.pk)
        messages.success(request, _("You won’t get any more updates about this."))
    elif subscription.collection:
        # Signing in verified the address, so this confirms the subscription.
        subscriptions.set_cadence(subscription.pk, cadence=subscription.cadence)
        messages.success(request, _("You’re signed up."))
    else:
        form = CadenceForm(request.POST)
        if form.is_valid():
            # As above.
            subscriptions.set_cadence(subscription.pk, cadence=form.cleaned_data["cadence"])
            messages.success(request, _("We saved how often you want updates."))
    return redirect("requests_app:my")


@require_POST
def my_sign_out(request: CityRequest) -> HttpResponse:
    return sign_out(
        request, render(request, "requests_app/account/my_sign_in.html", {"form": AddressForm(), "signed_out": True})
    )
