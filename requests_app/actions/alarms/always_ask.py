"""Whether every report is asked if anyone is in danger, whatever it says, and who at the 911 center approved that."""

from requests_app.actions.shared.city_columns import CityColumns

ALWAYS_ASK = CityColumns("city", "always_ask", ("always_ask_emergency", "always_ask_approver", "always_ask_review_by"))
