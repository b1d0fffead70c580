"""The site's addresses with the demo's: the settings of the tests leave them out, as production does."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as without_demo

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    *i18n_patterns(path("demo/", include("requests_app.demo.urls")), prefix_default_language=False),
    *without_demo,
]
