"""What bin/demo starts, for benchmarks: Rivermark with its map, catalog, two years of requests and the model trained on them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from requests_app.models import Jurisdiction


@pytest.fixture(scope="module")
def demo_city(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Jurisdiction]:
    """Loaded once for a file, in a minute or two, and rolled back after it."""
    folder = str(tmp_path_factory.mktemp("suggestions"))
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, SUGGESTIONS_ROOT=folder),
        transaction.atomic(),
    ):
        call_command("load_demo")
        yield Jurisdiction.objects.get()
        transaction.set_rollback(True)
