"""Photos: decoded, turned, stripped, shrunk in a child process with limits; only our own re-encoding is ever stored."""

import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from requests_app.models import Draft, Jurisdiction, Photo, ServiceRequest

# Where Photo.path lies.
FOLDER = "photos"
DECODE_TIMEOUT_S = 20
PHOTOS_MAX = 5


class PhotoRefused(Exception):
    """str() says why, and what to do, in the reader's language."""


def refusal(code: str) -> str:
    return {
        "too_big": _("This photo is larger than 12 MB. Choose a smaller one."),
        "too_many_pixels": _("This photo has too many pixels. Choose a smaller one."),
        "not_a_photo": _("This file is not a photo we can read. Use a JPEG, PNG, WebP or HEIC photo."),
        "too_many": _("You can add up to %(most)s photos.") % {"most": PHOTOS_MAX},
    }.get(code, _("We could not read this photo. Try another one."))


def take(
    upload: IO[bytes],
    *,
    size: int,
    jurisdiction: Jurisdiction,
    draft: Draft | None = None,
    service_request: ServiceRequest | None = None,
    kind: str = Photo.Kind.REPORT,
    alt: str = "",
) -> Photo:
    """Stores one upload as a re-encoded JPEG of at most 2048 px and a thumbnail. Raises PhotoRefused.

    The files are written under a random name before the row: a crash in between leaves a file that nobody can find, and that
    the sweep removes, never a row without its file.
    """
    if size > settings.PHOTO_MAX_BYTES:
        raise PhotoRefused(refusal("too_big"))
    with tempfile.TemporaryDirectory(prefix="lamplighter-photo-") as folder:
        source = Path(folder, "upload")
        with source.open("wb") as file:
            while chunk := upload.read(1 << 20):
                file.write(chunk)
        large, small = Path(folder, "large.jpg"), Path(folder, "small.jpg")
        width, height = _decode(source, large, small)
        photo = Photo(
            jurisdiction=jurisdiction,
            draft=draft,
            service_request=service_request,
            kind=kind,
            name=secrets.token_hex(16),
            width=width,
            height=height,
            alt=alt[:300],
        )
        default_storage.save(photo.path, ContentFile(large.read_bytes()))
        default_storage.save(photo.small_path, ContentFile(small.read_bytes()))
    photo.save()
    return photo


def _decode(source: Path, large: Path, small: Path) -> tuple[int, int]:
    """In a child process: a bomb or a broken decoder takes the child, not the web server."""
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("photo_child.py")),
        str(source),
        str(large),
        str(small),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=DECODE_TIMEOUT_S, check=False, env={"PATH": "/usr/bin:/bin"}
        )
    except subprocess.TimeoutExpired:
        raise PhotoRefused(refusal("broken")) from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {"error": "broken"}
    if "error" in answer:
        raise PhotoRefused(refusal(answer["error"]))
    return int(answer["width"]), int(answer["height"])


def remove(photo: Photo) -> None:
    remove_files(photo)
    photo.delete()


def remove_files(photo: Photo) -> None:
    for path in (photo.path, photo.small_path):
        default_storage.delete(path)
