"""`train_danger`: trains the danger model on the sentences that ship (docs/danger.md). For developers; cities need not run it."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Train the model that hears danger in a text on the shipped sentences. Requires requirements-train.txt."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # Imported here, since web and worker run without scikit-learn.
            from requests_app.danger import training
        except ImportError as error:
            raise CommandError(f"{error.name} is not installed. Install requirements-train.txt first.") from None
        began = time.monotonic()
        sentences = training.train()
        self.stdout.write(f"Trained on {sentences:,} sentences in {time.monotonic() - began:.0f} s.")
