"""Sums up the duration of tests by part, from pytest's --durations, as the table of docs/testing.md (which has the command).

A part is a folder of tests, or a single file that takes a minute or more. Small parts are added up.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

LINE = re.compile(r"^([\d.]+)s (setup|call|teardown) +(tests/\S+?\.py)::")
PHASES = ("setup", "call", "teardown")
BY_ITSELF_S = 60
SMALL_S = 30
BROWSER = re.compile(r"\b(browser|new_page|live_site)\b")

Times = dict[str, float]


def by_file(lines: Iterable[str]) -> dict[str, Times]:
    files: dict[str, Times] = defaultdict(lambda: dict.fromkeys(PHASES, 0.0))
    for line in lines:
        if found := LINE.match(line):
            seconds, phase, file = found.groups()
            files[file][phase] += float(seconds)
    return files


def by_part(files: dict[str, Times]) -> dict[tuple[str, str], Times]:
    parts: dict[tuple[str, str], Times] = defaultdict(lambda: dict.fromkeys(PHASES, 0.0))
    for file, times in files.items():
        path = Path(file)
        part = file if sum(times.values()) >= BY_ITSELF_S else f"{path.parent}/"
        uses_browser = path.exists() and BROWSER.search(path.read_text()) is not None
        for phase, seconds in times.items():
            parts[f"`{part}`", "browser" if uses_browser else "HTTP client, domain"][phase] += seconds
    return parts


def table(parts: dict[tuple[str, str], Times]) -> str:
    rows = ["| Part | Uses | Setup | Call | Teardown | Seconds |", "|---|---|---:|---:|---:|---:|"]
    large = {part: times for part, times in parts.items() if sum(times.values()) >= SMALL_S}
    rest = {phase: sum(times[phase] for part, times in parts.items() if part not in large) for phase in PHASES}
    sorted_parts = sorted(large.items(), key=lambda one: -sum(one[1].values()))
    for (part, kind), times in [*sorted_parts, (("the rest", ""), rest)]:
        seconds = [*(times[phase] for phase in PHASES), sum(times.values())]
        rows.append(f"| {part} | {kind} | ".replace("|  |", "| |") + " | ".join(f"{one:.0f}" for one in seconds) + " |")
    total = sum(sum(times.values()) for times in parts.values())
    return "\n".join([*rows, f"| **All** | | | | | **{total:.0f}** |"])


if __name__ == "__main__":
    print(table(by_part(by_file(sys.stdin))))
