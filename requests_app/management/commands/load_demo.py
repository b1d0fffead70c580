"""load_demo: Rivermark, the demo city, with two years of requests and a member of staff for each role."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app import demo
from requests_app.demo.staff import load_staff
from requests_app.imports.city import load_city
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress

RIVERMARK = Path(demo.__file__).parent / "rivermark"


class Command(BaseCommand):
    help = "Load the demo city: map, addresses, catalogue, staff with a known password, and invented requests."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or settings.PRODUCTION:
            raise CommandError("The demo city comes with passwords that everybody knows: set LAMPLIGHTER_DEMO=1 first.")
        try:
            jurisdiction = load_city(RIVERMARK, progress=Progress(), before_requests=load_staff)
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{jurisdiction.name} is loaded.")
