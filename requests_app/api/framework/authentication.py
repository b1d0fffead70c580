"""Who calls: an API key, never a session."""

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from requests_app import api_keys
from requests_app.api.framework.parsers import form_fields
from requests_app.models import ApiKey


class ApiKeyAuthentication(BaseAuthentication):
    """`api_key` in the form or the query string, or else `Authorization: Bearer KEY`; request.auth is the ApiKey.

    It has no WWW-Authenticate header, so that REST framework answers 403 where others would answer 401.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        plain = _sent_key(request)
        if not plain:
            return None
        key = api_keys.find(plain)
        if key is None:
            raise AuthenticationFailed(_("api_key is not valid."))
        return AnonymousUser(), key


def _sent_key(request: Request) -> str:
    named = [*form_fields(request).get("api_key", []), *request.query_params.getlist("api_key")]
    scheme, _blank, bearer = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        named.append(bearer)
    return next((key.strip() for key in named if key.strip()), "")
