"""URLs of the demo; config/urls.py includes them only if LAMPLIGHTER_DEMO is set."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from requests_app.demo import views

app_name = "demo"
urlpatterns: list[URLPattern] = [
    path("see-as/", views.see_as, name="see_as"),
    path("links/", views.private_links, name="private_links"),
    # Moved: it has no name.
    path("developer/", RedirectView.as_view(pattern_name="requests_app:developers", permanent=True)),
    path("mail/", views.mail, name="mail"),
    path("mail/<str:name>/", views.mail_detail, name="mail_detail"),
    path("mail/<str:name>/html/", views.mail_html, name="mail_html"),
    path("texts/", views.texts, name="texts"),
    path("ring/", views.ring, name="ring"),
    path("911/", views.no_911, name="no_911"),
]
