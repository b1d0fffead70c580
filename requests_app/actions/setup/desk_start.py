"""The day on which 311 began, from which on 911 calls are compared. Who changes it later is in the audit."""

from requests_app.actions.shared.city_columns import CityColumns

DESK_START = CityColumns("city", "desk_start", ("desk_began_on",))
