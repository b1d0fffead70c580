"""A developer's own keys: their use, errors and webhooks, replacing and ending them. A link to the keys' contact opens them."""

import json
from typing import Any

import structlog
from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_app import api_errors, api_usage
from requests_app.actions.programs import api_key_requests
from requests_app.actions.programs import api_keys as actions
from requests_app.actions.report.drafts import visitor_hash
from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.forms.replace_key import ReplaceKeyForm
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import ApiKey, ApiKeyRequest, WebhookDelivery
from requests_app.models.api_key import Scope
from requests_app.rules.people import my_requests
from requests_app.rules.programs import api_keys as rules
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.account.forms import AddressForm
from requests_app.web.resident import Resident, own_page, resident_of

log = structlog.get_logger(__name__)

ASKED_AN_HOUR = 20
TO_ONE_ADDRESS_AN_HOUR = 5
KEYS_SHOWN = 100
CALLS_SHOWN = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_keys(request: CityRequest) -> HttpResponse:
    """The list, or the sign-in form, whose answer doesn't tell whether we know the address."""
    if request.method == "POST":
        return _ask(request)
    resident = resident_of(request)
    if resident is None:
        return render(request, "requests_app/keys/own_keys_sign_in.html", {"form": AddressForm()})
    keys = list(_keys_of(request, resident).order_by("revoked_at", "-id")[:KEYS_SHOWN])
    now = app_now()
    asked = ApiKeyRequest.objects.filter(
        contact_point__in=my_requests.same_address(resident.contact_point), is_test=False, key=None
    )
    context = {
        "resident": resident,
        # Those that still work come first: PostgreSQL sorts nulls last.
        "keys": [_described(key, now) for key in sorted(keys, key=lambda key: key.revoked_at is not None)],
        "live_requests": asked.exclude(state=ApiKeyRequest.State.UNPROVED).order_by("-id")[:KEYS_SHOWN],
    }
    return render(request, "requests_app/keys/own_keys.html", context)


def _ask(request: CityRequest) -> HttpResponse:
    form, status, visitor = AddressForm(request.POST), 422, get_visitor(request)
    if form.is_valid():
        email, status = form.cleaned_data["email"], 200
        if limits.allow_email(
            request, "own-keys", email, an_hour=ASKED_AN_HOUR, to_one=TO_ONE_ADDRESS_AN_HOUR, per_s=limits.HOUR
        ):
            language = get_language() or "en"
            api_key_requests.send_own_keys_link(
                request.jurisdiction, email, language=language, visitor_hash=visitor_hash(visitor)
            )
        else:
            form.add_error(None, too_many_requests(request.jurisdiction))
            status = 429
    context = {"form": form, "is_sent": status == 200}
    response = render(request, "requests_app/keys/own_keys_sign_in.html", context, status=status)
    return set_visitor_cookie(response, visitor) if status == 200 else response


@require_GET
@own_page(home="own_keys")
def own_key(request: CityRequest, resident: Resident, key_id: int) -> HttpResponse:
    return _key_page(request, resident, _key_or_404(request, resident, key_id))


@require_POST
@own_page(fresh=True, home="own_keys")
def replace_own_key(request: CityRequest, resident: Resident, key_id: int) -> HttpResponseBase:
    """Answers with the page instead of a redirect, since the new key isn't stored and can't be shown later."""
    key = _key_or_404(request, resident, key_id)
    if not rules.may_be_replaced_by_contact(key):
        raise Http404
    form = ReplaceKeyForm(request.POST)
    if not form.is_valid():
        return _key_page(request, resident, key, form=form, status=422)
    try:
        key, plain = actions.replace(key.pk, overlap=form.overlap(), actor=None)
    except actions.AlreadyRevoked:
        messages.warning(request, _("This key has ended. Get a new one."))
        return redirect("requests_app:own_key", key.pk)
    log.info("api_key_replaced_by_contact", api_key_id=key.pk)
    return _key_page(request, resident, key, plain=plain)


@require_POST
@own_page(fresh=True, home="own_keys")
def end_own_key(request: CityRequest, resident: Resident, key_id: int) -> HttpResponseBase:
    key = _key_or_404(request, resident, key_id)
    actions.revoke(key, actor=None)
    log.info("api_key_ended_by_contact", api_key_id=key.pk)
    messages.success(request, _("Key %(name)s was ended and no longer works.") % {"name": key.name})
    return redirect("requests_app:own_keys")


def _keys_of(request: CityRequest, resident: Resident) -> Any:
    return rules.keys_of(request.jurisdiction, resident.address)


def _key_or_404(request: CityRequest, resident: Resident, key_id: int) -> ApiKey:
    """Not of another address or city."""
    key: ApiKey | None = _keys_of(request, resident).select_related("jurisdiction").filter(pk=key_id).first()
    if key is None:
        raise Http404
    return key


def _described(key: ApiKey, now: Any) -> dict[str, Any]:
    return {
        "key": key,
        "scopes": [Scope(scope).label for scope in Scope.values if scope in key.scopes],
        "is_expired": rules.is_expired(key, now),
        "unused_end": rules.unused_end(key),
    }


def _key_page(
    request: CityRequest,
    resident: Resident,
    key: ApiKey,
    *,
    plain: str = "",
    form: ReplaceKeyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    dead = Count("deliveries", filter=Q(deliveries__state=WebhookDelivery.State.DEAD))
    context = {
        "resident": resident,
        **_described(key, app_now()),
        "plain": plain,
        "form": form or ReplaceKeyForm(),
        "may_replace": rules.may_be_replaced_by_contact(key),
        "earlier_until": key.previous_until if key.previous_until and key.previous_until > now else None,
        "endpoints": api_usage.by_endpoint(key, now.astimezone(key.jurisdiction.zone).date()),
        "calls": api_usage.last_calls(key, CALLS_SHOWN),
        "errors": [
            {**error, "answer": json.dumps(error["answer"], ensure_ascii=False, indent=2)}
            for error in api_errors.last(key)
        ],
        "webhooks": key.webhooks.annotate(dead=dead).order_by("id"),
    }
    response = render(request, "requests_app/keys/own_key.html", context, status=status)
    if plain:
        response["Cache-Control"] = "private, no-store"
    return response
