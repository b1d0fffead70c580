"""What a channel cost in a month, from what the city entered: the month's own amount, or a twelfth of the year's."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from requests_app.models import Channel, ContactCost

# Channels by which residents reach the desk or get an answer. Staff's own reports and imported ones are no contacts.
CHANNELS = (
    Channel.PHONE, Channel.COUNTER, Channel.WEB, Channel.API, Channel.EMAIL, Channel.TEXT, Channel.CHAT, Channel.LETTER,
)  # fmt: skip
Costs = dict[tuple[str, int, int | None], Decimal]


def by_time(rows: Iterable[ContactCost]) -> Costs:
    return {(row.channel, row.year, row.month): row.amount for row in rows}


def in_month(costs: Costs, channel: str, month: dt.date) -> Decimal | None:
    """None if the city entered nothing for it. Not rounded: twelve twelfths are the year."""
    own = costs.get((channel, month.year, month.month))
    if own is not None:
        return own
    year = costs.get((channel, month.year, None))
    return None if year is None else year / 12


def in_months(costs: Costs, channel: str, months: Iterable[dt.date]) -> Decimal | None:
    """None unless there is a cost for each of the months."""
    amounts = [in_month(costs, channel, month) for month in months]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None
