"""Deliberate mistakes in the code, and the tests that must notice each one. Run: .venv/bin/python -m tests.regressions"""

from tests.regressions import (
    access,
    api,
    api_v1,
    articles,
    clients,
    colleagues,
    letters,
    next_to_it,
    operations,
    public,
    reporting,
    residents,
    telephone,
    work,
)
from tests.regressions.regression import Regression

REGRESSIONS: list[Regression] = [
    *access.REGRESSIONS,
    *reporting.REGRESSIONS,
    *work.REGRESSIONS,
    *public.REGRESSIONS,
    *api.REGRESSIONS,
    *api_v1.REGRESSIONS,
    *clients.REGRESSIONS,
    *residents.REGRESSIONS,
    *operations.REGRESSIONS,
    *next_to_it.REGRESSIONS,
    *telephone.REGRESSIONS,
    *articles.REGRESSIONS,
    *colleagues.REGRESSIONS,
    *letters.REGRESSIONS,
]


def named_by_file() -> dict[str, set[str]]:
    """For each file with a regression: the tests that must notice one of them."""
    named: dict[str, set[str]] = {}
    for regression in REGRESSIONS:
        named.setdefault(regression.file, set()).update(regression.tests)
    return named
