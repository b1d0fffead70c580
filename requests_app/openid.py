"""OpenID Connect, as much as a city's single sign-on needs: discovery, the code flow with PKCE, refresh, and logout tokens.

OpenID Connect Core 1.0 and Back-Channel Logout 1.0. Signatures are always verified.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
from django.conf import settings
from django.core.cache import cache

from requests_app.core import sealed
from requests_app.core.outside_calls import ALL_S, within
from requests_app.models import SignInProvider

# For a step of an answer; looking the name up and the whole answer have ALL_S.
TIMEOUT_S = 5
ANSWER_MAX_BYTES = 1_000_000
# Never "none", and no shared secrets: anyone who has ours could make tokens.
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY_S = 60
CACHED_S = 600
SCOPES = "openid email profile offline_access"
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Unreachable(Exception):
    """The provider didn't answer, or not as a provider does. str() is a code or a short reason for logs and the test button."""


class Refused(Exception):
    """The provider says no: the code or the refresh token isn't valid (anymore)."""


class InvalidToken(Exception):
    """A token isn't from this provider, isn't for us, or is too old."""


@dataclass(frozen=True)
class Tokens:
    """claims: of the ID token, verified; empty if a refresh brought none."""

    claims: dict[str, Any]
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class Start:
    """What the browser's session keeps until the person comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


def is_allowed_url(url: str) -> bool:
    """HTTPS; in development also this machine itself."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return True
    return not settings.PRODUCTION and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")


def discover(server_url: str, *, fresh: bool = False) -> dict[str, Any]:
    """The provider's discovery document. Raises Unreachable."""
    key = f"openid:{hashlib.sha256(server_url.encode()).hexdigest()}"
    if not fresh and isinstance(known := cache.get(key), dict):
        return known
    found = _fetch(f"{server_url.rstrip('/')}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != server_url.rstrip("/"):
        raise Unreachable("issuer")
    for name in ENDPOINTS:
        if not is_allowed_url(str(found.get(name, ""))):
            raise Unreachable(name)
    cache.set(key, found, CACHED_S)
    return found


def start(provider: SignInProvider, redirect_uri: str) -> Start:
    """Raises Unreachable."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    state, nonce = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPES,
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    endpoint = discover(provider.server_url)["authorization_endpoint"]
    url = f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"
    return Start(url, state, nonce, verifier)


def exchange(provider: SignInProvider, *, code: str, redirect_uri: str, verifier: str, nonce: str) -> Tokens:
    """Raises Unreachable, Refused and InvalidToken."""
    answer = _token(
        provider,
        {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier},
    )
    claims = _verified(provider, str(answer.get("id_token", "")))
    if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise InvalidToken("nonce")
    return Tokens(claims, str(answer.get("access_token", "")), str(answer.get("refresh_token", "")))


def refresh(provider: SignInProvider, refresh_token: str) -> Tokens:
    """Raises Unreachable, Refused and InvalidToken."""
    answer = _token(provider, {"grant_type": "refresh_token", "refresh_token": refresh_token})
    id_token = str(answer.get("id_token", ""))
    claims = _verified(provider, id_token) if id_token else {}
    return Tokens(claims, str(answer.get("access_token", "")), str(answer.get("refresh_token") or refresh_token))


def userinfo(provider: SignInProvider, access_token: str) -> dict[str, Any]:
    """Empty if the provider has no such page. Raises Unreachable and Refused."""
    endpoint = str(discover(provider.server_url).get("userinfo_endpoint", ""))
    if not is_allowed_url(endpoint):
        return {}
    return _fetch(endpoint, headers={"Authorization": f"Bearer {access_token}"})


def with_userinfo(claims: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """The ID token's claims, and those of the userinfo page if it's about the same person. Whether an address was verified
    counts for the address it was said of."""
    if more.get("sub") not in (None, claims["sub"]):
        return claims
    if "email" in claims and more.get("email") != claims["email"]:
        more = {name: value for name, value in more.items() if name != "email_verified"}
    return {**more, **claims}


def logout_claims(provider: SignInProvider, logout_token: str) -> dict[str, Any]:
    """The claims of a logout token, but for its jti, which the caller must not take twice. Raises InvalidToken and Unreachable."""
    claims = _verified(provider, logout_token, required=["iss", "aud", "iat", "exp", "jti"])
    if not isinstance(events := claims.get("events"), dict) or LOGOUT_EVENT not in events:
        raise InvalidToken("events")
    if "nonce" in claims:
        # An ID token, which anybody could have kept.
        raise InvalidToken("nonce")
    if not (claims.get("sub") or claims.get("sid")):
        raise InvalidToken("sub")
    return claims


def _verified(provider: SignInProvider, token: str, required: list[str] | None = None) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        key = _key(provider, str(header.get("kid", "")))
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=str(discover(provider.server_url)["issuer"]),
            leeway=LEEWAY_S,
            options={"require": required or ["iss", "aud", "exp", "iat", "sub"]},
        )
    except jwt.PyJWTError as error:
        raise InvalidToken(type(error).__name__) from error
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if (len(audiences) > 1 or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise InvalidToken("azp")
    return claims


def key_count(provider: SignInProvider) -> int:
    """How many keys the provider publishes now. Raises Unreachable."""
    found = _fetch(discover(provider.server_url)["jwks_uri"])
    return len(found.get("keys") or [])


def _key(provider: SignInProvider, key_id: str) -> Any:
    url = discover(provider.server_url)["jwks_uri"]
    cached = f"openid_keys:{hashlib.sha256(url.encode()).hexdigest()}"
    for fresh in (False, True):
        # Fetched again for a key that is new since.
        found = None if fresh else cache.get(cached)
        if not isinstance(found, dict):
            found = _fetch(url)
            cache.set(cached, found, CACHED_S)
        for key in jwt.PyJWKSet.from_dict(found).keys:
            if key.public_key_use in (None, "sig") and (not key_id or key.key_id == key_id):
                return key
    raise InvalidToken("kid")


def _token(provider: SignInProvider, params: dict[str, str]) -> dict[str, Any]:
    config = discover(provider.server_url)
    secret = sealed.unseal(provider.client_secret)
    headers = {}
    methods = config.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if secret and "client_secret_post" not in methods:
        pair = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        params = {**params, "client_id": provider.client_id, **({"client_secret": secret} if secret else {})}
    return _fetch(config["token_endpoint"], data=params, headers=headers)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect could lead a secret, or us, to another host."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def _read(request: Request, until: float) -> bytes:
    text = b""
    with build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S) as response:
        # What arrives at a time, so that an answer that drips is left, too.
        while len(text) <= ANSWER_MAX_BYTES and time.monotonic() < until and (more := response.read1(1 << 16)):
            text += more
    return text


def _fetch(
    url: str, *, data: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    if not is_allowed_url(url):
        raise Unreachable("address")
    body = urlencode(data).encode() if data is not None else None
    request = Request(url, body, {"Accept": "application/json", **(headers or {})})  # noqa: S310  (checked above)
    until = time.monotonic() + ALL_S
    try:
        text = within(ALL_S, lambda: _read(request, until))
    except HTTPError as error:
        with error:
            # 429 and 5xx: try later. What a provider answers to a wrong client is our fault, not the person's.
            said = error.read(2000)
            if b"invalid_grant" in said or (data is None and headers and error.code in (401, 403)):
                raise Refused(str(error.code)) from error
        raise Unreachable(str(error.code)) from error
    except (URLError, OSError) as error:
        raise Unreachable(type(error).__name__) from error
    try:
        found = json.loads(text) if len(text) <= ANSWER_MAX_BYTES else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreachable("json")
    return found
