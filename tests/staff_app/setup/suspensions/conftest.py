"""The administrator, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.models import User
from tests.factories import Rivermark


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)
