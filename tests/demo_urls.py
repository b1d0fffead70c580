"""The URLs of a demo, for tests, because the test process itself does not run as one."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as without_demo

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# First, as in config/urls.py, because the residents' URLs match the rest.
urlpatterns = [
    *i18n_patterns(path("demo/", include("requests_app.demo.urls")), prefix_default_language=False),
    *without_demo,
]
