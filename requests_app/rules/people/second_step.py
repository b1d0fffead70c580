"""Whether somebody has a second step at sign-in: a code from an app, or a passkey."""

from allauth.mfa.models import Authenticator

from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.rules.people import permissions


def has_second_step(user: User) -> bool:
    """Recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def is_asked(user: User, jurisdiction: Jurisdiction) -> bool:
    """Whether a sign-in of their own takes a second step, also one that their role requires and they have yet to set up."""
    return has_second_step(user) or permissions.requires_second_step(user, jurisdiction)
