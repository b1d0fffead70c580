"""The figures of the desk's value report: what each counts, what is in its total, and what it leaves out (no queries).

A figure is a share of named parts: those that it counts, and the others of its total. Parts never overlap, so they add up to the
total. What nobody can know is a part of its own, and never one that counts as good. docs/working.md has the formulas.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from requests_app.models import Channel, Contact
from requests_app.rules.figures import contact_costs
from requests_app.rules.figures.contact_costs import CHANNELS, Costs
from requests_app.rules.figures.periods import Period
from requests_app.rules.figures.value_counts import Counts

Outcome = Contact.Outcome
# A share of fewer is chance, so it isn't given.
LEAST = 30
# Reports by which residents reach the city without the desk; those made at the desk are contacts already.
SENT_THEMSELVES = (Channel.WEB, Channel.API)
# A question was answered, and nothing is left to do.
INFORMATION = (Outcome.ANSWERED, Outcome.STATUS_GIVEN)


class State(Enum):
    # Nothing was counted then: the desk, or what counts this, didn't exist yet.
    NO_COUNTS = "no_counts"
    # It can only be counted later.
    NOT_YET = "not_yet"
    TOO_FEW = "too_few"
    # Its counts began in the middle, and a cost is of the whole.
    IN_PART = "in_part"
    # The city set no cost, or no share.
    NOT_SET = "not_set"
    KNOWN = "known"


class Unit(Enum):
    NUMBER = "number"
    PERCENT = "percent"
    MONEY = "money"


@dataclass(frozen=True)
class Part:
    """code: for its name. pairs: the filters of the queue that show its rows, without the days."""

    code: str
    count: Callable[[Counts], int]
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Figure:
    """counted: what it is about; others: the rest of its total; left_out: known, and in neither.

    sources: the kinds of counts without which nothing is known (value_counts.first_days). days_later: after how many days a day can
    be counted. of_whole_periods: only once they are over.
    """

    code: str
    unit: Unit
    sources: tuple[str, ...]
    counted: Sequence[Part]
    others: Sequence[Part] = ()
    left_out: Sequence[Part] = ()
    days_later: int = 0
    of_whole_periods: bool = False
    is_modeled: bool = False


@dataclass(frozen=True)
class Value:
    """Of a figure in a period. since: the first day that is counted, if that isn't the period's. amount: of the unit."""

    state: State
    amount: float | Decimal | None = None
    counted: int = 0
    total: int = 0
    since: dt.date | None = None


@dataclass(frozen=True)
class Settings:
    """What the city set. costs: its own; visits_percent: of questions away from the counter, or None."""

    today: dt.date
    first_days: Mapping[str, dt.date]
    costs: Costs = field(default_factory=dict)
    visits_percent: int | None = None


# --- What is counted ----------------------------------------------------------------------------------------------------------


def _contacts(
    *, outcomes: Sequence[str] | None = None, channel: str | None = None, except_channel: str | None = None
) -> Callable[[Counts], int]:
    """Closed contacts of the desk; tests never count."""

    def count(counts: Counts) -> int:
        return sum(
            value
            for key, value in counts.items()
            if key[0] == "contact"
            and key[2] != Outcome.TEST
            and (outcomes is None or key[2] in outcomes)
            and channel in (None, key[1])
            and key[1] != except_channel
        )

    return count


def _sum(*keys: tuple[str, ...]) -> Callable[[Counts], int]:
    return lambda counts: sum(counts[key] for key in keys)


def in_channel(channel: str) -> Callable[[Counts], int]:
    """Contacts by this channel: at the desk, and without it an answer on the website or a report that was sent."""
    at_desk = _contacts(channel=channel)
    keys: list[tuple[str, ...]] = [("report", channel)] if channel in SENT_THEMSELVES else []
    keys += [("web_answer",)] if channel == Channel.WEB else []
    return lambda counts: at_desk(counts) + sum(counts[key] for key in keys)


def _outcome(outcome: str) -> Part:
    return Part(f"outcome_{outcome}", _contacts(outcomes=(outcome,)))


def _intake(part: str) -> Part:
    return Part(f"intake_{part}", _sum(("intake", part)))


def _first(part: str) -> Part:
    return Part(f"first_{part}", _sum(("first_contact", part)))


def _reports(channel: str) -> Part:
    return Part(f"report_{channel}", _sum(("report", channel)), (("channel", channel),))


def _promises(part: str) -> Part:
    return Part(f"promise_{part}", _sum(("promise", part)))


IN_TIME = Part("calls_in_time", _sum(("call", "answered_in_time")))
ANSWERED_LATER = Part("calls_later", lambda counts: counts["call", "answered"] - counts["call", "answered_in_time"])
HUNG_UP = Part("calls_hung_up", lambda counts: counts["call", "abandoned"] - counts["call", "abandoned_early"])
HUNG_UP_EARLY = Part("calls_hung_up_early", _sum(("call", "abandoned_early")))
# Calls that were offered in a half hour and answered in the next, or that the telephone system sent elsewhere.
UNEXPLAINED = Part(
    "calls_unexplained",
    lambda counts: counts["call", "offered"] - counts["call", "answered"] - counts["call", "abandoned"],
)
BY_CHANNEL = [Part(f"channel_{channel}", in_channel(channel)) for channel in CHANNELS]
TESTS = Part(
    "tests",
    lambda counts: sum(value for key, value in counts.items() if key[0] == "contact" and key[2] == Outcome.TEST),
)
WEB_ANSWERS = Part("web_answers", _sum(("web_answer",)))
SENT = [_reports(channel) for channel in SENT_THEMSELVES]
OTHER_REPORTS = [channel for channel in Channel if channel not in (Channel.STAFF, Channel.IMPORT)]
IMPORTED = _reports(Channel.IMPORT)
OWN = _reports(Channel.STAFF)
MADE_AT_DESK = Part(
    "report_desk",
    lambda counts: sum(counts["report", channel] for channel in OTHER_REPORTS if channel not in SENT_THEMSELVES),
)

FIGURES: Sequence[Figure] = [
    Figure("contacts", Unit.NUMBER, ("contact",), BY_CHANNEL, left_out=[TESTS, OWN, IMPORTED, MADE_AT_DESK]),
    Figure(
        "information",
        Unit.PERCENT,
        ("contact",),
        [*map(_outcome, INFORMATION), WEB_ANSWERS],
        [*(_outcome(one) for one in Outcome if one not in (*INFORMATION, Outcome.TEST)), *SENT],
        [TESTS, OWN, IMPORTED],
    ),
    Figure(
        "answered_strict",
        Unit.PERCENT,
        ("intake",),
        [WEB_ANSWERS],
        [_intake("sent"), _intake("referred"), _intake("left_after_answer"), _intake("left")],
    ),
    Figure(
        "answered_loose",
        Unit.PERCENT,
        ("intake",),
        [WEB_ANSWERS, _intake("left_after_answer")],
        [_intake("sent"), _intake("referred"), _intake("left")],
    ),
    Figure(
        "first_contact",
        Unit.PERCENT,
        ("first_contact",),
        [_first("resolved")],
        [_first("repeat"), _first("passed_on"), _first("cant_tell")],
        days_later=7,
    ),
    Figure(
        "service_level", Unit.PERCENT, ("call",), [IN_TIME], [ANSWERED_LATER, HUNG_UP], [HUNG_UP_EARLY, UNEXPLAINED]
    ),
    Figure(
        "abandonment",
        Unit.PERCENT,
        ("call",),
        [HUNG_UP],
        [IN_TIME, ANSWERED_LATER, HUNG_UP_EARLY, UNEXPLAINED],
    ),
    Figure(
        "promises",
        Unit.PERCENT,
        ("promise",),
        [_promises("kept")],
        [_promises("late")],
        [_promises("not_due"), _promises("not_needed")],
    ),
    Figure(
        "duplicates",
        Unit.PERCENT,
        ("report",),
        [Part("joined", _sum(("joined", "")))],
        [Part("merged", _sum(("merged", "")))],
    ),
    Figure(
        "own_reports", Unit.PERCENT, ("report",), [OWN], [_reports(channel) for channel in OTHER_REPORTS], [IMPORTED]
    ),
    Figure("cost", Unit.MONEY, ("contact",), BY_CHANNEL, of_whole_periods=True),
    Figure(
        "visits",
        Unit.NUMBER,
        ("contact",),
        [
            Part("questions_away", _contacts(outcomes=INFORMATION, except_channel=Channel.COUNTER)),
            WEB_ANSWERS,
        ],
        left_out=[Part("questions_counter", _contacts(outcomes=INFORMATION, channel=Channel.COUNTER))],
        is_modeled=True,
    ),
]
BY_CODE = {figure.code: figure for figure in FIGURES}


# --- Values -----------------------------------------------------------------------------------------------------------------


def value(figure: Figure, period: Period, counts: Counts, settings: Settings) -> Value:
    """counts: of the whole period."""
    first = [settings.first_days.get(source) for source in figure.sources]
    since = max((day for day in first if day is not None), default=None)
    if since is None or None in first or since >= period.until:
        return Value(State.NO_COUNTS)
    if settings.today - dt.timedelta(days=figure.days_later) <= period.first and figure.days_later:
        return Value(State.NOT_YET)
    if figure.of_whole_periods and settings.today < period.until:
        return Value(State.NOT_YET)
    counted = sum(part.count(counts) for part in figure.counted)
    total = counted + sum(part.count(counts) for part in figure.others)
    began = since if since > period.first else None
    if figure.code == "cost":
        return _cost(period, counts, settings, began)
    if figure.is_modeled:
        percent = settings.visits_percent
        if percent is None:
            return Value(State.NOT_SET, None, counted, total, began)
        return Value(State.KNOWN, counted * percent / 100, counted, total, began)
    if figure.unit is Unit.NUMBER:
        return Value(State.KNOWN, counted, counted, total, began)
    if total < LEAST:
        return Value(State.TOO_FEW, None, counted, total, began)
    return Value(State.KNOWN, 100 * counted / total, counted, total, began)


@dataclass(frozen=True)
class ChannelCost:
    """amount: what the city entered for the period; None: nothing for at least one of its months. contacts: in the period."""

    channel: str
    amount: Decimal | None
    contacts: int

    @property
    def each(self) -> Decimal | None:
        return None if self.amount is None or not self.contacts else self.amount / self.contacts


def channel_costs(period: Period, counts: Counts, costs: Costs) -> list[ChannelCost]:
    """Channels with a cost or with contacts."""
    rows = [
        ChannelCost(channel, contact_costs.in_months(costs, channel, period.months), in_channel(channel)(counts))
        for channel in CHANNELS
    ]
    return [row for row in rows if row.amount is not None or row.contacts]


def _cost(period: Period, counts: Counts, settings: Settings, began: dt.date | None) -> Value:
    """Of the channels whose cost is known in all of the period; the contacts of the others are left out."""
    rows = [row for row in channel_costs(period, counts, settings.costs) if row.amount is not None]
    contacts = sum(row.contacts for row in rows)
    if not rows:
        return Value(State.NOT_SET)
    if began is not None:
        return Value(State.IN_PART)
    if contacts < LEAST:
        return Value(State.TOO_FEW, None, contacts, contacts)
    return Value(
        State.KNOWN, sum((row.amount or Decimal(0) for row in rows), Decimal(0)) / contacts, contacts, contacts
    )
