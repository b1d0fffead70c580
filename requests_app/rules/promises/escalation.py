"""Who is notified that a clock is about to run out, or has: the steps, and when each is taken.

Counted in the working time of the target's calendar: a share of 1.5 of a target of 10 hours is 5 hours after it was due.
"""

import datetime as dt
from dataclasses import dataclass

from requests_app.models import Target
from requests_app.rules.promises.service_levels import WorkingHours


@dataclass(frozen=True)
class Step:
    """code: who is notified. share: of the target's time. kinds: the clocks that take it."""

    code: str
    share: float
    kinds: frozenset[str] = frozenset(Target.Kind.values)


WARNING, ASSIGNEE, SUPERVISOR, HEAD = "warning", "assignee", "supervisor", "head"
# In this order. A late acknowledgment stays inside the department: only late work reaches its head.
STEPS = (
    Step(WARNING, 0.8),
    Step(ASSIGNEE, 1.0),
    Step(SUPERVISOR, 1.5),
    Step(HEAD, 2.0, frozenset({Target.Kind.RESOLVE})),
)


def next_step(kind: str, taken: int) -> int | None:
    """The position in STEPS of the next one that this kind of clock takes; None after the last."""
    return next((number for number in range(taken, len(STEPS)) if kind in STEPS[number].kinds), None)


def step_at(
    step: Step,
    *,
    started_at: dt.datetime,
    runs_since: dt.datetime,
    due_at: dt.datetime,
    waited_s: int,
    hours: WorkingHours,
) -> dt.datetime:
    """When a running clock reaches the step's share of its target (UTC), not before it last began to run.

    waited_s: working seconds for which it was stopped, which are not part of the target.
    """
    total_s = max(0.0, hours.between(started_at, due_at) - waited_s)
    if step.share >= 1:
        return hours.add(due_at, total_s * (step.share - 1)) if step.share > 1 else due_at
    left_s = hours.between(runs_since, due_at) - total_s * (1 - step.share)
    return hours.add(runs_since, left_s) if left_s > 0 else runs_since
