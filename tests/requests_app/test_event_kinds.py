"""One row says all of an event: what it lacks, or says wrongly, stops the start with the kind's name."""

from dataclasses import asdict

import pytest
from django.core.exceptions import ImproperlyConfigured

from requests_app import event_kinds
from requests_app.event_kinds import KINDS, complete, where

ROW = asdict(KINDS["made_safe"]) | {"name": "crew_called"}


# Each has words where they are read; complete() says which kinds lack them.
WORDS = {"resident_words", "own_words", "staff_words", "instead", "instead_words"}


@pytest.mark.parametrize("field", sorted(ROW.keys() - WORDS - {"name"}))
def test_a_row_that_leaves_a_decision_out_names_the_kind_and_the_decision(field: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"crew_called is incomplete: .*'{field}'"):
        event_kinds._kind(**{name: value for name, value in ROW.items() if name != field})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outdates", "works"),
        ("outdates", "work publicity"),
        ("told", "everybody"),
        ("then", "reindex"),
        ("work", ""),
        ("work", "begins ends"),
        ("residents", "yes"),
        ("undo", "never"),
        ("lists", "moves"),
    ],
)
def test_a_word_that_no_field_knows_names_the_kind(field: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"crew_called has {field}='{value}'"):
        event_kinds._kind(**ROW | {field: value})


def test_what_can_be_undone_says_what_to_do_once_it_is_too_late() -> None:
    for change in ({"instead": ""}, {"instead_words": ""}, {"undo": ""}):
        with pytest.raises(ImproperlyConfigured, match="crew_called needs instead and instead_words"):
            event_kinds._kind(**ROW | change)


def test_a_kind_without_words_or_with_words_that_nobody_reads_is_named() -> None:
    complete({"visited": "Visited", "made_safe": "Made safe"}, {"made_safe", "visited"}, "WORDS")
    with pytest.raises(ImproperlyConfigured, match="The event kind made_safe has no entry in WORDS"):
        complete({"visited": "Visited"}, {"visited", "made_safe"}, "WORDS")
    with pytest.raises(ImproperlyConfigured, match="WORDS has an entry for made_save, which"):
        complete({"visited": "Visited", "made_save": "Made safe"}, {"visited"}, "WORDS")


def test_kinds_are_found_by_their_words() -> None:
    assert where(undo="with_another") == {"duplicate_merged", "escalated"}
    assert where(work="begins", outdates="crew") == {"made_safe", "visited"}
    assert where(residents="counted") == {"joined", "duplicate_merged", "closed"}


def test_what_moves_the_work_outdates_the_forms_about_it() -> None:
    moving = {name for name, kind in KINDS.items() if kind.work in ("begins", "holds", "resumes", "restarts", "ends")}
    # Nobody has a form open before a report is there.
    assert moving - where(outdates="work") == {"submitted", "confirmed"}


def test_what_can_be_undone_outdates_what_was_typed_before() -> None:
    # A note overwrites nothing.
    assert where(undo="by_staff") - where(outdates="work") - where(outdates="publication") == {"note_added"}
