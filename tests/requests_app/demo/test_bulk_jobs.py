"""Jobs of the demo city: one that is done, and one that waits for the worker and can be undone after it."""

import pytest

from requests_app.actions.work import bulk_jobs as actions
from requests_app.demo import bulk_jobs
from requests_app.demo.moderation import _harmless_answers
from requests_app.models import BulkJob, Jurisdiction, OutboxRow, Service
from tests import factories
from tests.requests_app.demo.test_moderation import city as city

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_one_job_is_done_and_one_can_be_undone_once_the_worker_has_done_it(city: Jurisdiction) -> None:
    bulk_jobs.load(city)
    assert not BulkJob.objects.exists(), "without requests there is nothing to do"
    version = Service.objects.get(jurisdiction=city, service_code="pothole").current
    assert version is not None
    for number in range(actions.BATCH + 2):
        factories.routed(version, f"Number {number}", answers=_harmless_answers(version))
    bulk_jobs.load(city)
    bulk_jobs.load(city)
    noted, assigned = BulkJob.objects.order_by("id")
    assert (noted.done, noted.refused, noted.is_running) == (actions.BATCH + 2, 0, False)
    assert (assigned.total, assigned.is_running) == (bulk_jobs.ASSIGNED, True)
    actions.run_row(OutboxRow.objects.get(kind=actions.KIND, done_at=None))
    assigned.refresh_from_db()
    assert assigned.done == bulk_jobs.ASSIGNED
    assert actions.may_undo(assigned)
