"""URLs of the demo; config/urls.py includes them only if LAMPLIGHTER_DEMO is set."""

from django.urls import URLPattern, path

from requests_app.demo import views

app_name = "demo"
urlpatterns: list[URLPattern] = [
    path("see-as/", views.see_as, name="see_as"),
    path("links/", views.private_links, name="private_links"),
    path("developer/", views.developer, name="developer"),
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.mail_detail, name="mail_detail"),
    path("texts/", views.texts, name="texts"),
    path("911/", views.no_911, name="no_911"),
]
