"""load_demo: loads Rivermark, the demo city, with two years of requests and a staff account per role."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app import demo
from requests_app.demo import (
    alarms,
    articles,
    bulk_jobs,
    call_backs,
    call_months,
    callers,
    colleagues,
    contacts,
    crews,
    desk,
    desk_counts,
    developers,
    ending_checks,
    failed_tasks,
    moderation,
    request_reads,
    safety_notes,
    signs,
    storm,
    tasks,
    to_do,
)
from requests_app.demo.history import load as load_history
from requests_app.demo.staff import load_staff
from requests_app.imports.city import load_city
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress
from requests_app.models import Jurisdiction

# What the staff and setup pages of the demo show, apart from the requests. What the audit should show first comes last.
LOADERS = (
    articles.load, alarms.load, moderation.load, crews.load, desk.load, callers.load,
    contacts.load, colleagues.load, call_backs.load, desk_counts.load, call_months.load, ending_checks.load, signs.load, tasks.load,
    safety_notes.load, storm.load, to_do.load, bulk_jobs.load, failed_tasks.load, request_reads.load,
    developers.load,
)  # fmt: skip
RIVERMARK = Path(demo.__file__).parent / "rivermark"
# Enough for generated texts, and trained in seconds.
TEXTS_OF_A_SERVICE = 300


class Command(BaseCommand):
    help = "Load the demo city: map, addresses, catalog, staff with a published password, and invented requests."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or settings.PRODUCTION:
            raise CommandError("The demo city comes with published passwords. Set LAMPLIGHTER_DEMO=1 first.")
        try:
            jurisdiction = load_city(RIVERMARK, progress=Progress(), before_requests=load_staff, generate=load_history)
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        for load in LOADERS:
            load(jurisdiction)
        self.train(jurisdiction)
        self.stdout.write(f"{jurisdiction.name} loaded.")

    def train(self, jurisdiction: Jurisdiction) -> None:
        """Trains the suggestions on the demo's requests. Without scikit-learn, only names and keywords suggest services."""
        try:
            from requests_app.worker import training
        except ImportError:
            self.stdout.write("Suggestions not trained: install requirements-train.txt.")
            return
        try:
            training.train(jurisdiction, most=TEXTS_OF_A_SERVICE)
        except training.NotEnoughData:
            self.stdout.write("Suggestions not trained: too few requests.")
