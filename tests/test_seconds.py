"""The table of durations, and the list of files that a run starts with."""

from pathlib import Path

from tests import seconds
from tests.conftest import LONGEST

ROOT = Path(__file__).resolve().parent.parent
SAID = """
============================= slowest durations ==============================
75.50s setup    tests/test_query_budgets.py::test_one[a]
4.00s call     tests/test_query_budgets.py::test_one[b]
1.50s call     tests/test_repository.py::test_two
0.25s teardown tests/test_urls.py::test_three
32.00s call     tests/journeys/test_report.py::test_four
"""


def test_seconds_are_counted_by_folder_by_phase_and_by_the_way_of_asking() -> None:
    table = seconds.table(seconds.by_part(seconds.by_file(SAID.splitlines())))
    assert table.splitlines()[2:] == [
        "| `tests/test_query_budgets.py` | HTTP client, domain | 76 | 4 | 0 | 80 |",
        "| `tests/journeys/` | browser | 0 | 32 | 0 | 32 |",
        "| the rest | | 0 | 2 | 0 | 2 |",
        "| **All** | | | | | **113** |",
    ]


def test_the_longest_files_are_there() -> None:
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []
