"""rules.directory: a city's services, departments, teams, categories and areas."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.models import Department, ServiceRequest, ServiceVersion
from requests_app.rules.shared import directory
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_it_is_read_in_one_statement(cast: Rivermark) -> None:
    with CaptureQueriesContext(connection) as captured:
        known = directory.of(cast.city, reload=True)
    assert len(captured) == 1
    service = known.service_by_code["pothole"]
    with CaptureQueriesContext(connection) as captured:
        assert service.current is not None
        assert service.current.service is service
        assert service.current.department.calendar.code
        assert [colleague.name for colleague in known.people][:2] == ["Ada", "Cal"]
    assert len(captured) == 0


def test_its_rows_are_as_the_database_has_them(cast: Rivermark) -> None:
    known = directory.of(cast.city, reload=True)
    for rows in (known.versions, known.departments, known.services, known.categories):
        for pk, row in rows.items():
            stored = type(row).objects.get(pk=pk)
            fields = [field.attname for field in type(row)._meta.concrete_fields]
            assert [getattr(row, name) for name in fields] == [getattr(stored, name) for name in fields]


def test_a_request_gets_what_it_belongs_to_without_a_statement_of_its_own(cast: Rivermark) -> None:
    factories.routed(cast.pothole, answers={"where": "lane"})
    service_request = ServiceRequest.objects.get()
    known = directory.of(cast.city, reload=True)
    with CaptureQueriesContext(connection) as captured:
        known.fill([service_request])
        assert service_request.service.service_code == "pothole"
        assert isinstance(service_request.service_version, ServiceVersion)
        assert isinstance(service_request.department, Department)
        assert service_request.service_version.department == service_request.department
    assert len(captured) == 0


def test_a_lost_cache_makes_it_be_read_again(cast: Rivermark) -> None:
    """Each time: a stamp that comes back would bring the rows of that time back, too."""
    for name in ("Bridges", "Tunnels"):
        Department.objects.filter(pk=cast.streets.pk).update(name={"en": name})
        cache.clear()
        assert directory.of(cast.city).departments[cast.streets.pk].name == {"en": name}


def test_the_stamp_stays_until_setup_changes_or_the_cache_is_lost(cast: Rivermark) -> None:
    stamps = [directory.stamp_of(cast.city.pk), directory.stamp_of(cast.city.pk)]
    directory.changed(cast.city.pk)
    stamps.append(directory.stamp_of(cast.city.pk))
    for _ in range(2):
        cache.clear()
        stamps.append(directory.stamp_of(cast.city.pk))
    assert (stamps[0] == stamps[1], len(set(stamps))) == (True, 4)


def test_a_process_reads_it_again_after_so_many_seconds(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory.time, "monotonic", lambda: 1000.0)
    kept = directory.of(cast.city, reload=True)
    for later, is_kept in ((directory.KEPT_S - 1, True), (directory.KEPT_S, False)):
        monkeypatch.setattr(directory.time, "monotonic", lambda later=later: 1000.0 + later)
        assert (directory.of(cast.city) is kept) is is_kept
