"""What a check says: a color, a sentence and what to do, in English until they are shown in a language."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext

Value = str | int | float | dt.datetime | dt.date
# From best to worst.
COLORS = ("green", "yellow", "red")


@dataclass(frozen=True)
class Finding:
    """sentence, to_do: English, with %(name)s for the values. measures: numbers for metrics and trends, by name."""

    color: str
    sentence: str
    to_do: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    # Of the check that it is from.
    code: str = ""

    def shown(self) -> str:
        """The sentence in the language that is active."""
        return self._in_language(self.sentence)

    def advice(self) -> str:
        """What to do, in the language that is active; empty for a green one."""
        return self._in_language(self.to_do)

    def _in_language(self, text: str) -> str:
        if not text:
            return ""
        filled = gettext(text) % {name: _formatted(value) for name, value in self.values.items()}
        # After "p.m." no other period.
        return filled[:-1] if filled.endswith("..") else filled

    def as_json(self) -> dict[str, Any]:
        values = {name: _encoded(value) for name, value in self.values.items()}
        return {
            "code": self.code,
            "color": self.color,
            "text": self.shown(),
            "advice": self.advice(),
            "sentence": self.sentence,
            "to_do": self.to_do,
            "values": values,
            "measures": dict(self.measures),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Finding":
        """Raises KeyError, TypeError or ValueError for what isn't one."""
        color = str(row["color"])
        COLORS.index(color)
        values = {str(name): _decoded(value) for name, value in row["values"].items()}
        measures = {str(name): float(value) for name, value in row["measures"].items()}
        return cls(color, str(row["sentence"]), str(row["to_do"]), values, measures, str(row["code"]))


def green(sentence: str, *, measures: Mapping[str, float] | None = None, **values: Value) -> Finding:
    return Finding("green", sentence, "", values, measures or {})


def yellow(sentence: str, to_do: str, *, measures: Mapping[str, float] | None = None, **values: Value) -> Finding:
    return Finding("yellow", sentence, to_do, values, measures or {})


def red(sentence: str, to_do: str, *, measures: Mapping[str, float] | None = None, **values: Value) -> Finding:
    return Finding("red", sentence, to_do, values, measures or {})


SIGNS = {"green": "ok", "yellow": "look", "red": "RED"}


def in_lines(findings: list[Finding]) -> list[str]:
    """For a terminal, the worst first."""
    lines = []
    for finding in sorted(findings, key=lambda finding: -COLORS.index(finding.color)):
        lines.append(f"{SIGNS[finding.color]:<5} {finding.code:<12} {finding.shown()}")
        if finding.to_do:
            lines.append(f"{'':18} {finding.advice()}")
    return lines


def worst(colors: list[str]) -> str:
    return max(colors, key=COLORS.index, default="green")


def _formatted(value: Value) -> Value:
    if isinstance(value, dt.datetime):
        return str(formats.date_format(timezone.localtime(value), "DATETIME_FORMAT"))
    if isinstance(value, dt.date):
        return str(formats.date_format(value, "DATE_FORMAT"))
    return value


def _encoded(value: Value) -> Any:
    if isinstance(value, dt.datetime):
        return {"time": value.isoformat()}
    return {"day": value.isoformat()} if isinstance(value, dt.date) else value


def _decoded(value: Any) -> Value:
    if not isinstance(value, dict):
        return value if isinstance(value, int | float) else str(value)
    return dt.datetime.fromisoformat(value["time"]) if "time" in value else dt.date.fromisoformat(value["day"])
