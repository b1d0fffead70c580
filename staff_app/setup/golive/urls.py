"""URLs of what services need before residents can use them."""

from django.urls import URLPattern, path

from staff_app.setup.golive import approvals, golive, service_tests

urlpatterns: list[URLPattern] = [
    path("setup/go-live/", golive.golive, name="golive"),
    path("setup/services/<str:service_code>/go-live/", golive.service_golive, name="service_golive"),
    path("setup/services/<str:service_code>/go-live/offer/", approvals.offer_service, name="offer_service"),
    path("setup/services/<str:service_code>/go-live/approve/", approvals.approve_emergency, name="approve_emergency"),
    path("setup/services/<str:service_code>/go-live/no-article/", approvals.no_article, name="no_article"),
    path("setup/services/<str:service_code>/go-live/test/", service_tests.start_test, name="start_test"),
    path(
        "setup/services/<str:service_code>/go-live/tests/<int:test_id>/pass/", service_tests.pass_test, name="pass_test"
    ),
]
