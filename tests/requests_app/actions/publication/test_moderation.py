"""What a moderator decides counts once, and only of what they have read."""

from collections.abc import Callable

import pytest

from requests_app.actions.publication import moderation
from requests_app.actions.publication.moderation import Replacement
from requests_app.models import Event, ServiceRequest, TextRevision
from requests_app.rules.publication import public_texts
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def made(town: Rivermark, state: str, reason: str) -> ServiceRequest:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=one.pk).update(public_state=state, review_reason=reason)
    return one


@pytest.mark.parametrize(
    ("decide", "state", "reason", "waits"),
    [
        (moderation.approve, "pending_review", "link", True),
        (moderation.approve, "public", "", False),
        (moderation.approve, "hidden", "", False),
        (moderation.keep_for_staff, "private", "distress", True),
        (moderation.keep_for_staff, "private", "", False),
        (moderation.keep_for_staff, "pending_review", "link", False),
    ],
)
def test_only_what_waits_is_decided_and_once(
    town: Rivermark, decide: Callable[..., ServiceRequest], state: str, reason: str, waits: bool
) -> None:
    one = made(town, state, reason)
    for is_decided in (waits, False):
        before = Event.objects.count()
        if is_decided:
            decide(one.pk, actor=town.ada)
        else:
            with pytest.raises(moderation.AlreadyReviewed):
                decide(one.pk, actor=town.ada)
        assert (Event.objects.count() > before) is is_decided


def test_a_text_is_hidden_as_it_was_read_and_restored_once(town: Rivermark) -> None:
    one = made(town, "public", "")
    text = next(one for one in public_texts.public_texts(one) if one.field == "description")
    for seen, is_hidden in (("another", False), (text.version, True)):
        new = {text.key: Replacement("A hole […]", seen)}
        if is_hidden:
            moderation.hide_text(one.pk, new, reason="personal_data", actor=town.ada)
        else:
            with pytest.raises(moderation.TextChanged):
                moderation.hide_text(one.pk, new, reason="personal_data", actor=town.ada)
        one.refresh_from_db()
        assert (one.description == "A hole […]") is is_hidden
    revision = TextRevision.objects.get()
    moderation.restore_text(revision.pk, actor=town.ada)
    before = Event.objects.count()
    moderation.restore_text(revision.pk, actor=town.ada)
    one.refresh_from_db()
    assert (one.description, Event.objects.count()) == (text.text, before)
