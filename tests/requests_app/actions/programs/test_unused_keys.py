"""Test keys end after 90 days without a call, a week after their contact was emailed."""

import datetime as dt

import pytest
from django.core import mail

from requests_app import api_keys
from requests_app.actions.programs import unused_keys
from requests_app.clock import app_now
from requests_app.models import ApiKey, OutboxRow
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def night() -> int:
    """Returns how many emails it sent."""
    mail.outbox.clear()
    factories.run_part("end_unused_keys")
    tasks.drain("outside")
    return len(mail.outbox)


def unused(key: ApiKey, *, minutes: int = 0, **length: int) -> None:
    """The key was used last in the hour that ended so long ago."""
    ended = app_now() - dt.timedelta(**length) - minutes * MINUTE
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=ended - dt.timedelta(hours=1))


def test_a_test_key_ends_after_90_days_without_a_call(town: Rivermark) -> None:
    key = api_keys.create(town.city, "Bus app", contact="dev@example.org", is_test=True)[0]
    live = api_keys.create(town.city, "Live", contact="dev@example.org")[0]
    used = api_keys.create(town.city, "Used", contact="dev@example.org", is_test=True)[0]
    silent = api_keys.create(factories.lakeside().city, "Nobody’s", is_test=True)[0]
    unused(live, days=400)
    # A week before, to the minute.
    unused(key, days=83, minutes=-1)
    assert night() == 0
    unused(key, days=83, minutes=1)
    assert night() == 1
    assert mail.outbox[0].to == ["dev@example.org"]
    assert "Bus app" in mail.outbox[0].subject
    assert "/developers/account/" in mail.outbox[0].body
    # Once. Nothing ends before its time, and the email names the day.
    ApiKey.objects.filter(pk=key.pk).update(end_noticed_at=app_now() - dt.timedelta(days=7))
    unused(key, days=90, minutes=-1)
    assert (night(), ApiKey.objects.filter(revoked_at=None).count()) == (0, 4)
    unused(key, days=90, minutes=1)
    unused(silent, days=200)
    assert night() == 0
    key.refresh_from_db()
    assert key.revoked_at is not None
    # One without a contact, and unused for long, has its week, too.
    assert set(ApiKey.objects.filter(revoked_at=None)) == {live, used, silent}
    ApiKey.objects.filter(pk=silent.pk).update(end_noticed_at=app_now() - dt.timedelta(days=7))
    assert night() == 0
    assert set(ApiKey.objects.filter(revoked_at=None)) == {live, used}


def test_the_address_of_a_key_that_ended_is_deleted_after_a_year(town: Rivermark) -> None:
    for number, is_test in enumerate([True, True, False]):
        key = api_keys.create(town.city, f"App {number}", contact="dev@example.org", is_test=is_test)[0]
        days = 365 if number else 366
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=app_now() - dt.timedelta(days=days) + MINUTE)
    unused_keys.end_unused()
    assert list(ApiKey.objects.order_by("pk").values_list("contact", flat=True)) == ["", *["dev@example.org"] * 2]


def test_a_key_never_used_ends_90_days_after_it_was_made_and_a_call_keeps_it(town: Rivermark) -> None:
    key = api_keys.create(town.city, "Bus app", contact="dev@example.org", is_test=True)[0]
    ApiKey.objects.update(created_at=app_now() - dt.timedelta(days=84))
    unused_keys.end_unused()
    # Called after the notice was written, and before it was sent.
    key.refresh_from_db()
    key.now = app_now() + dt.timedelta(hours=1)
    api_keys.mark_used(key)
    tasks.drain("outside")
    assert mail.outbox == []
    ApiKey.objects.update(created_at=app_now() - dt.timedelta(days=400))
    assert (night(), ApiKey.objects.get().revoked_at) == (0, None)
    # Unused again: another notice, and not at once the end. (In a test, both have the time of one transaction.)
    OutboxRow.objects.all().delete()
    unused(key, days=91)
    ApiKey.objects.update(end_noticed_at=app_now() - dt.timedelta(days=100))
    assert (night(), ApiKey.objects.get().revoked_at) == (1, None)
