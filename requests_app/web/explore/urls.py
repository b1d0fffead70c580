"""URLs for browsing: home, services, articles, the public list and map, areas and places."""

from django.urls import URLPattern, path

from requests_app.web.explore import (
    about_service,
    address,
    areas,
    articles,
    browse,
    collection_calendar,
    feed,
    home,
    map,
    map_cards,
    map_list,
    my_street,
    numbers,
    place,
    public_list,
    street_works,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("requests/", public_list.public_list, name="public_list"),
    path("requests/feed/", feed.feed, name="feed"),
    path("map/", map.map_page, name="map"),
    path("map/list/", map_list.map_list, name="map_list"),
    path("map/cards/<str:reference>/", map_cards.map_cards, name="map_cards"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("address/", address.address, name="address"),
    path("my-street/", my_street.my_street, name="my_street"),
    path("street-work/", street_works.street_works, name="street_works"),
    path("street-work/works.json", street_works.street_works_json, name="street_works_json"),
    path("areas/", areas.areas, name="areas"),
    path("areas/<slug:layer>/<str:code>/", areas.area, name="area"),
    path("areas/<slug:layer>/<str:code>/collection.ics", collection_calendar.area_calendar, name="area_calendar"),
    path("places/", place.places, name="places"),
    path("places/<str:path>/", place.place, name="place"),
    path("assets/<path:number>/", place.asset, name="asset"),
    path("service/<str:service_code>/", about_service.about_service, name="about_service"),
    path("services/", browse.services, name="services"),
    path("services/<str:code>/", browse.category, name="category"),
    path("articles/", articles.articles, name="articles"),
    path("articles/<slug:code>/", articles.article, name="article"),
    path("articles/<slug:code>/vote/", articles.article_vote, name="article_vote"),
    path("who-to-call/", articles.who_to_call, name="who_to_call"),
]
