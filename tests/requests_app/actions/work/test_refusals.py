"""What actions about work refuse, and what they do right next to that."""

import datetime as dt
from collections.abc import Callable

import pytest

from requests_app.actions.work import (
    conversation,
    holds,
    merges,
    related_requests,
    saved_views,
    snoozes,
    staff_texts,
    tasks,
)
from requests_app.clock import app_now
from requests_app.models import (
    Comment,
    Event,
    RelatedRequest,
    SavedView,
    SavedViewPin,
    ServiceRequest,
    Snooze,
    TextRevision,
)
from requests_app.rules.publication.public_texts import version_of
from requests_app.rules.shared.lifecycle import IllegalTransition
from requests_app.rules.work import saved_views as views
from requests_app.rules.work import snoozes as rules
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
MOMENT, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)
LANE = {"where": "lane"}


def why(call: Callable[[], object], *errors: type[Exception]) -> str:
    """What it refuses with: its sentence, or the name of the error; empty: it does what it should."""
    try:
        call()
    except errors as error:
        return str(error) or type(error).__name__
    return ""


def test_as_many_views_and_pins_as_one_person_may_have(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "VIEWS_MAX", 2)
    monkeypatch.setattr(views, "PINNED_MAX", 2)
    me = views.SharedWith("me")

    def save() -> str:
        call = lambda: saved_views.save(town.city, name="V", query=[], shared_with=me, actor=town.tom)  # noqa: E731
        return why(call, saved_views.TooMany)

    assert [save() for _ in range(3)] == ["", "", "TooMany"]
    mine = [
        *SavedView.objects.order_by("pk"),
        SavedView.objects.create(jurisdiction=town.city, owner=town.ada, query=[]),
    ]

    def pin(view: SavedView) -> str:
        return why(lambda: saved_views.pin(view, actor=town.tom), saved_views.TooMany)

    # Again, the same one takes no place.
    assert [pin(view) for view in (mine[0], mine[0], mine[1], mine[1], mine[2])] == ["", "", "", "", "TooMany"]
    assert SavedViewPin.objects.count() == 2


