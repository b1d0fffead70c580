"""App configuration of the domain and its public pages and APIs."""

from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    name = "requests_app"
    verbose_name = "Service requests"

    def ready(self) -> None:
        from requests_app import checks  # noqa: F401  (registers the system checks)
        from requests_app.core import logs

        logs.configure()
