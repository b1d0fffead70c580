"""What of a city's look has an address of its own: its seal and its colors, each under a name that its content gives."""

import base64
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from requests_app.models import Jurisdiction

# The pictures that a seal may be, by the ending of the file.
SEAL_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
NAME_LENGTH = 16


@dataclass(frozen=True)
class Seal:
    """version: the same for the same picture, another one for another."""

    version: str
    ending: str
    encoded: str

    @property
    def content_type(self) -> str:
        return SEAL_TYPES[self.ending]

    @property
    def body(self) -> bytes:
        return base64.b64decode(self.encoded)


def seal_of(jurisdiction: Jurisdiction) -> Seal | None:
    """The city's own seal, which its row holds as a data URI; None if it gave none."""
    head, _, encoded = str(jurisdiction.branding.get("seal_url", "")).partition(";base64,")
    ending = next((ending for ending, kind in SEAL_TYPES.items() if head == f"data:{kind}"), None)
    return Seal(_version(encoded), ending, encoded) if ending else None


def seal_url(jurisdiction: Jurisdiction | None) -> str:
    """Where the seal is; a plain one of ours for a city without."""
    if jurisdiction is None or (seal := seal_of(jurisdiction)) is None:
        return static("img/seal.svg")
    return reverse("seal", args=[seal.version, seal.ending])


@dataclass(frozen=True)
class Theme:
    sheet: str
    version: str


def theme_of(jurisdiction: Jurisdiction) -> Theme:
    colors = jurisdiction.colors
    return _theme(*(str(colors.get(name, "")) for name in ("primary", "header", "accent")))


def theme_url(jurisdiction: Jurisdiction) -> str:
    return f"{reverse('theme')}?{urlencode({'v': theme_of(jurisdiction).version})}"


# Every page asks for the version, and a city changes its colors once in ten years.
@lru_cache(maxsize=256)
def _theme(primary: str, header: str, accent: str) -> Theme:
    colors = {"primary": primary, "header": header, "accent": accent}
    sheet = render_to_string("requests_app/site/theme.css", {"city": {"colors": colors}})
    return Theme(sheet, _version(sheet))


def _version(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:NAME_LENGTH]
