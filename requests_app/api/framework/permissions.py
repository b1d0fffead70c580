"""What a key opens: its scopes, in its own city."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission, OperandHolder
from rest_framework.request import Request

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
            raise NotAuthenticated(_("api_key is missing."))
        if key.jurisdiction_id != view.jurisdiction.pk:
            raise PermissionDenied(_("This api_key is for another jurisdiction."), code="other_jurisdiction")
        if not key.allows(self.scope):
            words = _("This api_key doesn’t have the scope “%(scope)s”.") % {"scope": self.scope.value}
            raise PermissionDenied(words, code="scope_missing")
        if self.scope == Scope.STAFF and not request.user.is_authenticated:
            words = _("The staff member this api_key acts for no longer works here.")
            raise PermissionDenied(words, code="staff_gone")
        return True


class IsTestKey(BasePermission):
    """After HasScope: a key whose requests are tests."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method != "OPTIONS" and not (isinstance(request.auth, ApiKey) and request.auth.is_test):
            words = _("This is a live key. The sandbox takes test keys only: ask the city for one.")
            raise PermissionDenied(words, code="live_key")
        return True
