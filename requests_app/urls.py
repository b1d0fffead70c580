"""The resident's addresses."""

from django.urls import URLPattern, path

from requests_app.views import article, listing, pages, photo
from requests_app.views import map as public_map

app_name = "requests_app"
urlpatterns: list[URLPattern] = [
    path("requests/", listing.public_list, name="public_list"),
    path("map/", public_map.map_page, name="map"),
    path("articles/<slug:code>/", article.article, name="article"),
    path("photos/<slug:name>.jpg", photo.photo, name="photo"),
    path("photos/<slug:name>-small.jpg", photo.photo_small, name="photo_small"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("theme.css", pages.theme, name="theme"),
    path("robots.txt", pages.robots, name="robots"),
]
