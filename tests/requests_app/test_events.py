"""The event log: append-only, and without text."""

import pytest
from django.db import DatabaseError, transaction

from requests_app import events
from requests_app.models import Event
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    town = factories.rivermark()
    made = factories.report(town.pothole, answers={"where": "lane"})
    return Event.objects.get(service_request=made)


@pytest.mark.shows("2.2")
def test_the_database_refuses_to_change_or_delete_it(event: Event) -> None:
    for change in (lambda: Event.objects.update(kind="closed"), lambda: Event.objects.all().delete()):
        with pytest.raises(DatabaseError, match="pgtrigger: Cannot"), transaction.atomic():
            change()
    assert Event.objects.get(pk=event.pk).kind == "submitted"


@pytest.mark.shows("2.2")
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("invented", {}),
        ("routed", {"department_name": "Streets"}),
        ("resolved", {"disposition": "We filled it on Monday."}),
        ("resolved", {"disposition": "ana@example.org"}),
        ("visited", {"at": [1, 2]}),
    ],
)
def test_it_takes_only_codes_and_numbers_of_its_kinds_allow_list(event: Event, kind: str, data: dict) -> None:
    with pytest.raises(events.InvalidEventData):
        events.record(event.service_request, kind, actor=None, **data)  # type: ignore[arg-type]


def test_every_reaction_has_a_handler() -> None:
    from requests_app.messages.notifications import EMAILS
    from requests_app.worker.tasks import HANDLERS

    # Indexing has its own rule; drafts, verification links, invitations and digests are not about a single event; erasing is
    # not a reaction to one; the messages of an alarm follow from its steps; the map is recounted after a migration; and setup
    # has jobs of its own.
    wanted = {row for rows in events.REACTIONS.values() for row in rows}
    wanted |= {"index", "erase", "mail_draft", "mail_link", "send_digest", "alarm_email", "alarm_sms", "recount_map"}
    wanted |= {"mail_invitation", "mail_informed", "publish_service", "retire_service", "simulate_routing"}
    wanted |= {"mail_password_guesses", "mail_second_step_reset", "mail_access_back"}
    # What follows from match_webhooks.
    wanted |= {"send_webhook", "mail_webhook_ended", "mail_key_declined"}
    # What the night finds.
    wanted |= {"mail_approvals_end", "mail_key_ends", "mail_article_reviews"}
    # What a colleague says of an article.
    wanted |= {"mail_article_problem"}
    wanted |= {"bulk_job", "bulk_undo", "suspend_clocks"}
    wanted |= {"layer_check", "layer_apply", "layer_undo"}
    # What follows from notify_staff, and the digests of staff.
    wanted |= {"email_staff_notice", "mail_department", "staff_digest", "department_digest", "monday_digest"}
    # What residents asked for that no request brings: the evening before a collection day, an email to who else is in charge.
    wanted |= {"collection_reminder", "mail_referral"}
    # What follows from a call that hung up unanswered.
    wanted |= {"missed_call"}
    # What follows from an upload.
    wanted |= {"hash_photo"}
    # What follows from a change of the city.
    wanted |= {"write_city_pages"}
    wanted |= {f"email_{name}" for name in EMAILS.values()}
    assert wanted == set(HANDLERS)
