"""How many takers a desk needs so that calls are answered in time: Erlang C (no queries).

Calls come at random, each takes its time, and nobody hangs up, so the number is on the safe side where callers do. The load is
in erlangs: calls per second × seconds of work per call. A. K. Erlang, “Solution of some Problems in the Theory of
Probabilities of Significance in Automatic Telephone Exchanges”, Elektroteknikeren 13 (1917).
"""

import math

# Nobody plans a desk for more; a load that needs more is a mistake in the counts.
TAKERS_MAX = 5000


class TooManyCalls(Exception):
    """It would take more than TAKERS_MAX takers."""


def waiting_share(takers: int, load: float) -> float:
    """The share of calls that have to wait, from 0 to 1. With a load of `takers` or more, the queue never ends: 1."""
    if load <= 0:
        return 0.0
    if load >= takers:
        return 1.0
    return _waiting(_lost(takers, load), takers, load)


def answered_in(takers: int, load: float, seconds: float, handle_s: float) -> float:
    """The share of calls that are answered within so many seconds, from 0 to 1. handle_s: talk and wrap-up of a call."""
    if load <= 0:
        return 1.0
    if load >= takers:
        return 0.0
    return _in_time(waiting_share(takers, load), takers, load, seconds, handle_s)


def average_wait(takers: int, load: float, handle_s: float) -> float:
    """Seconds, over all calls, those answered at once included; infinite if the queue never ends."""
    if load <= 0:
        return 0.0
    if load >= takers:
        return math.inf
    return waiting_share(takers, load) * handle_s / (takers - load)


def takers_for(load: float, *, share: float, seconds: float, handle_s: float) -> int:
    """The fewest takers who answer this share of calls within so many seconds; none without calls.

    share: from 0 to less than 1, since nobody can answer every call in time. Raises ValueError, and TooManyCalls.
    """
    if not (0 <= share < 1 and seconds >= 0 and handle_s > 0 and math.isfinite(load)):
        raise ValueError("The share has to be below 1, and times can't be negative.")
    if load <= 0:
        return 0
    lost = 1.0
    for takers in range(1, TAKERS_MAX + 1):
        lost = _next_lost(lost, takers, load)
        if takers > load:
            waiting = _waiting(lost, takers, load)
            if _in_time(waiting, takers, load, seconds, handle_s) >= share:
                return takers
    raise TooManyCalls


def _lost(takers: int, load: float) -> float:
    lost = 1.0
    for number in range(1, takers + 1):
        lost = _next_lost(lost, number, load)
    return lost


def _next_lost(lost: float, takers: int, load: float) -> float:
    """Erlang B with one taker more: without factorials and powers, which overflow with 170 takers."""
    return load * lost / (takers + load * lost)


def _waiting(lost: float, takers: int, load: float) -> float:
    """Erlang C from Erlang B. takers: more than the load."""
    return lost / (1 - load / takers * (1 - lost))


def _in_time(waiting: float, takers: int, load: float, seconds: float, handle_s: float) -> float:
    return 1 - waiting * math.exp(-(takers - load) * seconds / handle_s)
