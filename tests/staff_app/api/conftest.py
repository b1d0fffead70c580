"""Keys that act for the cast, and clients with them that check each answer against the document."""

from collections.abc import Callable

import pytest

from requests_app import api_keys
from requests_app.models import User
from tests import factories
from tests.requests_app.api.v1.conftest import V1

Acting = Callable[..., V1]


@pytest.fixture
def acting(cast: factories.Rivermark) -> Acting:
    """acting(cast.tom, "contacts"): a client whose key acts for Tom, with more scopes."""

    def client(user: User, *scopes: str) -> V1:
        name = f"{user.name}’s app {' '.join(scopes)}".strip()
        return V1(api_keys.create(cast.city, name, scopes=["staff", *scopes], acts_as=user)[1])

    return client


@pytest.fixture
def tom(acting: Acting, cast: factories.Rivermark) -> V1:
    return acting(cast.tom)
