"""Merging and unmerging: people, counts and confidentiality."""

from collections.abc import Callable

import pytest

from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import endings, merges, reopenings
from requests_app.models import ServiceRequest, Status
from tests import factories
from tests.factories import Rivermark

LANE = {"where": "lane"}
pytestmark = pytest.mark.django_db


def joined(town: Rivermark, child: ServiceRequest, parent: ServiceRequest) -> None:
    merges.merge(child.pk, parent=ServiceRequest.objects.get(pk=parent.pk), actor=town.tom)


def pothole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers=LANE)


def people(made: ServiceRequest) -> tuple[int, int]:
    """The request's people, and its count of people affected."""
    made.refresh_from_db()
    return made.participations.count(), made.people_count


@pytest.mark.parametrize("child_is_private", [True, False])
def test_a_confidential_one_and_another_are_not_joined(town: Rivermark, child_is_private: bool) -> None:
    """People of one would get updates on the other, and its staff would see their names."""
    private, public = factories.routed(town.outreach), pothole(town)
    child, parent = (private, public) if child_is_private else (public, private)
    with pytest.raises(merges.CannotMerge, match="confidential"):
        joined(town, child, parent)
    child.refresh_from_db()
    assert child.status == Status.ROUTED
    assert people(parent) == (1, 1)


def test_two_confidential_ones_are_joined(town: Rivermark) -> None:
    child, parent = factories.routed(town.outreach), factories.routed(town.outreach)
    joined(town, child, parent)
    assert people(parent) == (2, 2)


def test_an_open_again_one_is_a_request_of_its_own(town: Rivermark) -> None:
    child, parent = pothole(town), pothole(town)
    joined(town, child, parent)
    reopenings.reopen(child.pk, text="It is another hole.", actor=child.participations.get().person)
    child.refresh_from_db()
    assert (child.duplicate_of, child.status) == (None, Status.ROUTED)
    assert people(parent) == (1, 1)
    assert child.events.filter(kind="unmerged").exists()
    joined(town, child, parent)
    assert people(parent) == (2, 2), "joined again, it is counted once"


def test_what_ended_otherwise_is_not_taken_out_of_a_merge(town: Rivermark) -> None:
    made = pothole(town)
    endings.resolve(made.pk, disposition="fixed", text="Filled.", visited=True, actor=town.tom)
    with pytest.raises(merges.CannotMerge):
        merges.unmerge(made.pk, actor=town.tom)
    made.refresh_from_db()
    assert (made.status, made.disposition) == (Status.RESOLVED, "fixed")


def test_taken_out_of_the_middle_of_a_chain_its_people_leave_the_end_too(town: Rivermark) -> None:
    first, second, third = pothole(town), pothole(town), pothole(town)
    joined(town, third, second)
    joined(town, second, first)
    assert people(first) == (3, 3)
    merges.unmerge(third.pk, actor=town.tom)
    assert people(second) == (1, 1)
    assert people(first) == (2, 2)
    merges.unmerge(second.pk, actor=town.tom)
    assert people(first) == (1, 1)


def test_whoever_unsubscribed_is_not_subscribed_again_by_a_merge(town: Rivermark) -> None:
    child, parent = pothole(town), pothole(town)
    stays, _ = followers.join(child.pk, reporter=Reporter(email="stays@example.org"), language="en")
    left, _ = followers.join(child.pk, reporter=Reporter(email="left@example.org"), language="en")
    followers.unsubscribe(child, actor=left)
    joined(town, child, parent)
    assert parent.participations.filter(person=stays).exists()
    assert not parent.participations.filter(person=left).exists()
    assert people(parent)[1] == 4, "they are affected all the same"


def test_a_merge_keeps_how_often_somebody_wants_email(town: Rivermark) -> None:
    child, parent = pothole(town), pothole(town)
    weekly, _ = followers.join(child.pk, reporter=Reporter(email="weekly@example.org"), language="en")
    followers.set_cadence(child, "weekly", actor=weekly)
    joined(town, child, parent)
    assert parent.participations.get(person=weekly).cadence == "weekly"


def test_a_request_is_not_joined_with_itself_or_with_one_that_was_joined(town: Rivermark) -> None:
    first, second, third = pothole(town), pothole(town), pothole(town)
    joined(town, second, first)
    for child, parent in ((first, first), (third, second)):
        with pytest.raises(merges.CannotMerge, match=r"into itself|itself merged"):
            joined(town, child, parent)
    assert people(first) == (2, 2)


def test_a_hundred_people_are_joined_in_a_few_queries(town: Rivermark, django_assert_max_num_queries: Callable) -> None:
    child, parent = pothole(town), pothole(town)
    for number in range(100):
        followers.join(child.pk, reporter=Reporter(email=f"n{number}@example.org"), language="en")
    with django_assert_max_num_queries(60):
        joined(town, child, parent)
    assert people(parent) == (102, 102)
