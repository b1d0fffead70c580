"""What nginx shows when nothing answers behind it: the city's page that says so, and the form to write a report offline.

They are files, named as their addresses, in a folder for each host name: AWAY_ROOT/311.example.gov/es.html and
…/pages/es/report/offline/index.html. deploy/nginx/locations.conf says when they are sent.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import get_language_info, override

from requests_app import branding, outbox
from requests_app.city_request import CityRequest
from requests_app.core import units
from requests_app.models import Jurisdiction, OutboxRow
from requests_app.rules.shared.jurisdictions import page_languages

# For host names of no city, and for a city that answers to every name.
DEFAULT = "default"
# In each language.
OFFLINE = ("requests_app:offline", "requests_app:offline_catalog")


def write_row(row: OutboxRow) -> outbox.Call | None:
    """After a change of the city's row."""
    if row.jurisdiction_id is not None:
        write(Jurisdiction.objects.defer("boundary").get(pk=row.jurisdiction_id))
    return None


def write(city: Jurisdiction) -> None:
    """Writes what has changed of the city's files. Does nothing where no folder was made for them."""
    root = Path(settings.AWAY_ROOT)
    if not root.is_dir():
        return
    files = city_files(city)
    for host in city.hosts or [DEFAULT]:
        _write_folder(root / host.partition(":")[0], files)
    write_default()


def write_default() -> None:
    """The page without a city's name, for the time before there is one."""
    root = Path(settings.AWAY_ROOT)
    if root.is_dir() and not Jurisdiction.objects.filter(hosts=[]).exists():
        _write_folder(root / DEFAULT, {"index.html": render_to_string("503.html", {"path": ""}).encode()})


def city_files(city: Jurisdiction) -> dict[str, bytes]:
    """Content by path. What a page links to is a file as well, but for static files, which have a folder of their own."""
    languages = page_languages(city)
    files = {f"{code}.html": _page(city, code, languages) for code in languages}
    files["index.html"] = files[f"{languages[0]}.html"]
    looks = [branding.theme_url(city), branding.seal_url(city)]
    for code in languages:
        with override(code):
            for address in [*looks, *map(reverse, OFFLINE)]:
                path = urlsplit(address).path
                if not path.startswith(settings.STATIC_URL):
                    files[f"pages{path}{'index.html' if path.endswith('/') else ''}"] = _answer(city, code, address)
    return files


def _page(city: Jurisdiction, code: str, languages: list[str]) -> bytes:
    """The page that says that nothing answers, in one language."""
    with override(code):
        context = {
            "city": city,
            "demo": settings.DEMO,
            "theme_url": branding.theme_url(city),
            "seal_url": branding.seal_url(city),
            "others": [
                (other, get_language_info(other)["name_local"].capitalize(), _home(other))
                for other in languages
                if other != code
            ],
        }
        return render_to_string("requests_app/site/away.html", context).encode()


def _home(code: str) -> str:
    with override(code):
        return reverse("requests_app:home")


def _answer(city: Jurisdiction, code: str, address: str) -> bytes:
    """What the site answers at one of the city's addresses that are the same for every reader."""
    request = CityRequest()
    parts = urlsplit(address)
    request.method, request.path, request.path_info = "GET", parts.path, parts.path
    request.META["QUERY_STRING"] = parts.query
    request.jurisdiction, request.LANGUAGE_CODE = city, code
    match = resolve(parts.path)
    request.resolver_match = match
    with timezone.override(city.zone), units.override(city.units):
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response.content


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replaces each file whose content differs, as a whole, and deletes what is no longer one of them."""
    for name, content in files.items():
        path = folder / name
        if path.exists() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # nginx reads it as another user.
        os.chmod(fresh, 0o644)
        os.replace(fresh, path)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink(missing_ok=True)
