"""What the tests of the residents' pages share."""

import pytest
from django.test import Client

from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk


@pytest.fixture
def cast(db: None) -> Rivermark:
    return factories.rivermark()


@pytest.fixture
def walk(cast: Rivermark, client: Client) -> Walk:
    """A browser that goes through the report pages of the cast's city."""
    return Walk(client)
