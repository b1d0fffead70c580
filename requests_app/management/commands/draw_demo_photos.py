"""draw_demo_photos: draws the pictures that the demo city's reports show as photos. They are shipped, so only changes need it."""

from typing import Any

from django.core.management.base import BaseCommand

from requests_app.demo.drawings import draw
from requests_app.demo.drawings.kinds import FOLDER


class Command(BaseCommand):
    help = "Draw the demo city's photos again, into requests_app/demo/pictures."

    def handle(self, *args: Any, **options: Any) -> None:
        FOLDER.mkdir(exist_ok=True)
        for old in FOLDER.glob("*.jpg"):
            old.unlink()
        scenes = list(draw.scenes())
        size = sum(draw.store(FOLDER, kind, number, after=after) for kind, number, after in scenes)
        self.stdout.write(f"{len(scenes)} pictures, {size / 1e6:.1f} MB with their thumbnails.")
