"""Mistakes that somebody might make in a line of code: a filter forgotten, a bound one off, a refusal gone, another recipient."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

# What says who may see a row, or whose it is.
GUARDS = re.compile(
    r"\b(jurisdiction|department|visibility|public_state|is_test|hidden_at|is_?active|active|role)(_id)?\b"
)
GUARD_METHODS = {"in_jurisdiction", "visible_to"}
QUERIES = {"filter", "exclude", "get", "Q", "on", "update"}
TURNED = {"True": "False", "False": "True"}
BOUNDS = {ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">")}
LOOKUPS = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
RECIPIENTS = {"REPORTER": "FOLLOWER", "FOLLOWER": "REPORTER", "AFFECTED": "REPORTER", "assignee": "stand_in"}
# How many are done in one transaction or in one night, shown on a page or looked at: one more does no harm.
BATCHES = re.compile("batch|at_most|at_once|chunk|shown|listed|looked_at|compared|_max$|^most$", re.IGNORECASE)
# One more than is shown is asked for to see whether there are more, as a count does that stops there: two more say the same.
ONE_MORE, COUNTED = re.compile(r"\+ 1$"), re.compile(r"\]\.(count|exists)\(")
# A list of rows, not the first letters of a text.
ROWS = re.compile(r"\b(order_by|filter|values|values_list|exclude|sorted)\(")


@dataclass(frozen=True)
class Mutation:
    """One mistake in a file. start, end: the characters that are replaced. name: what kind of mistake."""

    file: str
    line: int
    name: str
    start: int
    end: int
    new: str

    def applied_to(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]

    def place(self, text: str) -> tuple[str, str, str]:
        """What survivors.yaml names it by: the file, the line as the code has it, and the kind of mistake."""
        return self.file, text.splitlines()[self.line - 1].strip(), self.name

    def diff(self, text: str) -> str:
        """Its changed lines, as `git diff -U0` would show them."""
        lines = unified_diff(text.splitlines(), self.applied_to(text).splitlines(), n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


def mutations(file: str, text: str) -> list[Mutation]:
    """All that this module makes of a file, in order; each still compiles."""
    return sorted(_Finder(file, text).found(), key=lambda one: (one.start, one.end, one.new))


class _Finder:
    def __init__(self, file: str, text: str) -> None:
        self.file, self.text = file, text
        # ast counts bytes in a line; slices of a str count characters.
        self.lines = text.splitlines(keepends=True)
        self.tree = ast.parse(text)
        self.fractions = set(_fractions(self.tree))
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def found(self) -> Iterator[Mutation]:
        for node in ast.walk(self.tree):
            match node:
                case ast.Call():
                    yield from self._query(node)
                    yield from self._recipient_list(node)
                    yield from self._length_of_time(node)
                case ast.BoolOp():
                    yield from self._condition(node)
                case ast.Compare(ops=[op], comparators=[right]) if type(op) in BOUNDS and not self._is_of_scores(node):
                    old, new = BOUNDS[type(op)]
                    # Between the two sides are only brackets and the sign.
                    place = self.text.index(old, self._end(node.left), self._start(right))
                    yield self._mutation(node, "bound", place, place + len(old), new)
                case ast.Subscript(value=ast.Call() as rows, slice=ast.Slice(lower=None, upper=ast.expr() as upper)):
                    most, after = self._source(upper), self.text[self._end(upper) :]
                    tells_more = BATCHES.search(most) or ONE_MORE.search(most) or COUNTED.match(after)
                    if ROWS.search(self._source(rows)) and not tells_more:
                        yield self._replaced(upper, "bound", f"{most} + 1")
                case ast.If(body=[ast.Raise() | ast.Return() as only], orelse=[]) if _refuses(only):
                    yield self._replaced(node.test, "refusal removed", "False")
                case ast.Attribute(attr=name, ctx=ast.Load()) if name in RECIPIENTS:
                    end = self._end(node)
                    yield self._mutation(node, "recipient", end - len(name), end, RECIPIENTS[name])

    def _is_of_scores(self, compared: ast.Compare) -> bool:
        """A score or a share is never exactly a bound like 0.35."""
        names = {one.id for one in ast.walk(compared) if isinstance(one, ast.Name)}
        return bool(names & self.fractions) or any(map(_is_fraction, ast.walk(compared)))

    def _query(self, call: ast.Call) -> Iterator[Mutation]:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in GUARD_METHODS and isinstance(call.func, ast.Attribute):
            yield self._mutation(call, "filter dropped", self._end(call.func.value), self._end(call), "")
        if name not in QUERIES:
            return
        for keyword in call.keywords:
            path = keyword.arg or ""
            *_before, lookup = path.split("__")
            start = self._start(keyword)
            if lookup in LOOKUPS:
                place = start + len(path) - len(lookup)
                yield self._mutation(keyword, "bound", place, start + len(path), LOOKUPS[lookup])
            if name != "update" and GUARDS.search(path.replace("__", " ")):
                yield self._without(keyword)
                yield from self._turned(keyword)

    def _without(self, keyword: ast.keyword) -> Mutation:
        """With the comma after it, or, for the last one, the one before it."""
        start, end = self._start(keyword), self._end(keyword)
        if after := re.match(r"\s*,\s*", self.text[end:]):
            end += after.end()
        elif before := re.search(r",\s*$", self.text[:start]):
            start = before.start()
        return self._mutation(keyword, "filter dropped", start, end, "")

    def _turned(self, keyword: ast.keyword) -> Iterator[Mutation]:
        value = self._source(keyword.value)
        if value in TURNED:
            yield self._replaced(keyword.value, "filter turned", TURNED[value])
        elif value == "None":
            yield self._replaced(keyword, "filter turned", f"{keyword.arg}__isnull=False")

    def _condition(self, node: ast.BoolOp) -> Iterator[Mutation]:
        for operand in node.values:
            if GUARDS.search(self._source(operand).replace("__", " ")):
                yield self._replaced(operand, "condition dropped", str(isinstance(node.op, ast.And)))

    def _recipient_list(self, call: ast.Call) -> Iterator[Mutation]:
        for keyword in call.keywords:
            if keyword.arg == "to" and isinstance(keyword.value, ast.List):
                yield self._replaced(keyword.value, "recipient", '["somebody.else@example.org"]')

    def _length_of_time(self, call: ast.Call) -> Iterator[Mutation]:
        if self._source(call.func).endswith("timedelta"):
            for keyword in call.keywords:
                if keyword.arg in ("weeks", "days", "hours", "minutes") and isinstance(keyword.value, ast.Constant):
                    yield self._replaced(keyword.value, "bound", f"{self._source(keyword.value)} + 1")

    def _replaced(self, node: ast.expr | ast.keyword, name: str, new: str) -> Mutation:
        return self._mutation(node, name, self._start(node), self._end(node), new)

    def _mutation(self, node: ast.expr | ast.keyword, name: str, start: int, end: int, new: str) -> Mutation:
        return Mutation(self.file, node.lineno, name, start, end, new)

    def _source(self, node: ast.expr | ast.keyword) -> str:
        return self.text[self._start(node) : self._end(node)]

    def _start(self, node: ast.expr | ast.keyword) -> int:
        return self._place(node.lineno, node.col_offset)

    def _end(self, node: ast.expr | ast.keyword) -> int:
        return self._place(node.end_lineno or 0, node.end_col_offset or 0)

    def _place(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())


def _fractions(tree: ast.Module) -> Iterator[str]:
    """The names of the module's numbers that aren't whole."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_fraction(node.value):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_fraction(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float) and not node.value.is_integer()


def _refuses(statement: ast.Raise | ast.Return) -> bool:
    """An error, or an answer that holds nothing."""
    if isinstance(statement, ast.Raise) or statement.value is None:
        return True
    value = statement.value
    return isinstance(value, ast.Constant) or (isinstance(value, ast.List | ast.Tuple) and not value.elts)
