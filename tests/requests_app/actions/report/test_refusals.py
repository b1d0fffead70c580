"""What actions about a report do nothing with, because it was sent, decided or declined already, and whom they refuse."""

import uuid

import pytest

from requests_app.actions.following import followers, subscriptions
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import (
    confirm_report,
    corrections,
    drafts,
    emergency_question,
    offline_submission,
    resume_draft,
    submission,
)
from requests_app.clock import app_now
from requests_app.links import DigestLink
from requests_app.models import (
    ContactPoint,
    Draft,
    Event,
    ModerationTerm,
    OneTimeLink,
    OutboxRow,
    Participation,
    ScreeningCount,
    ServiceRequest,
    Subscription,
)
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}


def draft_of(town: Rivermark, *, text: str = "A hole", sent: ServiceRequest | None = None, **columns: object) -> Draft:
    draft = drafts.create(town.city, visitor="v" * 32, language="en", text=text, **columns)
    if sent is not None:
        Draft.objects.filter(pk=draft.pk).update(service_request=sent)
        draft.refresh_from_db()
    return draft


def test_a_draft_that_was_sent_or_is_a_test_follows_nothing(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    followers.follow(draft_of(town, sent=made).pk, made.pk, email="bo@example.org")
    with pytest.raises(followers.NotJoinable):
        followers.follow(draft_of(town, tester=town.ada).pk, made.pk, email="bo@example.org")
    assert made.participations.count() == 1
    followers.follow(draft_of(town).pk, made.pk, email="bo@example.org")
    assert made.participations.count() == 2


def test_who_unsubscribed_does_so_once(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE, reporter=ANA)
    person = made.participations.get().person
    assert [followers.unsubscribe(made, actor=person) for _ in range(2)] == [True, False]
    assert Event.objects.filter(kind="unsubscribed").count() == 1


def test_the_link_of_a_digest_stops_only_its_own_address(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE, reporter=ANA)
    Participation.objects.filter(service_request=made).update(cadence="daily")
    point = made.participations.get().contact_point
    assert point is not None
    # The address of somebody else has the number by now, or nobody's does.
    for pk, nonce, is_subscribed in (
        (point.pk, uuid.uuid4(), True),
        (point.pk + 1, point.nonce, True),
        (point.pk, point.nonce, False),
    ):
        followers.unsubscribe_digest(DigestLink(pk, None, nonce))
        assert (made.participations.get().unsubscribed_at is None) is is_subscribed


def test_a_subscription_that_was_stopped_is_not_confirmed(town: Rivermark) -> None:
    point = factories.routed(town.pothole, answers=LANE, reporter=ANA).participations.get().contact_point
    assert point is not None
    for stopped_at, is_confirmed in ((None, True), (app_now(), False)):
        subscription = Subscription.objects.create(
            jurisdiction=town.city, contact_point=point, service=town.tree.service, unsubscribed_at=stopped_at
        )
        link = OneTimeLink.objects.create(
            jurisdiction=town.city, contact_point=point, purpose="subscribe", subscription=subscription,
            expires_at=app_now() + subscriptions.verify_email.VALID_FOR["subscribe"],
        )  # fmt: skip
        confirmed = subscriptions.confirm(link)
        subscription.refresh_from_db()
        assert (confirmed is not None, subscription.confirmed_at is not None) == (is_confirmed, is_confirmed)
        subscription.delete()


def test_the_emergency_question_is_counted_of_what_tells_of_danger_until_it_is_sent(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    danger = "I smell gas"
    asked = ["phrase:smell gas"]
    for draft, reasons, warning, counted in (
        (draft_of(town), [], "", 0),
        (draft_of(town, text=danger, sent=made), asked, "", 0),
        # A test is asked, and counts nowhere.
        (draft_of(town, text=danger, tester=town.ada), asked, "went_on", 0),
        (draft_of(town, text=danger), asked, "went_on", 2),
    ):
        emergency_question.question_shown(draft)
        emergency_question.answer_no(draft, reasons)
        assert Draft.objects.get(pk=draft.pk).warning == warning
        assert sum(ScreeningCount.objects.values_list("value", flat=True)) == counted


def test_no_link_to_a_draft_that_was_sent_and_of_a_test_only_to_who_tests(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    sent, test, other = draft_of(town, sent=made), draft_of(town, tester=town.ada), draft_of(town)
    for draft in (sent, test, other):
        resume_draft.send_link(draft, email="bo@example.org")
    rows = OutboxRow.objects.filter(kind="mail_draft").values_list("dedupe_key", flat=True)
    assert set(rows) == {f"mail_draft:{one.pk}:1" for one in (test, other)}
    mailed = [Draft.objects.get(pk=one.pk).typed.get("mail_link_to") for one in (sent, test, other)]
    assert mailed == [None, town.ada.email, "bo@example.org"]


def test_only_a_report_that_waits_for_its_confirmation_gets_a_link_or_goes(town: Rivermark) -> None:
    version = factories.service(town.city, "curb", must_confirm=True)
    ModerationTerm.objects.create(jurisdiction=town.city, kind="address", value="bad@example.org")
    waiting, public = (factories.report(one, reporter=ANA) for one in (version, town.tree))
    assert (waiting.public_state, public.public_state) == ("unconfirmed", "public")
    assert confirm_report.resend_link(public.pk, email="ana@example.org") is False
    with pytest.raises(submission.Refused):
        confirm_report.resend_link(waiting.pk, email="bad@example.org")
    assert not ContactPoint.objects.filter(normalized="bad@example.org").exists()
    assert confirm_report.resend_link(waiting.pk, email="bo@example.org") is True
    deleted = [confirm_report.delete_unconfirmed(pk) for pk in (public.pk, waiting.pk, waiting.pk)]
    assert deleted == [False, True, False]
    assert list(ServiceRequest.objects.values_list("pk", flat=True)) == [public.pk]


def test_a_correction_keeps_a_place_where_one_is_needed(town: Rivermark) -> None:
    made = factories.report(town.tree, reporter=ANA)
    person = made.participations.get().person
    nowhere = corrections.Correction(text="A branch", note="", place=submission.Place())
    with pytest.raises(submission.Refused):
        corrections.correct(made.pk, nowhere, actor=person)
    unknown = factories.report(town.unknown, reporter=Reporter(email="bo@example.org"))
    assert corrections.correct(unknown.pk, nowhere, actor=unknown.participations.get().person)


def test_a_device_whose_photos_are_missing_or_whose_report_was_sent(town: Rivermark) -> None:
    key = uuid.uuid4()
    draft = offline_submission.create_draft(town.city, visitor="v" * 32, key=key, language="en")
    typed = {"text": "A hole", "service": "tree"}
    with pytest.raises(offline_submission.PhotosMissing):
        offline_submission.receive(draft, revision=1, typed=typed, said_no=[], photos={"one": "A hole"})
    # Without a service, nothing is chosen for the person.
    assert offline_submission.receive(draft, revision=1, typed={"text": "A hole"}, said_no=[], photos={}) == "service"
    Draft.objects.filter(pk=draft.pk).update(service_request=factories.report(town.tree))
    draft.refresh_from_db()
    assert offline_submission.receive(draft, revision=2, typed=typed, said_no=[], photos={}) == ""
    assert ServiceRequest.objects.count() == 1
