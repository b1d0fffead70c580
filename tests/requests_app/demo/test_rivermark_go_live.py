"""The demo city carries its approvals and test reports, so that every service in use has all that the list asks for."""

import pytest
import yaml

from requests_app.imports.catalog import import_catalog
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import OutboxRow, Service, ServiceRequest
from requests_app.rules.setup import go_live
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.2")]


@pytest.mark.slow
def test_each_service_in_use_has_eight_of_eight_and_its_test_report_is_not_kept() -> None:
    city = factories.jurisdiction()
    files = yaml.safe_load((RIVERMARK / "city.yaml").read_text())["catalog"]
    import_catalog(city, [RIVERMARK / name for name in files])
    services = Service.objects.filter(jurisdiction=city).select_related("jurisdiction", "current")
    missing = {one.service_code: [check.short_name for check in go_live.missing(one)] for one in services}
    assert not any(missing.values()), missing
    assert len(missing) == 41
    assert all(one.active for one in services)
    assert not ServiceRequest.objects.exists()
    assert not OutboxRow.objects.exclude(kind="index").exists()
