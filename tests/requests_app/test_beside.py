"""What a rule, a job or a list says stays the same when there are rows of another city, and some that no longer count.

Each function that asks for nothing but a city, a person, a report and the like is called without those rows and with them.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.calls import FOLDERS, answers
from tests.planted import Planted, kept_for_a_module
from tests.twin import plant_twins, plant_what_has_ended

# What is called (bin/test --changed reads it).
WALKED = (
    "requests_app/rules", "requests_app/actions", "requests_app/messages", "staff_app/setup", "staff_app/queue",
    "staff_app/checks",
)  # fmt: skip
# They show what has ended, too, as its name says or for those who set the city up, or what calls them leaves it out.
ENDED_TOO = {
    "catalog._rows",
    "catalog_rows.written_team",
    "department_use.department_use",
    "directory._load",
    "directory._of",
    "directory.of",
    "kinds._services",
    "kinds.passages",
    "on_call._rosters",
    "publication.messages_of",
    "publication.told_by_residents",
    "publication.words_of",
    "search_index.index_all_requests",
    "service_states.counts",
    "snoozes.hidden_ids",
    "staff_email._working",
    "staff_notices._colleagues",
    "staff_notices._in_charge",
    "tasks.open_tasks",
    "tasks.visible_to",
    "to_do._services",
    "to_do.to_do",
    "truth_rate._checks",
}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def test_all_of_these_folders_are_called() -> None:
    assert {folder for folder in WALKED if any(one.startswith(folder) for one in FOLDERS)} == set(WALKED)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_second_city_changes_no_answer(planted: Planted, db: None, folder: str) -> None:
    alone = answers(planted, folder)
    plant_twins()
    assert answers(planted, folder) == alone


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_has_ended_changes_no_answer_but_of_those_that_list_it(planted: Planted, db: None, folder: str) -> None:
    alone = answers(planted, folder)
    plant_what_has_ended()
    beside = answers(planted, folder)
    different = {call.partition(" ")[0] for call, answer in alone.items() if beside[call] != answer}
    assert different == ENDED_TOO & {call.partition(" ")[0] for call in alone}
