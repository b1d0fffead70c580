"""A city's seal and theme colors, each served at an address with a hash of its content."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

import resvg_py
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from requests_app.drawing.social_card import HEADER, SocialCard
from requests_app.models import CityImage, Jurisdiction

# The image types allowed for a seal, by file extension.
SEAL_TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}
NAME_LENGTH = 16
SEAL_PX = 96
# <image>, <feImage>, and entities that could spell them.
REFERS_TO_FILES = re.compile(rb"image|<!entity|&#", re.IGNORECASE)


@dataclass(frozen=True)
class Seal:
    """version: a hash of the image."""

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
    """Decodes the city's seal, stored as a data URI. None if the city has no seal of its own."""
    head, _, encoded = str(jurisdiction.branding.get("seal_url", "")).partition(";base64,")
    ending = next((ending for ending, kind in SEAL_TYPES.items() if head == f"data:{kind}"), None)
    return Seal(_version(encoded), ending, encoded) if ending else None


def seal_url(jurisdiction: Jurisdiction | None) -> str:
    """The address of the city's seal, or of our default seal."""
    if jurisdiction is None or (seal := seal_of(jurisdiction)) is None:
        return static("img/seal.svg")
    return reverse("seal", args=[seal.version, seal.ending])


def seal_picture_url(jurisdiction: Jurisdiction) -> str:
    """The seal's address for email programs, which know neither SVG nor WebP; empty if it can't be had as PNG or JPEG."""
    seal = seal_of(jurisdiction)
    if seal is None:
        return static("img/seal.png")
    if seal.ending in ("png", "jpg"):
        return reverse("seal", args=[seal.version, seal.ending])
    return reverse("seal", args=[seal.version, "png"]) if seal_png(seal) else ""


@lru_cache(maxsize=64)
def seal_png(seal: Seal) -> bytes | None:
    """A drawn seal as a PNG, SEAL_PX high. None if it isn't drawn, or may refer to other files, which the renderer would open."""
    if seal.ending != "svg" or REFERS_TO_FILES.search(seal.body):
        return None
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=seal.body.decode(), height=SEAL_PX, skip_system_fonts=True))
    except (UnicodeDecodeError, ValueError):
        return None


def social_card(jurisdiction: Jurisdiction, title: str, line: str) -> SocialCard:
    """The picture of a link to a page of this city, for social_card.png()."""
    seal = seal_of(jurisdiction)
    picture = _default_seal() if seal is None else _drawable(seal)
    header = str(jurisdiction.colors.get("header") or HEADER)
    return SocialCard(title, line, f"{jurisdiction.name} 311", header, picture)


def _drawable(seal: Seal) -> bytes:
    """As a PNG or JPEG; nothing if it can't be had as one."""
    return seal.body if seal.ending in ("png", "jpg") else seal_png(seal) or b""


@lru_cache(maxsize=1)
def _default_seal() -> bytes:
    return (settings.BASE_DIR / "static/img/seal.png").read_bytes()


def encoded_seal(ending: str, content: bytes) -> str:
    """The picture as a data URI: it becomes part of the row, and a page then needs no file."""
    return f"data:{SEAL_TYPES[ending]};base64,{base64.b64encode(content).decode()}"


def image_of(jurisdiction: Jurisdiction, kind: str, version: str) -> bytes | None:
    """The content of the city's logo or card, if this is its current version."""
    found = CityImage.objects.filter(jurisdiction=jurisdiction, kind=kind, version=version).first()
    return bytes(found.content) if found else None


def image_url(jurisdiction: Jurisdiction | None, kind: str) -> str:
    """The address of the city's logo or card; empty if it has none. The version is in the branding, which pages read anyway."""
    version = (jurisdiction.branding.get("images") or {}).get(kind) if jurisdiction else None
    return reverse("city_image", args=[kind, version]) if version else ""


def version_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:NAME_LENGTH]


@dataclass(frozen=True)
class Theme:
    sheet: str
    version: str


def theme_of(jurisdiction: Jurisdiction) -> Theme:
    colors = jurisdiction.colors
    return _theme(*(str(colors.get(name, "")) for name in ("primary", "header", "accent")))


def theme_url(jurisdiction: Jurisdiction) -> str:
    return f"{reverse('theme')}?{urlencode({'v': theme_of(jurisdiction).version})}"


# Every page needs the version, and a city rarely changes its colors.
@lru_cache(maxsize=256)
def _theme(primary: str, header: str, accent: str) -> Theme:
    colors = {"primary": primary, "header": header, "accent": accent}
    sheet = render_to_string("requests_app/site/theme.css", {"city": {"colors": colors}})
    return Theme(sheet, _version(sheet))


def _version(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:NAME_LENGTH]
