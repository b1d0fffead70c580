"""Who calls: an API key, never a session."""

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from requests_app import api_keys
from requests_app.api.framework.parsers import form_fields
from requests_app.core import limits
from requests_app.models import ApiKey, User
from requests_app.models.api_key import Scope
from requests_app.rules.programs import api_keys as rules

# By rules.api_keys.refusal().
REFUSALS: dict[str, Promise] = {
    rules.REVOKED: gettext_lazy("This API key was revoked. Ask the city for a new one."),
    rules.ENDED: gettext_lazy("This test key has ended. Get a new one at /developers/keys/."),
    rules.REPLACED: gettext_lazy("This API key was replaced by a new one. Use that."),
    rules.EXPIRED: gettext_lazy("This API key has expired. Ask the city for a new one."),
    rules.NETWORK: gettext_lazy("This API key can’t be used from this network. Ask the city to add your address."),
}


class ApiKeyAuthentication(BaseAuthentication):
    """`api_key` in the form or the query string, or else `Authorization: Bearer KEY`; request.auth is the ApiKey.

    request.user is the member of staff that a key with the scope "staff" acts for. It has no WWW-Authenticate header, so that REST
    framework answers 403 where others would answer 401.
    """

    # What is said without a key.
    needed: Promise = gettext_lazy(
        "This needs an API key. Send it as api_key, or in the header “Authorization: Bearer KEY”. Get one at /developers/keys/."
    )

    def authenticate(self, request: Request) -> tuple[AnonymousUser | User, ApiKey] | None:
        plain = self.sent_key(request)
        if not plain:
            return None
        key = api_keys.look_up(plain)
        if key is None:
            raise AuthenticationFailed(
                _("This API key isn’t valid. Check that you sent all of it: it begins with lk_.")
            )
        if refusal := rules.refusal(key, limits.client_address(request._request)):
            raise AuthenticationFailed(str(REFUSALS[refusal]), code=f"key_{refusal}")
        api_keys.mark_used(key)
        acts_as = key.acts_as if key.allows(Scope.STAFF) else None
        if acts_as is None or not acts_as.is_active:
            return AnonymousUser(), key
        # What it does is recorded with the key.
        acts_as.through = key
        return acts_as, key

    def sent_key(self, request: Request) -> str:
        named = [*form_fields(request).get("api_key", []), *request.query_params.getlist("api_key"), bearer_of(request)]
        return next((key.strip() for key in named if key.strip()), "")


class OptionalApiKeyAuthentication(ApiKeyAuthentication):
    """For what is public: a key gives higher limits, and one that opens nothing doesn't matter."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser | User, ApiKey] | None:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            return None


class BearerAuthentication(ApiKeyAuthentication):
    """By `Authorization: Bearer KEY` alone: a key in an address would be in every log on its way. Without a good one, 401."""

    needed = gettext_lazy(
        "This needs an API key. Send it in the header “Authorization: Bearer KEY”. Get one at /developers/keys/."
    )

    def sent_key(self, request: Request) -> str:
        return bearer_of(request)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer_of(request: Request) -> str:
    scheme, _blank, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else ""


def key_of(request: Request) -> ApiKey | None:
    """The key that was sent, where one need not be."""
    return request.auth if isinstance(request.auth, ApiKey) else None
