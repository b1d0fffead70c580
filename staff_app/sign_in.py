"""Sign-in for staff. Accounts are created by an administrator or `create_staff`; nobody can sign up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from requests_app import limits

BY_ADDRESS_A_MINUTE = 10
# Counts successful sign-ins, too, and a whole office may share a network.
BY_NETWORK_A_MINUTE = 30


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        # No "[host name]" prefix.
        return subject

    def get_client_ip(self, request: HttpRequest) -> str:
        """Used by the limits on failed sign-ins. Behind a proxy, all staff would otherwise share one address and one limit."""
        return limits.client_address(request) or "local"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth counts in Redis alone. This counts the same attempts, and goes on counting while Redis is down."""
        super().pre_authenticate(request, **credentials)
        email = str(credentials.get("email", "")).strip().lower()
        counted = {limits.network_key(request): BY_NETWORK_A_MINUTE}
        if email:
            # Without one, as when an account has no primary address, everybody would share a count.
            counted[limits.hashed(email)] = BY_ADDRESS_A_MINUTE
        if not all(limits.allow_sign_in(f"password:{key}", most=most, per_s=60) for key, most in counted.items()):
            raise self.validation_error("too_many_login_attempts")
