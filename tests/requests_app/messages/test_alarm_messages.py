"""An alarm is sent once by each way, while it rings."""

from pathlib import Path
from typing import Any

import pytest

from requests_app.clock import app_now
from requests_app.messages import alarm_messages
from requests_app.models import Alarm, AlarmCall, OutboxRow
from tests import factories
from tests.factories import Rivermark
from tests.on_call import alarm_emails, texted, texts_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _texts(settings: Any, tmp_path: Path) -> None:
    texts_to(tmp_path, settings)


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize(
    ("alarm_state", "state", "is_sent", "then"),
    [
        ("ringing", "waiting", True, "sent"),
        ("ringing", "sent", False, "sent"),
        ("ringing", "failed", False, "failed"),
        ("accepted", "waiting", False, "unneeded"),
        ("ended", "waiting", False, "unneeded"),
    ],
)
def test_only_a_call_that_waits_in_an_alarm_that_rings_is_sent(
    cast: Rivermark, channel: str, alarm_state: str, state: str, is_sent: bool, then: str
) -> None:
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    alarm = Alarm.objects.create(
        jurisdiction=cast.city, service_request=made, reason="words", state=alarm_state, started_at=app_now()
    )
    address = "crew@example.org" if channel == "email" else "555-0101"
    call = AlarmCall.objects.create(
        alarm=alarm, step=1, round=1, level="desk", callee_key="crew", name="Crew", channel=channel, address=address,
        state=state,
    )  # fmt: skip
    send = alarm_messages.send_email if channel == "email" else alarm_messages.send_sms
    send(OutboxRow(kind=f"alarm_{channel}", dedupe_key=f"alarm_{channel}:{call.pk}", attempts=1))
    assert [email.to for email in alarm_emails()] == ([[address]] if is_sent and channel == "email" else [])
    assert bool(texted()) is (is_sent and channel == "sms")
    call.refresh_from_db()
    assert call.state == then
