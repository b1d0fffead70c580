"""For `lampctl backup`: notes in the database that it's about to be backed up, and prints what a restore needs, as JSON."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from requests_app.actions.privacy import erasure_list
from requests_app.actions.setup import restores
from requests_app.core import releases
from requests_app.models import Photo
from requests_app.rules.shared import installation


class Command(BaseCommand):
    help = "Prints the release, the list of erasures and whether the database is a copy, for lampctl backup."

    def handle(self, *args: Any, **options: Any) -> None:
        is_copy = installation.is_copy()
        if not is_copy:
            restores.begin_installation()
            restores.mark()
        facts = {
            "is_copy": is_copy,
            "release": releases.current(),
            "migrations": releases.migrations(),
            "site_url": settings.SITE_URL,
            "photos": Photo.objects.count(),
            "erasures": erasure_list.entries(),
        }
        self.stdout.write(json.dumps(facts))
