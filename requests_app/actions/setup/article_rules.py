"""Who publishes the city's articles: their writers, or always a second person."""

from requests_app.actions.shared.city_columns import CityColumns

ARTICLE_RULES = CityColumns("city", "articles", ("second_person_publishes",))