def test_as_many_snoozed_as_one_person_may_have_and_those_that_are_over_do_not_count(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MAX", 2)
    first = factories.routed(town.tree)
    requests = [first, *factories.copies(first, 2)]
    now = app_now()

    def snooze(request: ServiceRequest) -> str:
        return why(lambda: snoozes.snooze(request, until=now + DAY, actor=town.pia), snoozes.TooMany)

    assert [snooze(one) for one in (*requests, requests[1])] == ["", "", "TooMany", ""]
    Snooze.objects.filter(service_request=first).update(until=now + MOMENT)
    assert snooze(requests[2]) == "TooMany"
    Snooze.objects.filter(service_request=first).update(until=now)
    assert snooze(requests[2]) == ""


def test_which_requests_cannot_be_linked_or_merged(town: Rivermark) -> None:
    here, other = (factories.routed(town.pothole, answers=LANE) for _ in range(2))
    private = factories.routed(town.outreach)
    elsewhere = factories.routed(factories.lakeside().pothole)

    def relate(two: ServiceRequest) -> str:
        call = lambda: related_requests.relate(here.pk, other=two.pk, actor=town.tom)  # noqa: E731
        return why(call, related_requests.CannotRelate)

    def merge(two: ServiceRequest) -> str:
        return why(lambda: merges.merge(here.pk, parent=two, actor=town.tom), merges.CannotMerge)

    assert "number of this request" in relate(here)
    assert "into itself" in merge(here)
    for call in (relate, merge):
        assert "another city" in call(elsewhere)
        assert "confidential" in call(private)
        assert call(other) == ""
    third = factories.routed(town.pothole, answers=LANE)
    assert "into this one already" in why(lambda: merges.merge(other.pk, parent=here, actor=None), merges.CannotMerge)
    assert "itself merged" in why(lambda: merges.merge(third.pk, parent=here, actor=None), merges.CannotMerge)
    assert "wasn’t merged" in why(lambda: merges.unmerge(other.pk, actor=town.tom), merges.CannotMerge)
    # What was sent together is linked as far as it's alike, and nothing is linked to itself.
    related_requests.link_together(third, [third, private, other])
    assert [one.earlier for one in RelatedRequest.objects.filter(later=third)] == [other]


def test_a_task_ends_once_and_keeps_its_team_then(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    task = tasks.add(made.pk, department=town.parks, what="Cut the branch.", actor=town.tom)
    tasks.end(task.pk, state="done", actor=town.pia)
    ended = Event.objects.filter(service_request=made).count()
    for call in (
        lambda: tasks.end(task.pk, state="unneeded", actor=town.pia),
        lambda: tasks.set_team(task.pk, team=None, actor=town.pia),
    ):
        with pytest.raises(tasks.HasEnded):
            call()
    assert Event.objects.filter(service_request=made).count() == ended
    tasks.reopen(task.pk, actor=town.pia)
    factories.mark_ended(made)
    with pytest.raises(tasks.HasEnded):
        tasks.add(made.pk, department=town.parks, what="Another.", actor=town.tom)


def test_requests_wait_for_each_other_in_no_ring(town: Rivermark) -> None:
    one, two, three = (factories.routed(town.pothole, answers=LANE) for _ in range(3))
    today = app_now().date()

    def wait(pk: int, other: int) -> str:
        parent = ServiceRequest.objects.get(pk=other)
        call = lambda: holds.hold(pk, reason="request", until=today + DAY, actor=None, waits_for=parent)  # noqa: E731
        return why(call, holds.WaitsInRing)

    assert wait(one.pk, two.pk) == ""
    assert wait(two.pk, three.pk) == ""
    assert "waiting for this one" in wait(three.pk, one.pk)
    # It goes on once the other one has ended, and not before.
    with pytest.raises(IllegalTransition):
        holds._end_wait(one.pk)
    assert holds.end_waits() == 0
    factories.mark_ended(two)
    assert holds.end_waits() == 1
    assert ServiceRequest.objects.get(pk=one.pk).is_open


def test_only_ones_own_words_that_are_shown_can_be_changed(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers=LANE)
    comment = conversation.comment(made.pk, text="We come Monday.", actor=town.tom)
    seen = version_of(comment.text)

    def edit(text: str, *, seen: str = seen, actor: object = town.tom) -> str:
        call = lambda: staff_texts.edit(comment.pk, text=text, seen=seen, actor=actor)  # type: ignore[arg-type]  # noqa: E731
        return why(call, staff_texts.TextEdited)

    assert edit("We come Monday.") == ""
    assert not TextRevision.objects.exists()
    assert edit("We come Tuesday.", actor=town.dev) != ""
    assert edit("We come Tuesday.", seen="0") != ""
    assert edit("We come Tuesday.") == ""
    Comment.objects.filter(pk=comment.pk).update(hidden_at=app_now())
    assert edit("We come Friday.", seen=version_of("We come Tuesday.")) != ""
    staff_texts.withdraw(comment.pk, actor=town.tom)
    Comment.objects.filter(pk=comment.pk).update(hidden_at=None)
    staff_texts.withdraw(comment.pk, actor=town.dev)
    assert Comment.objects.get(pk=comment.pk).hidden_at is None
    # A question that was withdrawn after the request went on leaves it as it is.
    question = conversation.ask(made.pk, question="Which lane?", actor=town.tom)
    asked = Comment.objects.filter(service_request=made, kind="question").latest("pk")
    ServiceRequest.objects.filter(pk=made.pk).update(status="in_progress", hold_reason="reporter")
    staff_texts.withdraw(asked.pk, actor=town.tom)
    assert ServiceRequest.objects.get(pk=made.pk).status == "in_progress"
    assert question is not None
