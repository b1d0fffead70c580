"""Failed tasks of the demo city: an invitation, and an email to a reporter."""

import pytest

from requests_app.actions.setup import failed_tasks as actions
from requests_app.demo import failed_tasks
from requests_app.models import ContactPoint, Jurisdiction
from tests.requests_app.demo.test_moderation import city as city

pytestmark = pytest.mark.django_db


def test_an_invitation_and_an_email_to_a_reporter_were_refused(
    city: Jurisdiction, caplog: pytest.LogCaptureFixture
) -> None:
    failed_tasks.load(city)
    failed_tasks.load(city)
    assert not caplog.records, "who starts the demo reads no errors"
    rows = actions.of_city(city).order_by("kind").values_list("kind", "last_error", "service_request__description")
    assert list(rows) == [
        ("email_received", failed_tasks.REFUSED, failed_tasks.DESCRIPTION),
        ("mail_invitation", failed_tasks.REFUSED, None),
    ]
    assert ContactPoint.objects.get(normalized=failed_tasks.REPORTER).bounced_at is not None
