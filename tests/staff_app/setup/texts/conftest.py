"""Ada, who administers the city."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from requests_app.models import User
from tests.factories import Rivermark


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def text_of() -> Callable[[Any], str]:
    """What a person reads of a response."""
    return lambda response: " ".join(html.unescape(strip_tags(response.content.decode())).split())
