"""A row of the outbox whose subject is gone is done: nothing is sent, and no try is made again."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail

from requests_app.models import OutboxRow
from requests_app.worker import tasks
from tests.planted import Planted, kept_for_a_module

# Where the work of a row is.
WALKED = ("requests_app/actions", "requests_app/imports", "requests_app/messages", "requests_app/worker/away_pages")
GONE = 4_000_000_000
# What follows the kind in the key; one number, where it isn't listed.
KEYS = {
    "bulk_job": "{0}:0",
    "bulk_undo": "{0}:0",
    "collection_reminder": "{0}:2026-01-05",
    "department_digest": "{0}:2026-01-05:{0}",
    "email_staff_notice": "{0}:{0}",
    "hash_photo": "gone",
    "mail_approvals_end": "{0}:2026-01-05:{0}",
    "mail_article_problem": "{0}:{0}",
    "mail_article_reviews": "{0}:2026-01-05:{0}",
    "mail_department": "{0}:{0}",
    "mail_draft": str(uuid.UUID(int=GONE)),
    "mail_invitation": "{0}:1",
    "mail_password_guesses": "{0}:2026-01-05",
    "mail_referral": str(uuid.UUID(int=GONE)),
    "mail_second_step_reset": "{0}:{0}",
    "mail_access_back": "{0}",
    "monday_digest": "{0}:2026-01-05:{0}",
    "send_digest": "{0}:{0}:daily:x",
    "staff_digest": "{0}:2026-01-05:{0}",
    "suspend_clocks": "{0}:begin:0:0",
}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


# An alarm and its calls stay as long as their report, with which their rows go.
STAYS = {"alarm_email", "alarm_sms", "alert_next"}


@pytest.mark.parametrize("kind", sorted(tasks.HANDLERS.keys() - STAYS))
def test_nothing_is_left_to_do(planted: Planted, db: None, kind: str) -> None:
    handler = tasks.HANDLERS[kind]
    assert handler.__module__.replace(".", "/").startswith(WALKED)
    row = OutboxRow(kind=kind, lane="outside", dedupe_key=f"{kind}:{KEYS.get(kind, '{0}').format(GONE)}")
    before = OutboxRow.objects.count()
    assert handler(row) is None
    assert (mail.outbox, OutboxRow.objects.count()) == ([], before)
