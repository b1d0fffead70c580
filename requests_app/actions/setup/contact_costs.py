"""What the desk's channels cost, as rows of setup; and what a city sets for the value report and for planning takers."""

from decimal import Decimal

from django.utils.translation import gettext_lazy

from requests_app.actions.shared.city_columns import CityColumns
from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.models import ContactCost, Jurisdiction


def _state(cost: ContactCost) -> State:
    return {
        "channel": cost.channel,
        "year": cost.year,
        "month": cost.month,
        "amount": f"{Decimal(cost.amount):.2f}",
    }


def _columns(_city: Jurisdiction, state: State) -> Columns:
    return {**state, "amount": Decimal(state["amount"])}


COST = SetupRow("contact_cost", gettext_lazy("Cost of a channel"), ContactCost, _state, columns=_columns)
VALUE = CityColumns("city", "value", ("visits_avoided_percent", "takers_percent", "takers_answer_s", "takers_handle_s"))
