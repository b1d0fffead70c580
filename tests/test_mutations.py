"""The mistakes that `python -m tests.regressions --sample` makes: each kind once, on a small text."""

import ast
from pathlib import Path

import pytest

from tests.assertions import ROOT
from tests.regressions import lines
from tests.regressions.mutations import mutations
from tests.regressions.sample import PLACES, chosen, harmless


def changed(line: str) -> list[tuple[str, str]]:
    text = f"“é” = 1\n{line}\n".replace("“é”", "é")
    return [(one.name, one.applied_to(text).split("\n", 1)[1].rstrip("\n")) for one in mutations("a.py", text)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # Whose rows, and which of them.
        ("rows.filter(jurisdiction=city)", [("filter dropped", "rows.filter()")]),
        ("Q(pk=1, task__department=own)", [("filter dropped", "Q(pk=1)")]),
        ("rows.filter(a=1)", []),
        ("rows.in_jurisdiction(city).all()", [("filter dropped", "rows.all()")]),
        (
            "rows.filter(is_test=False, pk=1)",
            [("filter dropped", "rows.filter(pk=1)"), ("filter turned", "rows.filter(is_test=True, pk=1)")],
        ),
        (
            "rows.filter(hidden_at=None)",
            [("filter dropped", "rows.filter()"), ("filter turned", "rows.filter(hidden_at__isnull=False)")],
        ),
        ("ok = a and not b.is_test", [("condition dropped", "ok = a and True")]),
        ("ok = a or b.department_id == 1", [("condition dropped", "ok = a or False")]),
        # Bounds.
        ("ok = a < b", [("bound", "ok = a <= b")]),
        ("ok = (a) >= (b)", [("bound", "ok = (a) > (b)")]),
        ("rows.filter(until__gt=now)", [("bound", "rows.filter(until__gte=now)")]),
        ("ok = score >= 0.35", []),
        ("LEAST = 0.35\nok = score >= LEAST", []),
        ("rows.order_by('pk')[:FIRST]", [("bound", "rows.order_by('pk')[:FIRST + 1]")]),
        ("rows.order_by('pk')[:COUNT_MAX]", []),
        ("rows.order_by('pk')[:BATCH]", []),
        ("rows.order_by('pk')[: FIRST + 1]", []),
        ("rows.order_by('pk')[:FIRST].count()", []),
        ("name.strip('x')[:40]", []),
        ("LONG = dt.timedelta(days=30)", [("bound", "LONG = dt.timedelta(days=30 + 1)")]),
        # Refusals.
        ("if a:\n    raise Refused", [("refusal removed", "if False:\n    raise Refused")]),
        ("if a:\n    log()\n    raise Refused", []),
        ("def f():\n    if a:\n        return []", [("refusal removed", "def f():\n    if False:\n        return []")]),
        ("def f():\n    if a:\n        return b", []),
        # Recipients.
        ("Mail(to=[a.email])", [("recipient", 'Mail(to=["somebody.else@example.org"])')]),
        ("Role.REPORTER", [("recipient", "Role.FOLLOWER")]),
        ("request.assignee = None", []),
    ],
)
def test_each_kind_of_mistake(line: str, expected: list[tuple[str, str]]) -> None:
    assert changed(line) == expected


def test_the_comma_goes_with_the_filter_and_the_diff_shows_one_line() -> None:
    text = "rows.filter(\n    jurisdiction=city,\n    pk=1,\n)\n"
    [only] = mutations("a.py", text)
    assert only.applied_to(text) == "rows.filter(\n    pk=1,\n)\n"
    assert (only.line, only.diff(text)) == (2, "-    jurisdiction=city,")


def test_only_who_runs_the_statement_or_what_refuses_can_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "LONG = dt.timedelta(days=30)\n"
        "def f(a):\n"
        "    if a > 1:\n"
        "        raise Refused\n"
        "    return rows.filter(\n"
        "        jurisdiction=a,\n"
        "    )\n"
    )
    (tmp_path / "a.py").write_text(text)
    monkeypatch.setattr(lines, "ROOT", tmp_path)
    found = [(one.name, sorted(line for _file, line in lines.lines_of(one))) for one in mutations("a.py", text)]
    assert found == [("bound", []), ("refusal removed", [4]), ("bound", [3]), ("filter dropped", [5, 6, 7])]


def test_a_seed_draws_the_same_mistakes_again_from_all_places_and_each_compiles() -> None:
    sample = chosen(800, seed=7)
    assert sample == chosen(800, seed=7) != chosen(800, seed=8)
    assert {place for place in PLACES for one in sample if one.file.startswith(place)} == set(PLACES)
    for one in sample[:60]:
        text = (ROOT / one.file).read_text()
        assert ast.parse(one.applied_to(text))
        assert one.applied_to(text) != text


def test_what_is_listed_as_harmless_is_still_made() -> None:
    listed = harmless()
    made = set()
    for file in {place[0] for place in listed}:
        text = (ROOT / file).read_text()
        made |= {one.place(text) for one in mutations(file, text)}
    assert set(listed) - made == set()
