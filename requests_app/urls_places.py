"""Addresses of tiles, map style and place search: for machines, the same in every language."""

from django.urls import URLPattern, path

from requests_app.views import places, tiles

urlpatterns: list[URLPattern] = [
    path("tiles/basemap/<int:z>/<int:x>/<int:y>.mvt", tiles.basemap_tile, name="basemap_tile"),
    path("tiles/requests/<int:z>/<int:x>/<int:y>.mvt", tiles.request_tile, name="request_tile"),
    path("map/style.json", tiles.map_style, name="map_style"),
    path("places/search.json", places.place_search, name="place_search"),
    path("places/nearest.json", places.place_nearest, name="place_nearest"),
]
