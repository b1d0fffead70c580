"""Gives the demo's requests their photos: drawings (requests_app/demo/drawings) that were made and scaled before they were shipped.

Nothing is decoded. Photos of one drawing are hard links to one file, so that thousands of them take no more room than it.
"""

import datetime as dt
import os
import random
import secrets
import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.storage import FileSystemStorage, default_storage

from requests_app.demo.drawings.kinds import FOLDER, HEIGHT, WIDTH, Kind, file_name, kinds
from requests_app.demo.stories import Story
from requests_app.models import Photo, ServiceVersion
from requests_app.photos import FOLDER as STORED
from requests_app.rules.work.evidence import WORK_DONE

# Invented shares: of reports by the way they came in that have a photo; of finished work, by what its service asks for.
REPORTED_WITH = {"web": 0.62, "api": 0.8, "staff": 0.45}
FINISHED_WITH = {"photo": 0.85, "visit": 0.4, "none": 0.1}
EVENING, MORNING = 19, 6


class DemoPhotos:
    """Chooses drawings for stories and puts their files where photos are kept. In a bucket there are none."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self.root = Path(default_storage.path(STORED)) if isinstance(default_storage, FileSystemStorage) else None
        # The first copy of each drawing, which later ones are links to.
        self.copies: dict[str, str] = {}
        self.folders: set[str] = set()

    def rows(self, story: Story, version: ServiceVersion, *, private: bool) -> list[dict[str, Any]]:
        """The columns of the story's photos: the reporter's, and one of the finished work."""
        if self.root is None:
            return []
        # A generator of its own, so that a change of it changes nothing else.
        rng = random.Random(f"photos {story.number}")  # noqa: S311 - stories, no secret
        chosen = self._scene(story, rng)
        if chosen is None:
            return []
        kind, number = chosen
        rows = []
        if version.photo_policy != "none" and rng.random() < REPORTED_WITH.get(story.channel, 0.0):
            rows.append(self._row(story, kind, number, story.opened_at, private=private))
        done = self._done_at(story)
        if done and number < kind.mended and rng.random() < FINISHED_WITH[version.evidence]:
            rows.append(self._row(story, kind, number, done - dt.timedelta(minutes=2), after=True))
        return rows

    def _scene(self, story: Story, rng: random.Random) -> tuple[Kind, int] | None:
        local = story.opened_at.astimezone(self.zone)
        fitting = [(kind, number) for kind in kinds() for number in kind.numbers(story.service_code, story.situation)]
        if not fitting:
            return None
        dark = local.hour >= EVENING or local.hour < MORNING
        at_this_hour = [(kind, number) for kind, number in fitting if kind.is_night(number) == dark]
        return rng.choice(at_this_hour or fitting)

    @staticmethod
    def _done_at(story: Story) -> dt.datetime | None:
        """When the work was finished, if it was."""
        if story.disposition not in WORK_DONE:
            return None
        return max((event.at for event in story.events if event.kind == "resolved"), default=None)

    def _row(
        self, story: Story, kind: Kind, number: int, at: dt.datetime, *, after: bool = False, private: bool = False
    ) -> dict[str, Any]:
        name = secrets.token_hex(16)
        self._store(kind, number, name, after=after)
        return {
            "kind": (Photo.Kind.WORK if after else Photo.Kind.REPORT).value,
            "stage": Photo.Stage.AFTER.value if after else "",
            "name": name,
            "width": WIDTH,
            "height": HEIGHT,
            "alt": kind.caption(story.language, after=after),
            "is_private": private,
            "created_at": at,
        }

    def _store(self, kind: Kind, number: int, name: str, *, after: bool) -> None:
        # As Photo.path and small_path, which would cost a model's instance each.
        folder = f"{self.root}/{name[:2]}"
        if folder not in self.folders:
            os.makedirs(folder, exist_ok=True)
            self.folders.add(folder)
        for small in (False, True):
            source = file_name(kind, number, after=after, small=small)
            target = f"{folder}/{name}{'-small' if small else ''}.jpg"
            if source in self.copies:
                try:
                    os.link(self.copies[source], target)
                    continue
                except OSError:
                    # This disk knows no links, or allows no more of them to one file.
                    pass
            shutil.copyfile(FOLDER / source, target)
            self.copies[source] = target
