"""When an address had as many links as it may have, a report's waits, and any other is dropped."""

import datetime as dt

import pytest
from django.core import mail

from requests_app.clock import app_now
from requests_app.messages import limits, link_mail
from requests_app.models import Message, OneTimeLink, OutboxRow
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("purpose", "waits"), [("confirm", True), ("show_key", True), ("subscribe", False)])
def test_a_link_that_something_depends_on_waits_for_the_limit(cast: Rivermark, purpose: str, waits: bool) -> None:
    made = factories.report(factories.service(cast.city, "curb", must_confirm=True), reporter=ANA)
    point = made.participations.get().contact_point
    assert point is not None
    OneTimeLink.objects.all().delete()
    Message.objects.bulk_create(
        Message(
            jurisdiction=cast.city, contact_point=point, person=point.person, channel="email", kind=f"link_{number}",
            sent_at=app_now(),
        )
        for number in range(limits.AN_HOUR)
    )  # fmt: skip
    link = OneTimeLink.objects.create(
        jurisdiction=cast.city, contact_point=point, purpose=purpose, service_request=made,
        expires_at=app_now() + dt.timedelta(hours=1),
    )  # fmt: skip
    row = OutboxRow(kind="mail_link", dedupe_key=f"mail_link:{link.pk}")
    if waits:
        with pytest.raises(limits.Full):
            link_mail.mail_link(row)
    else:
        link_mail.mail_link(row)
    assert mail.outbox == []
