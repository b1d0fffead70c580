"""The addresses of a demo, for tests: the process that runs them was not started as one."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as without_demo

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

# In front, as in config/urls.py: the residents' pages take what is left.
urlpatterns = [
    *i18n_patterns(path("demo/", include("requests_app.demo.urls")), prefix_default_language=False),
    *without_demo,
]
