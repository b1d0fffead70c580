"""URLs of residents' accounts: My reports, and following an area, a service, a place or an asset."""

from django.urls import URLPattern, path

from requests_app.core.secret_addresses import secret
from requests_app.web.account import follow, my, my_contact, my_copy, my_erase, unsubscribe, verify

urlpatterns: list[URLPattern] = [
    path("my/", my.my, name="my"),
    path("my/r/<str:reference>/", my.my_request, name="my_request"),
    path("my/updates/<int:subscription_id>/", my.my_updates, name="my_updates"),
    path("my/contact/", my_contact.my_contact, name="my_contact"),
    path("my/copy/", my_copy.my_copy, name="my_copy"),
    path("my/erase/", my_erase.my_erase, name="my_erase"),
    path("my/sign-out/", my.my_sign_out, name="my_sign_out"),
    path("follow/", follow.follow, name="follow"),
    secret(path("c/<str:token>/", verify.verify, name="verify")),
    secret(path("d/<str:token>/stop/", unsubscribe.unsubscribe_digest_link, name="unsubscribe_digest_link")),
]
