"""`write_away_pages`: writes the pages that nginx shows when nothing answers behind it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from requests_app.models import Jurisdiction
from requests_app.worker import away_pages


class Command(BaseCommand):
    help = "Write the pages for an outage to AWAY_ROOT. Workers do this after each change; a new release needs it once."

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.AWAY_ROOT).mkdir(parents=True, exist_ok=True)
        away_pages.write_default()
        for city in Jurisdiction.objects.defer("boundary"):
            away_pages.write(city)
