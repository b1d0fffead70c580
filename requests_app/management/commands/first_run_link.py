"""`first_run_link`: prints the link at which an empty installation becomes a city, in a browser."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from requests_app.imports import first_run
from requests_app.models import Jurisdiction


class Command(BaseCommand):
    help = "Print the link to set up the first city in a browser. It works once, for 24 hours, while there is no city."

    def handle(self, *args: Any, **options: Any) -> None:
        if Jurisdiction.objects.exists():
            raise CommandError("There is a city already. Its administrators shape it at /staff/setup/.")
        self.stdout.write(settings.SITE_URL + reverse("staff_app:first_run", args=[first_run.token()]))
