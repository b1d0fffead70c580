"""`train_suggestions`: trains the service suggestions on earlier requests (docs/suggestions.md)."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Train the service suggestions on the city's public requests and keywords. Requires requirements-train.txt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="required if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        try:
            # Imported here, since web and worker run without scikit-learn.
            from requests_app.worker import training
        except ImportError as error:
            raise CommandError(f"{error.name} is not installed. Install requirements-train.txt first.") from None
        began = time.monotonic()
        try:
            done = training.train(jurisdiction)
        except training.NotEnoughData:
            raise CommandError(
                f"Too few requests to learn from: no word appears in {training.LEAST_REQUESTS} public requests. "
                "Suggestions still work by keywords."
            ) from None
        self.stdout.write(
            f"Trained on {done.texts:,} texts for {done.services} services ({done.features:,} words and word parts) "
            f"in {time.monotonic() - began:.0f} s."
        )
