"""The resident's addresses."""

from django.urls import URLPattern, path

from requests_app.views import (
    address,
    app,
    article,
    browse,
    emergency,
    home,
    listing,
    offline,
    offline_send,
    pages,
    photo,
    report,
    report_details,
    report_place,
    report_same,
    report_send,
    track,
)
from requests_app.views import map as public_map

app_name = "requests_app"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    # Reporting, in the order of its pages.
    path("report/", report.report, name="report"),
    path("report/offline/", offline.offline, name="offline"),
    path("report/offline/catalog.json", offline.offline_catalog, name="offline_catalog"),
    path("report/offline/token.json", offline.offline_token, name="offline_token"),
    path("report/offline/photo/", offline_send.offline_photo, name="offline_photo"),
    path("report/offline/send/", offline_send.offline_send, name="offline_send"),
    path("report/<uuid:draft_id>/problem/", report.problem, name="problem"),
    path("report/<uuid:draft_id>/emergency/", emergency.emergency, name="emergency"),
    path("report/<uuid:draft_id>/called/", emergency.called, name="called"),
    path("report/<uuid:draft_id>/service/", report.service, name="service"),
    path("report/<uuid:draft_id>/answered/", report.answered, name="answered"),
    path("report/<uuid:draft_id>/where/", report_place.where, name="where"),
    path("report/<uuid:draft_id>/where/choose/", report_place.choose_place, name="choose_place"),
    path("report/<uuid:draft_id>/thing/", report_place.thing, name="thing"),
    path("report/<uuid:draft_id>/whose/", report_place.whose, name="whose"),
    path("report/<uuid:draft_id>/same/", report_same.same, name="same"),
    path("report/<uuid:draft_id>/details/<int:number>/", report_details.details, name="details"),
    path("report/<uuid:draft_id>/photos/", report_details.draft_photos, name="draft_photos"),
    path("report/<uuid:draft_id>/other/", report_send.other, name="other"),
    path("report/<uuid:draft_id>/contact/", report_send.contact, name="contact"),
    path("report/<uuid:draft_id>/check/", report_send.check, name="check"),
    path("report/<uuid:draft_id>/sent/", report_send.sent, name="sent"),
    path("report/<uuid:draft_id>/another/", report_send.another, name="another"),
    path("forget/", report.forget, name="forget"),
    # Following: by number, and with one's private link.
    path("find/", track.find, name="find"),
    path("r/<str:reference>/", track.track, name="track"),
    # Before the other: a name may hold a hyphen too.
    path("r/<str:reference>/photos/<slug:name>-small.jpg", photo.photo_small, name="own_photo_small"),
    path("r/<str:reference>/photos/<slug:name>.jpg", photo.photo, name="own_photo"),
    path("r/<str:reference>/answer/", track.answer, name="answer"),
    path("r/<str:reference>/add/", track.add, name="add"),
    path("r/<str:reference>/still-broken/", track.still_broken, name="still_broken"),
    path("r/<str:reference>/withdraw/", track.withdraw, name="withdraw"),
    path("r/<str:reference>/stop-mails/", track.stop, name="stop"),
    path("l/<str:token>/", track.private_link, name="private_link"),
    path("l/<str:token>/stop/", track.stop_mails, name="stop_mails"),
    # Reading.
    path("requests/", listing.public_list, name="public_list"),
    path("map/", public_map.map_page, name="map"),
    path("address/", address.address, name="address"),
    path("services/", browse.services, name="services"),
    path("services/<str:code>/", browse.category, name="category"),
    path("articles/<slug:code>/", article.article, name="article"),
    path("photos/<slug:name>-small.jpg", photo.photo_small, name="photo_small"),
    path("photos/<slug:name>.jpg", photo.photo, name="photo"),
    path("app.webmanifest", app.app_manifest, name="app_manifest"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
]
