"""The city's watches: after how many days without an update staff are asked why, and how many endings are checked each week."""

from requests_app.actions.shared.city_columns import CityColumns

WATCH = CityColumns("city", "watch", ("silent_days", "checked_endings"))
