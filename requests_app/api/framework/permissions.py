"""What a key opens: its scopes, in its own city."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from requests_app import links
from requests_app.api.framework.authentication import ApiKeyAuthentication
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope


class HasScope(BasePermission):
    """A key of this jurisdiction with each of the view's `required_scopes`. A view without any is open to everybody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        scopes = scopes_of(view, request.method or "")
        if request.method == "OPTIONS" or not scopes:
            return True
        key = request.auth
        if not isinstance(key, ApiKey):
            raise NotAuthenticated(_needed(request))
        if key.jurisdiction_id != view.jurisdiction.pk:
            message = _("This API key is for %(city)s. Send it to %(site)s.")
            city = key.jurisdiction
            raise PermissionDenied(message % {"city": city, "site": links.base_url(city)}, code="other_jurisdiction")
        self.check_scopes(request, key, scopes)
        return True

    def check_scopes(self, request: Request, key: ApiKey, scopes: list[str]) -> None:
        for scope in scopes:
            self.check(request, key, scope)

    def check(self, request: Request, key: ApiKey, scope: str) -> None:
        if scope not in key.scopes:
            message = _(
                "This API key doesn’t have the scope “%(scope)s”. It has: %(scopes)s. Ask the city for one that does."
            )
            names = ", ".join(key.scopes)
            raise PermissionDenied(message % {"scope": scope, "scopes": names}, code="scope_missing")
        if scope == Scope.STAFF and (key.acts_as_id is None or not request.user.is_authenticated):
            message = _("The staff member this API key acts for no longer works here. Ask the city for a new one.")
            raise PermissionDenied(message, code="staff_gone")


class HasOneScope(HasScope):
    """One of them is enough to call; which one it takes, the view checks for each item."""

    def check_scopes(self, request: Request, key: ApiKey, scopes: list[str]) -> None:
        if not set(scopes) & set(key.scopes):
            self.check(request, key, scopes[0])


class HasScopeOrReadOnly(HasScope):
    """The same for what changes something. Reading is open to everybody."""


def scopes_of(view: Any, method: str) -> list[str]:
    """What a key needs for this method, for the check and for the document."""
    if method in SAFE_METHODS and HasScopeOrReadOnly in view.permission_classes:
        return []
    return [str(Scope(scope).value) for scope in view.required_scopes]


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
