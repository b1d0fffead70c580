"""Addresses that are the same in every language: tiles, map style, place search, signs, files, what crawlers read."""

from django.urls import URLPattern, path

from requests_app.web.developers import changes, pages
from requests_app.web.explore import map_pictures, numbers, place_search, tiles
from requests_app.web.offline import app
from requests_app.web.report import sign
from requests_app.web.site import crawlers, theme

urlpatterns: list[URLPattern] = [
    path("tiles/basemap/<int:z>/<int:x>/<int:y>.mvt", tiles.basemap_tile, name="basemap_tile"),
    path("tiles/requests/<int:z>/<int:x>/<int:y>.mvt", tiles.request_tile, name="request_tile"),
    path(
        "map-pictures/<slug:signature>/<path:subject>/<slug:name>.<slug:ending>",
        map_pictures.map_picture,
        name="map_picture",
    ),
    path("map/months.json", tiles.map_months, name="map_months"),
    path("map/style.json", tiles.map_style, name="map_style"),
    path("places/search.json", place_search.place_search, name="place_search"),
    path("places/nearest.json", place_search.place_nearest, name="place_nearest"),
    path("numbers/survey.csv", numbers.numbers_csv, name="numbers_csv"),
    path("q/<path:code>", sign.sign, name="sign"),
    path("theme.css", theme.theme, name="theme"),
    path("seal/<slug:version>.<slug:ending>", theme.seal, name="seal"),
    path("city/<slug:kind>-<slug:version>.png", theme.city_image, name="city_image"),
    # Swagger UI speaks English alone.
    # In English, as its entries are.
    path("developers/changes/feed/", changes.developer_changes_feed, name="developer_changes_feed"),
    path("developers/explorer/", pages.api_explorer, name="api_explorer"),
    path("sw.js", app.service_worker, name="service_worker"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
]
