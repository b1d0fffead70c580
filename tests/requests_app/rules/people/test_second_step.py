"""A second step is asked of those who have one, and of those whose role in this city requires one."""

import pytest
from allauth.mfa.models import Authenticator

from requests_app.models import Role
from requests_app.rules.people import second_step
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_it_is_asked_of_who_has_one_or_must_have_one_here(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    Role.objects.filter(jurisdiction=town.city, code="triage").update(requires_second_step=True)
    Authenticator.objects.create(user=town.dev, type=Authenticator.Type.TOTP, data={})
    Authenticator.objects.create(user=town.pia, type=Authenticator.Type.RECOVERY_CODES, data={})
    asked = {
        user.name: (second_step.is_asked(user, town.city), second_step.is_asked(user, lakeside.city))
        for user in (town.tom, town.dev, town.pia)
    }
    assert asked == {"Tom": (True, False), "Dev": (True, True), "Pia": (False, False)}
