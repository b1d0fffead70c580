"""Signing in with the city's OpenID Connect provider, and its word that somebody signed out there."""

import secrets
import time
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from requests_app import links, openid
from requests_app.actions.people import sign_ins
from requests_app.core import limits
from requests_app.models import Jurisdiction, SignInProvider
from staff_app.decorators import StaffRequest, staff_page
from staff_app.sign_in import BY_NETWORK_A_MINUTE, BY_PROVIDER, first_page, start_session

log = structlog.get_logger(__name__)

STARTED = "single_sign_on"
# What waits until the owner of an account has signed in.
UNCONNECTED = "unconnected_sign_in"
STARTED_FOR_S = 600


def active_provider(jurisdiction: Jurisdiction | None) -> SignInProvider | None:
    if jurisdiction is None:
        return None
    return SignInProvider.objects.select_related("jurisdiction").filter(jurisdiction=jurisdiction, active=True).first()


def redirect_uri(jurisdiction: Jurisdiction) -> str:
    """The same in each language, since the provider knows one address."""
    with override("en"):
        return links.base_url(jurisdiction) + reverse("staff_app:single_sign_on_done")


def logout_uri(jurisdiction: Jurisdiction) -> str:
    with override("en"):
        return links.base_url(jurisdiction) + reverse("staff_app:back_channel_logout")


@require_safe
@never_cache
def single_sign_on(request: HttpRequest) -> HttpResponse:
    """To the provider. A link, since a form may not send anybody to another host (CSP, form-action)."""
    city: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    provider = active_provider(city)
    if provider is None:
        return redirect("account_login")
    try:
        started = openid.start(provider, redirect_uri(city))
    except openid.Unreachable as error:
        log.warning("sign_in_provider_unreachable", provider_id=provider.pk, error=str(error))
        return _back(request, _("%(name)s doesn’t answer right now. Try again in a few minutes.") % {"name": provider})
    following = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure())
    request.session[STARTED] = {
        "state": started.state,
        "nonce": started.nonce,
        "verifier": started.verifier,
        "next": following if is_ours else "",
        "at": time.time(),
    }
    return redirect(started.url)


@require_safe
@never_cache
def single_sign_on_done(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code that only we can exchange."""
    city: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    provider = active_provider(city)
    # Once: a second use of the same answer finds nothing.
    started = request.session.pop(STARTED, None)
    if provider is None or not isinstance(started, dict) or started["at"] < time.time() - STARTED_FOR_S:
        return _back(request, _("That took too long. Sign in again."))
    if not constant_time_compare(request.GET.get("state", ""), started["state"]):
        return _back(request, _("That took too long. Sign in again."))
    counted = f"single:{limits.network_key(request)}"
    if limits.is_used_up(counted, most=BY_NETWORK_A_MINUTE, per_s=60):
        return _back(request, _("Too many attempts. Wait a minute, then sign in again."))
    code = request.GET.get("code", "")
    if not code:
        return _back(
            request, _("%(name)s didn’t sign you in. Try again, or ask your IT department.") % {"name": provider}
        )
    try:
        tokens = openid.exchange(
            provider,
            code=code,
            redirect_uri=redirect_uri(city),
            verifier=started["verifier"],
            nonce=started["nonce"],
        )
        claims = tokens.claims
        if tokens.access_token:
            claims = openid.with_userinfo(claims, openid.userinfo(provider, tokens.access_token))
        user = sign_ins.sign_in(provider, claims, tokens.refresh_token)
    except (openid.Unreachable, openid.Refused, openid.InvalidToken) as error:
        # Only what fails: a whole office may sign in at once behind one address.
        limits.allow_sign_in(counted, most=BY_NETWORK_A_MINUTE, per_s=60)
        log.warning("single_sign_on_failed", provider_id=provider.pk, error=type(error).__name__, reason=str(error))
        return _back(
            request, _("%(name)s didn’t sign you in. Try again, or ask your IT department.") % {"name": provider}
        )
    except sign_ins.NotMapped:
        return _back(
            request, _("Your account has no role here. Ask an administrator of the city which group you need.")
        )
    except sign_ins.NoAddress:
        return _back(
            request, _("%(name)s didn’t send a confirmed email address. Ask your IT department.") % {"name": provider}
        )
    except sign_ins.NotTheirs:
        return _back(
            request, _("This address already has an account. Sign in with its password, or ask an administrator.")
        )
    except sign_ins.MustConfirm as error:
        return _ask_to_confirm(request, provider, error.unconnected, started["next"])
    start_session(request, user, method="openid_connect", provider_session=str(claims.get("sid") or "")[:255])
    request.session[BY_PROVIDER] = True
    return redirect(started["next"] or first_page(request) or resolve_url("staff_app:queue"))


def _ask_to_confirm(
    request: HttpRequest, provider: SignInProvider, unconnected: sign_ins.Unconnected, following: str
) -> HttpResponse:
    """To the sign-in page, which leads on to connect_account()."""
    # A session that is open here may be another's, or one that was left open.
    logout(request)
    key = secrets.token_urlsafe(16)
    request.session[UNCONNECTED] = {
        "key": key,
        "at": time.time(),
        "next": following,
        "unconnected": unconnected.packed(),
    }
    messages.info(
        request,
        _("This address already has an account here. Sign in to it once, and we’ll connect it with %(name)s.")
        % {"name": provider},
    )
    path = f"{reverse('staff_app:connect_account')}?{urlencode({'key': key})}"
    return redirect_to_login(path, resolve_url(settings.LOGIN_URL))


@staff_page
@require_safe
def connect_account(request: StaffRequest) -> HttpResponse:
    """After the owner signed in themselves, with their second step if they have one. Only from the page that said so: others who
    sign in at this computer connect nothing."""
    kept = request.session.pop(UNCONNECTED, None)
    provider = active_provider(request.jurisdiction)
    if (
        provider is None
        or not isinstance(kept, dict)
        or kept["at"] < time.time() - STARTED_FOR_S
        or not constant_time_compare(request.GET.get("key", ""), kept["key"])
        or request.session.get(BY_PROVIDER)
        or not sign_ins.connect(sign_ins.Unconnected(**kept["unconnected"]), request.user)
    ):
        messages.error(request, _("Your account wasn’t connected. Start again with the button on the sign-in page."))
        return redirect("staff_app:queue")
    messages.success(request, _("Your account is connected. From now on, sign in with %(name)s.") % {"name": provider})
    return redirect(kept["next"] or first_page(request) or resolve_url("staff_app:queue"))


def _back(request: HttpRequest, message: str) -> HttpResponse:
    messages.error(request, message)
    return redirect("account_login")


@csrf_exempt
@require_POST
@never_cache
def back_channel_logout(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Back-Channel Logout 1.0, section 2.5. The token's signature is the permission."""
    city: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    provider = active_provider(city)
    if provider is None:
        return _bad("invalid_request")
    try:
        claims = openid.logout_claims(provider, request.POST.get("logout_token", ""))
        ended = sign_ins.log_out(provider, claims)
    except (openid.InvalidToken, openid.Unreachable, sign_ins.Replayed) as error:
        log.warning("logout_token_refused", provider_id=provider.pk, error=type(error).__name__, reason=str(error))
        return _bad("invalid_request")
    log.info("logged_out_by_provider", provider_id=provider.pk, sessions=ended)
    return HttpResponse(status=200)


def _bad(code: str) -> JsonResponse:
    return JsonResponse({"error": code}, status=400)
