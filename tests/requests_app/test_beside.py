"""What a rule, a job or a list says stays the same beside rows of another city, and beside those that no longer count.

Each function that asks for nothing but a city, a person, a report and the like is called without those rows and with them.
"""

import ast
import dataclasses
import datetime as dt
import importlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, Q

from requests_app.clock import app_now
from tests.assertions import ROOT
from tests.planted import Planted, kept_for_a_module
from tests.twin import APART, plant_copies, plant_twins

# Those with a folder for each subject are walked by subject.
WALKED = ("requests_app/rules", "requests_app/actions")
WHOLE = ("requests_app/messages", "staff_app/setup", "staff_app/queue", "staff_app/checks")
FOLDERS = [
    *(str(path.relative_to(ROOT)) for folder in WALKED for path in sorted((ROOT / folder).glob("[a-z]*/"))),
    *WHOLE,
]
# The first answers with a new row each time; the second reads all words that ship, too, which takes 2 seconds.
LEFT_OUT = {"city_switch.start", "word_search._phrases"}
# They show what has ended, too, as its name says or for those who set the city up, or what calls them leaves it out.
ENDED_TOO = {
    "catalog._rows",
    "catalog_rows.written_team",
    "department_use.department_use",
    "directory._load",
    "directory._of",
    "directory.of",
    "on_call._rosters",
    "search_index.index_all_requests",
    "snoozes.hidden_ids",
    "staff_email._working",
    "tasks.open_tasks",
    "tasks.visible_to",
    "truth_rate._checks",
    "words.names_of",
}


@dataclasses.dataclass(frozen=True)
class Function:
    """takes: the types of its parameters."""

    module: str
    name: str
    takes: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.name}"


def given(planted: Planted) -> dict[str, list[Any]]:
    """What the functions are called with, by the type of the parameter."""
    cast, now = planted.cast, app_now()
    return {
        "Jurisdiction": [cast.city],
        "User": [planted.staff["sue"]],
        "Department": [cast.streets],
        "ServiceRequest": [planted.requests[kind] for kind in ("public", "ended")],
        "Service": [cast.pothole.service],
        "ServiceVersion": [cast.pothole],
        "Team": list(cast.streets.teams.filter(pk__lt=APART)),
        "Role": list(cast.city.roles.filter(code="supervisor", pk__lt=APART)),
        "Calendar": [cast.streets.calendar],
        "Article": list(cast.city.articles.filter(code="potholes", pk__lt=APART)),
        "dt.datetime": [now],
        "dt.date": [now.astimezone(cast.city.zone).date()],
    }


def functions(folder: str) -> Iterator[Function]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.decorator_list:
                takes = tuple(_needed(node.args))
                if takes and node.returns is not None and ast.unparse(node.returns) != "None":
                    yield Function(module, node.name, takes)


def _needed(arguments: ast.arguments) -> Iterator[str]:
    """The types of the parameters without a default."""
    if any(default is None for default in arguments.kw_defaults):
        yield "by name"
    for argument in arguments.args[: len(arguments.args) - len(arguments.defaults)]:
        yield ast.unparse(argument.annotation) if argument.annotation else "any"


def answers(planted: Planted, folder: str) -> dict[str, Any]:
    """By function and number of the call; what it wrote is rolled back."""
    cache.clear()
    values = given(planted)
    answered = {}
    for function in functions(folder):
        if not set(function.takes) <= set(values) or function.place in LEFT_OUT:
            continue
        call = getattr(importlib.import_module(function.module), function.name)
        for number in range(max(len(values[kind]) for kind in function.takes)):
            arguments = [fresh(values[kind][number % len(values[kind])]) for kind in function.takes]
            with transaction.atomic():
                try:
                    answered[f"{function.place} {number}"] = plain(call(*arguments))
                except Exception as error:
                    # Some ask for a request in another state.
                    answered[f"{function.place} {number}"] = repr(error)
                transaction.set_rollback(True)
    return answered


def fresh(value: Any) -> Any:
    """Read again: a row remembers what was read through it."""
    return type(value).objects.get(pk=value.pk) if isinstance(value, Model) else value


def plain(value: Any) -> Any:
    """What can be compared, with rows by their numbers."""
    if isinstance(value, Model):
        return value._meta.label, value.pk
    if isinstance(value, Mapping):
        return {repr(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(repr(plain(item)) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Q):
        return [plain(item) for item in value]
    return (
        value
        if isinstance(value, str | int | float | dt.date | dt.time | dt.timedelta | None)
        else type(value).__name__
    )


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def plant_what_has_ended() -> None:
    """In the city itself: people who left, closed departments, ended teams, withdrawn services, hidden words, and tests."""
    old = "'old' || {0}"
    of_reports = (
        "servicerequest", "requestarea", "answer", "comment", "clock", "participation", "event", "task", "photo", "endingcheck",
        "silencequestion", "snooze", "surveyanswer", "requestvote",
    )  # fmt: skip
    ended: list[dict[str, dict[str, str]]] = [
        {"user": {"is_active": "false"}, "membership": {}, "team_members": {}, "oncall": {}},
        {"department": {"active": "false", "code": old}},
        {"team": {"active": "false", "code": old}, "team_members": {}},
        {
            "service": {"active": "false", "service_code": old},
            "serviceversion": {},
            "questionversion": {},
            "target": {},
        },
        {"comment": {"hidden_at": "app_now()"}, "photo": {"hidden_at": "app_now()"}},
        {
            **{table: {} for table in of_reports},
            "servicerequest": {"is_test": "true", "public_state": "'test'", "external_id": "''"},
        },
    ]
    for number, changes in enumerate(ended, 1):
        plant_copies({f"requests_app_{table}": columns for table, columns in changes.items()}, number)


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
