"""load_demo: Rivermark, the demo city, with two years of requests and a member of staff for each role."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app import demo
from requests_app.demo import moderation
from requests_app.demo.history import load as load_history
from requests_app.demo.staff import load_staff
from requests_app.imports.city import load_city
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress
from requests_app.models import Jurisdiction

RIVERMARK = Path(demo.__file__).parent / "rivermark"
# Enough for invented texts, and learned in a few seconds.
TEXTS_OF_A_SERVICE = 300


class Command(BaseCommand):
    help = "Load the demo city: map, addresses, catalogue, staff with a known password, and invented requests."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or settings.PRODUCTION:
            raise CommandError("The demo city comes with passwords that everybody knows: set LAMPLIGHTER_DEMO=1 first.")
        try:
            jurisdiction = load_city(RIVERMARK, progress=Progress(), before_requests=load_staff, generate=load_history)
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        moderation.load(jurisdiction)
        self.train(jurisdiction)
        self.stdout.write(f"{jurisdiction.name} is loaded.")

    def train(self, jurisdiction: Jurisdiction) -> None:
        """The suggestions, from the demo's own requests; without scikit-learn, names and key words go on suggesting."""
        try:
            from requests_app.worker import training
        except ImportError:
            self.stdout.write("The suggestions were not trained: that needs requirements-train.txt.")
            return
        try:
            training.train(jurisdiction, most=TEXTS_OF_A_SERVICE)
        except training.TooLittle:
            self.stdout.write("The suggestions were not trained: there are too few requests.")
