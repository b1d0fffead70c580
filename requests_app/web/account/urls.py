"""Addresses of residents: My requests, and following an area, a service, a place or an asset."""

from django.urls import URLPattern, path

from requests_app.web.account import follow, my, my_data

urlpatterns: list[URLPattern] = [
    path("my/", my.my, name="my"),
    path("my/r/<str:reference>/", my.my_request, name="my_request"),
    path("my/updates/<int:subscription_id>/", my.my_news, name="my_news"),
    path("my/contact/", my_data.my_contact, name="my_contact"),
    path("my/copy/", my_data.my_copy, name="my_copy"),
    path("my/erase/", my_data.my_erase, name="my_erase"),
    path("my/sign-out/", my.my_sign_out, name="my_sign_out"),
    path("follow/", follow.follow, name="follow"),
    path("c/<str:token>/", follow.prove, name="prove"),
    path("d/<str:token>/stop/", follow.stop_digest, name="stop_digest"),
    path("r/<str:reference>/updates/", follow.news, name="news"),
]
