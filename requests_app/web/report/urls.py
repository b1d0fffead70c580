"""URLs of the report path, in the order of its pages."""

from django.urls import URLPattern, path

from requests_app.core.secret_addresses import secret
from requests_app.web.report import (
    around,
    check,
    confirm,
    contact,
    details,
    duplicates,
    emergency,
    later,
    location,
    referral,
    start,
)

urlpatterns: list[URLPattern] = [
    path("report/", start.report, name="report"),
    path("report/<uuid:draft_id>/problem/", start.problem, name="problem"),
    path("report/<uuid:draft_id>/emergency/", emergency.emergency, name="emergency"),
    path("report/<uuid:draft_id>/called/", emergency.called, name="called"),
    path("report/<uuid:draft_id>/service/", start.service, name="service"),
    path("report/<uuid:draft_id>/answered/", start.answered, name="answered"),
    path("articles/<slug:code>/send/", referral.new_referral, name="new_referral"),
    path("report/<uuid:draft_id>/send-on/<slug:code>/", referral.referral, name="referral"),
    path("report/<uuid:draft_id>/send-on/", referral.check_referral, name="check_referral"),
    path("report/<uuid:draft_id>/sent-on/", referral.referred, name="referred"),
    path("report/<uuid:draft_id>/location/", location.location, name="location"),
    path("report/<uuid:draft_id>/location/around.json", around.around, name="around"),
    path("report/<uuid:draft_id>/location/choose/", location.choose_location, name="choose_location"),
    path("report/<uuid:draft_id>/asset/", location.choose_asset, name="choose_asset"),
    path("report/<uuid:draft_id>/owner/", location.owner, name="owner"),
    path("report/<uuid:draft_id>/duplicates/", duplicates.duplicates, name="duplicates"),
    path("report/<uuid:draft_id>/details/<int:number>/", details.details, name="details"),
    path("report/<uuid:draft_id>/photos/", details.draft_photos, name="draft_photos"),
    path("report/<uuid:draft_id>/other/", contact.other, name="other"),
    path("report/<uuid:draft_id>/contact/", contact.contact, name="contact"),
    path("report/<uuid:draft_id>/check/", check.check, name="check"),
    path("report/<uuid:draft_id>/check/<slug:name>.svg", check.check_map, name="check_map"),
    path("report/<uuid:draft_id>/remove-text/", check.remove_text, name="remove_text"),
    path("report/<uuid:draft_id>/later/", later.later, name="later"),
    secret(path("report/resume/<str:token>/", later.resume, name="resume")),
    path("report/<uuid:draft_id>/sent/", contact.sent, name="sent"),
    path("report/<uuid:draft_id>/resend-confirmation/", confirm.resend_confirmation, name="resend_confirmation"),
    path("report/<uuid:draft_id>/another/", contact.another, name="another"),
    path("forget/", start.forget, name="forget"),
]
