"""`train_suggestions`: learn from earlier requests which service is meant by which words (docs/suggestions.md)."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Train the suggestions on the city's own public requests and key words. Needs requirements-train.txt."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="needed only where there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        try:
            # Only here: web and worker run without scikit-learn.
            from requests_app.worker import training
        except ImportError as error:
            raise CommandError(f"{error.name} is not installed: install requirements-train.txt first.") from None
        began = time.monotonic()
        try:
            done = training.train(jurisdiction)
        except training.TooLittle:
            raise CommandError(
                f"There is too little to learn from: no word is in {training.LEAST_REQUESTS} public requests. "
                "Key words alone go on suggesting."
            ) from None
        self.stdout.write(
            f"Learned {done.services} services from {done.texts:,} texts ({done.features:,} words and parts of words) "
            f"in {time.monotonic() - began:.0f} s."
        )
