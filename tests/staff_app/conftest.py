"""The city's staff, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.models import User
from tests.factories import Rivermark


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def tom(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    """Tom triages for Streets."""
    return signed_in(town.tom)


@pytest.fixture
def pia(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    """Pia supervises Parks."""
    return signed_in(town.pia)
