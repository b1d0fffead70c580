"""What a city sets for the overview: its goal, and whether supervisors see open requests by person."""

from requests_app.actions.shared.city_columns import CityColumns

# load_by_person_agreed: who agreed that they are shown; empty switches it off.
OVERVIEW = CityColumns("city", "overview", ("on_time_goal", "load_by_person_agreed"))
