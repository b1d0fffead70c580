"""The watch for silence asks a person why there is no update, and never posts anything."""

import datetime as dt

import pytest
from django.test import Client

from requests_app.actions.promises import silence
from requests_app.actions.work import conversation, endings, holds
from requests_app.clock import app_now
from requests_app.models import Comment, Event, ServiceRequest, SilenceQuestion
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.7")]


def later(days: float) -> None:
    set_time(app_now() + dt.timedelta(days=days))


@pytest.fixture
def quiet(town: Rivermark) -> ServiceRequest:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    later(14.1)
    return made


def test_a_silent_request_is_listed_once_until_somebody_gives_a_reason(
    town: Rivermark, quiet: ServiceRequest, tom: Client, pia: Client
) -> None:
    assert silence.ask(town.city) == 1
    assert silence.ask(town.city) == 0
    assert quiet.display_reference in tom.get("/staff/silent/").content.decode()
    assert quiet.display_reference not in pia.get("/staff/silent/").content.decode()
    path = f"/staff/silent/{quiet.reference}/"
    assert pia.get(path).status_code == 404
    assert path in tom.get(f"/staff/r/{quiet.reference}/").content.decode()
    assert tom.post(path, {"note": "Soon."}).status_code == 422
    assert tom.post(path, {"reason": "backlog", "note": "After the winter."}).status_code == 302
    assert quiet.display_reference not in tom.get("/staff/silent/").content.decode()
    assert path not in tom.get(f"/staff/r/{quiet.reference}/").content.decode()
    assert not Comment.objects.filter(service_request=quiet, public=True).exists()
    quiet.refresh_from_db()
    assert quiet.last_public_message_at is None
    assert "No update because: Others come first" in tom.get(f"/staff/r/{quiet.reference}/").content.decode()
    # The answer holds for as many days.
    later(13)
    assert silence.ask(town.city) == 0
    later(1.1)
    assert silence.ask(town.city) == 1


def test_a_public_word_a_hold_or_the_end_needs_no_reason(town: Rivermark) -> None:
    made = [factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(4)]
    later(14.1)
    conversation.comment(made[0].pk, text="Next week.", actor=town.tom)
    holds.hold(made[1].pk, reason="weather", until=dt.date(2040, 1, 1), actor=town.tom)
    assert silence.ask(town.city) == 2
    later(0.1)
    conversation.comment(made[2].pk, text="Next week.", actor=town.tom)
    endings.resolve(made[3].pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    assert silence.ask(town.city) == 0
    assert not SilenceQuestion.objects.filter(ended_at=None).exists()


def test_the_question_names_who_has_it_and_mails_no_one_outside(town: Rivermark, quiet: ServiceRequest) -> None:
    ServiceRequest.objects.filter(pk=quiet.pk).update(assignee=town.dev)
    silence.ask(town.city)
    assert Event.objects.get(kind="silence_asked").data == {"asked_id": town.dev.pk}
    assert SilenceQuestion.objects.get().asked == town.dev
