"""URLs of a report, found by its number or opened by its private link."""

from django.urls import URLPattern, path

from requests_app.core.secret_addresses import secret
from requests_app.web.request import (
    add_photos,
    alarm,
    edit,
    photo,
    private_link,
    reporter_actions,
    share,
    survey,
    track,
    votes,
)

urlpatterns: list[URLPattern] = [
    path("find/", track.find, name="find"),
    path("r/<str:reference>/", track.track, name="track"),
    path("r/<str:reference>/share/code.svg", share.share_code, name="share_code"),
    path("r/<str:reference>/share/card.png", share.share_card, name="share_card"),
    path("r/<str:reference>/state.json", share.state, name="state"),
    # Before the full-size photo: a name may end in "-small" too.
    path("r/<str:reference>/photos/<slug:name>-small.jpg", photo.photo_small, name="own_photo_small"),
    path("r/<str:reference>/photos/<slug:name>.jpg", photo.photo, name="own_photo"),
    path("r/<str:reference>/me-too/", votes.me_too, name="me_too"),
    path("r/<str:reference>/thanks/", votes.thanks, name="thanks"),
    path("r/<str:reference>/follow/", votes.follow_request, name="follow_request"),
    path("r/<str:reference>/edit/", edit.edit, name="edit"),
    path("r/<str:reference>/photos/", add_photos.add_photos, name="add_photos"),
    path("r/<str:reference>/photos/upload/", add_photos.upload_photo, name="upload_photo"),
    path("r/<str:reference>/answer/", reporter_actions.answer, name="answer"),
    path("r/<str:reference>/add/", reporter_actions.add, name="add"),
    path("r/<str:reference>/not-fixed/", reporter_actions.not_fixed, name="not_fixed"),
    path("r/<str:reference>/survey/", survey.survey, name="survey"),
    path("r/<str:reference>/undo-reopening/", reporter_actions.undo_reopening, name="undo_reopening"),
    path("r/<str:reference>/report-again/", reporter_actions.report_again, name="report_again"),
    path("r/<str:reference>/keep-private/", reporter_actions.keep_private, name="keep_private"),
    path("r/<str:reference>/withdraw/", reporter_actions.withdraw, name="withdraw"),
    path("r/<str:reference>/updates/", reporter_actions.updates, name="updates"),
    path("r/<str:reference>/unsubscribe/", reporter_actions.unsubscribe, name="unsubscribe"),
    secret(path("alarm/<str:token>/", alarm.alarm, name="alarm")),
    secret(path("l/<str:token>/", private_link.private_link, name="private_link")),
    secret(path("l/<str:token>/fixed/<str:value>/", private_link.survey_link, name="survey_link")),
    secret(path("l/<str:token>/keep-private/", private_link.keep_private_link, name="keep_private_link")),
    secret(path("l/<str:token>/stop/", private_link.unsubscribe_link, name="unsubscribe_link")),
    path("photos/<slug:name>-small.jpg", photo.photo_small, name="photo_small"),
    path("photos/<slug:name>-thumb.jpg", photo.photo_thumb, name="photo_thumb"),
    path("photos/<slug:name>.jpg", photo.photo, name="photo"),
]
