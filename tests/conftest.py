"""What every test stands on: the database, the running site and the browser."""

import pytest
from config.stack.testing import TEMPLATE


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the template that bin/test has migrated, instead of migrating once more in each process."""
    from django.conf import settings

    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = TEMPLATE
