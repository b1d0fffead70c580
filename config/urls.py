"""The root URL configuration. docs/urls.md lists all URLs."""

from allauth.account.views import confirm_email, password_reset_from_key
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path

from requests_app.core.secret_addresses import secret
from requests_app.web.site import metrics, probes

# For machines: no language prefix.
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", probes.healthz, name="healthz"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("open311/", include("requests_app.api.open311.urls")),
    path("api/v1/staff/", include("staff_app.api.urls")),
    path("api/", include("requests_app.api.urls")),
    path("", include("requests_app.web.urls_unprefixed")),
]

# For people: English at /…, Spanish at /es/….
urlpatterns += i18n_patterns(
    path("staff/", include("staff_app.urls")),
    # As in allauth.urls, to mark them.
    secret(re_path(r"^accounts/confirm-email/(?P<key>[-:\w]+)/$", confirm_email, name="account_confirm_email"), "key"),
    secret(
        re_path(
            r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
            password_reset_from_key,
            name="account_reset_password_from_key",
        ),
        "key",
    ),
    path("accounts/", include("allauth.urls")),
    *([path("demo/", include("requests_app.demo.urls"))] if settings.DEMO else []),
    path("", include("requests_app.web.urls")),
    prefix_default_language=False,
)

handler400 = "requests_app.error_pages.bad_request"
handler403 = "requests_app.error_pages.forbidden"
handler404 = "requests_app.error_pages.not_found"
handler500 = "requests_app.error_pages.server_error"
