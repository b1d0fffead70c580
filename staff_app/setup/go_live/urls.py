"""URLs of what services need before residents can use them."""

from django.urls import URLPattern, path

from staff_app.setup.go_live import approvals, go_live, service_tests

urlpatterns: list[URLPattern] = [
    path("setup/go-live/", go_live.go_live, name="go_live"),
    path("setup/services/<str:service_code>/go-live/", go_live.service_go_live, name="service_go_live"),
    path("setup/services/<str:service_code>/go-live/offer/", approvals.offer_service, name="offer_service"),
    path("setup/services/<str:service_code>/go-live/approve/", approvals.approve_emergency, name="approve_emergency"),
    path("setup/services/<str:service_code>/go-live/no-article/", approvals.no_article, name="no_article"),
    path("setup/services/<str:service_code>/go-live/test/", service_tests.start_test, name="start_test"),
    path(
        "setup/services/<str:service_code>/go-live/tests/<int:test_id>/pass/", service_tests.pass_test, name="pass_test"
    ),
]
