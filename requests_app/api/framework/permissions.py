"""What a key opens: its scopes, in its own city."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission, OperandHolder
from rest_framework.request import Request

from requests_app import links
from requests_app.api.framework.authentication import ApiKeyAuthentication
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope


class HasScope(OperandHolder):
    """`permission_classes = [HasScope("updates")]`: a key of this jurisdiction with this scope.

    reading_is_open: without a key, too, what doesn't change anything is let through.
    """

    def __init__(self, scope: str, *, reading_is_open: bool = False) -> None:
        self.scope, self.reading_is_open = Scope(scope), reading_is_open

    def __call__(self, *args: Any, **kwargs: Any) -> BasePermission:
        return ScopePermission(self.scope, self.reading_is_open)


class ScopePermission(BasePermission):
    def __init__(self, scope: Scope, reading_is_open: bool) -> None:
        self.scope, self.reading_is_open = scope, reading_is_open

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method == "OPTIONS" or (self.reading_is_open and request.method in SAFE_METHODS):
            return True
        key = request.auth
        if not isinstance(key, ApiKey):
            raise NotAuthenticated(_needed(request))
        if key.jurisdiction_id != view.jurisdiction.pk:
            message = _("This API key is for %(city)s. Send it to %(site)s.")
            city = key.jurisdiction
            raise PermissionDenied(message % {"city": city, "site": links.base_url(city)}, code="other_jurisdiction")
        if self.scope not in key.scopes:
            message = _(
                "This API key doesn’t have the scope “%(scope)s”. It has: %(scopes)s. Ask the city for one that does."
            )
            scopes = ", ".join(key.scopes)
            raise PermissionDenied(message % {"scope": self.scope.value, "scopes": scopes}, code="scope_missing")
        if self.scope == Scope.STAFF and (key.acts_as_id is None or not request.user.is_authenticated):
            message = _("The staff member this API key acts for no longer works here. Ask the city for a new one.")
            raise PermissionDenied(message, code="staff_gone")
        return True


class IsTestKey(BasePermission):
    """After HasScope: a key whose requests are tests."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method != "OPTIONS" and not (isinstance(request.auth, ApiKey) and request.auth.is_test):
            message = _("This is a live key. The sandbox takes test keys only. Get one at /developers/keys/.")
            raise PermissionDenied(message, code="live_key")
        return True


def _needed(request: Request) -> str:
    """How to send a key here."""
    (way,) = (one.needed for one in request.authenticators or () if isinstance(one, ApiKeyAuthentication))
    return str(way)
