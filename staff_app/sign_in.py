"""Sign-in for staff. Accounts are created by an administrator or `create_staff`; nobody can sign up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from requests_app.limits import client_address


class StaffAccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        # No "[host name]" prefix.
        return subject

    def get_client_ip(self, request: HttpRequest) -> str:
        """Used by the limits on failed sign-ins. Behind a proxy, all staff would otherwise share one address and one limit."""
        return client_address(request) or "local"
