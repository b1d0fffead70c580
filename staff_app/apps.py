"""The staff dashboard: queue, request page, moderation, setup. It has no domain tables and no rules of its own."""

from django.apps import AppConfig


class StaffAppConfig(AppConfig):
    name = "staff_app"
    verbose_name = "Staff dashboard"
