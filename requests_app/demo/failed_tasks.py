"""Demo data for the outbox: an invitation and an email to a reporter whose mail servers refused them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from requests_app import outbox
from requests_app.actions.people import invitations, memberships
from requests_app.actions.people.reporters import Reporter
from requests_app.demo.moderation import submit_report
from requests_app.demo.staff import demo_user
from requests_app.messages import email, notifications
from requests_app.models import GazetteerEntry, Invitation, Jurisdiction, OutboxRow

# The SMTP code of an address that doesn't exist.
REFUSED = "550"
INVITED = "sam.keller@oldmail.example"
REPORTER = "h.blenkinsop@oldmail.example"
DESCRIPTION = "The swing at the end of the path has come off its chain."


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    administrator, role = demo_user(jurisdiction, "administrator"), memberships.get_role(jurisdiction, "call_taker")
    place = GazetteerEntry.objects.filter(jurisdiction=jurisdiction, kind="address").order_by("id").first()
    if administrator is None or role is None or place is None:
        return
    if Invitation.objects.filter(jurisdiction=jurisdiction, email=INVITED).exists():
        return
    with transaction.atomic(), _logging_nothing():
        invitations.invite(jurisdiction, INVITED, role=role, department=None, actor=administrator)
        made = submit_report(jurisdiction, "parkmaint", "en", DESCRIPTION, place, reporter=Reporter(email=REPORTER))
        told = OutboxRow.objects.get(service_request=made, kind="notify")
        notifications.notify(told)
        outbox.finish(told.pk)
        invited = OutboxRow.objects.filter(jurisdiction=jurisdiction, kind="mail_invitation", done_at=None)
        received = OutboxRow.objects.filter(service_request=made, kind="email_received")
        for row in [*invited, *received]:
            # As claim() counts it.
            OutboxRow.objects.filter(pk=row.pk).update(attempts=1)
            outbox.fail(row.pk, REFUSED, counts=True, give_up=True)
            if row.recipient_id is not None:
                email.mark_bounced(row.recipient_id)


@contextmanager
def _logging_nothing() -> Iterator[None]:
    """Who loads the demo doesn't read of errors that are part of it."""
    logger = logging.getLogger(outbox.__name__)
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = False
