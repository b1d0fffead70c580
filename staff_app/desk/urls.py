"""URLs of the 311 desk."""

from django.urls import URLPattern, path

from requests_app.core.secret_addresses import secret
from staff_app.desk import (
    call,
    call_back,
    caller_checks,
    caller_request,
    contact,
    desk,
    paper,
    phone,
    place_map,
    ring,
    slip,
    suggest,
    waiting,
)

urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/call/", call.desk_call, name="desk_call"),
    path("desk/phone/", phone.desk_phone, name="desk_phone"),
    secret(path("desk/ring/<str:token>/", ring.ring, name="ring")),
    path("desk/waiting/", waiting.waiting, name="waiting"),
    path("desk/waiting/<int:call_back_id>/", call_back.call_back, name="call_back"),
    path("desk/waiting/<int:call_back_id>/audio/", call_back.call_back_audio, name="call_back_audio"),
    path("desk/waiting/<int:call_back_id>/take/", call_back.take_call_back, name="take_call_back"),
    path("desk/waiting/<int:call_back_id>/no-answer/", call_back.no_answer, name="no_answer"),
    path("desk/waiting/<int:call_back_id>/end/", call_back.end_call_back, name="end_call_back"),
    path("desk/waiting/<int:call_back_id>/give-back/", call_back.give_back, name="give_back"),
    path("desk/wall/", waiting.wall, name="wall"),
    path("desk/shared-numbers/", caller_checks.shared_phones, name="shared_phones"),
    path("desk/<str:number>/", contact.contact, name="contact"),
    path("desk/<str:number>/box/", contact.contact_box, name="contact_box"),
    path("desk/<str:number>/caller/", contact.contact_caller, name="contact_caller"),
    path("desk/<str:number>/caller/find/", caller_checks.find_caller, name="find_caller"),
    path("desk/<str:number>/caller/check/", caller_checks.check_caller, name="check_caller"),
    path("desk/<str:number>/caller/shared/", caller_checks.share_caller_number, name="share_caller_number"),
    path("desk/<str:number>/r/<str:reference>/", caller_request.caller_request, name="caller_request"),
    path("desk/<str:number>/r/<str:reference>/open/", caller_request.open_caller_request, name="open_caller_request"),
    path("desk/<str:number>/emergency/", contact.contact_emergency, name="contact_emergency"),
    path("desk/<str:number>/park/", contact.park_contact, name="park_contact"),
    path("desk/<str:number>/close/", contact.close_contact, name="close_contact"),
    path("desk/suggest.json", suggest.desk_suggest, name="desk_suggest"),
    path("desk/<str:number>/map/<slug:name>/", place_map.contact_map, name="contact_map"),
    path("desk/<str:number>/save/", contact.save_contact, name="save_contact"),
    path("desk/<str:number>/slip/<str:reference>/", slip.contact_slip, name="contact_slip"),
    path("paper/", paper.paper, name="paper"),
    path("paper/<slug:service_code>/", paper.paper_form, name="paper_form"),
    path("r/<str:reference>/slip/", slip.slip, name="slip"),
]
