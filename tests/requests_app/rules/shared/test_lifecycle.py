"""The table of transitions."""

import pytest

from requests_app.models import OPEN, Status
from requests_app.rules.shared.lifecycle import ACTIONS, TRANSITIONS, IllegalTransition, allowed, next_status


def test_every_status_can_be_reached_and_left() -> None:
    reached = {after for (before, _), after in TRANSITIONS.items() if before != after}
    left = {before for (before, _), after in TRANSITIONS.items() if before != after}
    assert reached == set(Status)
    assert left == set(Status)


@pytest.mark.shows("2.16")
@pytest.mark.parametrize("action", ["accept", "schedule", "hold", "resolve", "withdraw", "transfer", "merge"])
@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_what_has_ended_cannot_be_worked_on(status: str, action: str) -> None:
    with pytest.raises(IllegalTransition) as told:
        next_status(status, action)
    assert str(told.value).count(".") == 1, "one sentence"


def test_only_what_was_resolved_is_closed_and_both_can_be_reopened() -> None:
    assert [status for status in Status if (status, "close") in TRANSITIONS] == [Status.RESOLVED]
    assert next_status("resolved", "reopen") == next_status("closed", "reopen") == Status.ROUTED
    assert all((status, "reopen") not in TRANSITIONS for status in OPEN)


def test_a_comment_and_a_note_are_always_possible_and_change_no_status() -> None:
    for status in Status:
        assert next_status(status, "comment") == next_status(status, "note") == status


def test_the_buttons_of_a_status_are_its_rows() -> None:
    assert set(allowed("closed")) == {action for (status, action) in TRANSITIONS if status == "closed"}
    assert set(ACTIONS) == {action for _, action in TRANSITIONS}
