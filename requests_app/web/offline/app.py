"""The site as an installable app: its manifest, and the service worker that caches the offline page."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import branding
from requests_app.city_request import CityRequest
from requests_app.core.service_worker import worker_script
from requests_app.drawing import colors
from requests_app.rules.shared.jurisdictions import page_languages

PAPER = "#ffffff"
DEFAULT_HEADER = "#162e51"
# Scripts shared by the page and the worker, in the order the worker imports them.
WORKER_SCRIPTS = ["js/offline/database.js", "js/offline/store.js", "js/offline/sending.js", "js/offline/worker.js"]
# Everything the offline page needs to look and work the same without a network.
SHELL_FILES = [
    "vendor/uswds/uswds.css",
    "css/site.css",
    "css/report.css",
    "css/offline.css",
    "vendor/uswds/fonts/public-sans-Regular-latin.woff2",
    "vendor/uswds/fonts/public-sans-Bold-latin.woff2",
    "vendor/uswds/icons.svg",
    "vendor/uswds/img/usa-icons/error.svg",
    "img/icon.svg",
    "js/submit-once.js",
    "js/vote.js",
    "js/photo-shrink.js",
    *(
        f"js/offline/{name}"
        for name in sorted(path.name for path in (settings.BASE_DIR / "static/js/offline").glob("*.js"))
    ),
]


@require_safe
@cache_control(max_age=30, public=True)
def app_manifest(request: CityRequest) -> JsonResponse:
    """The installed app opens the first page of a report, which carries the emergency strip."""
    city = request.jurisdiction
    name = f"{city.name} {city.desk_number}".strip()
    header = colors.adjusted(colors.parse(city.colors.get("header"), DEFAULT_HEADER), (0, 0, 0), colors.WHITE)
    icons = [("app-192", 192, "any"), ("app-512", 512, "any"), ("app-maskable-512", 512, "maskable")]
    manifest: dict[str, Any] = {
        "id": "/",
        "name": name,
        "short_name": city.desk_number or city.name[:12],
        "description": _("Report a problem to the city, even offline."),
        "lang": request.LANGUAGE_CODE,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": reverse("requests_app:report"),
        "scope": "/",
        "display": "standalone",
        "theme_color": colors.css(header),
        "background_color": PAPER,
        "icons": [
            {"src": static(f"img/{file}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for file, size, purpose in icons
        ],
        "shortcuts": [
            {"name": _("Report offline"), "url": reverse("requests_app:offline")},
            {"name": _("My street"), "url": reverse("requests_app:my_street")},
            {"name": _("Check a report"), "url": reverse("requests_app:find")},
        ],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True, max_age=0)
def service_worker(request: CityRequest) -> HttpResponse:
    """Served at the root, since a worker controls no page above its own path. Never cached."""
    shell = _shell(request)
    answer = worker_script(shell, WORKER_SCRIPTS, SHELL_FILES)
    answer["Service-Worker-Allowed"] = "/"
    return answer


def _shell(request: CityRequest) -> dict[str, Any]:
    """The URLs that the worker caches: the same for every reader."""
    looks = [branding.theme_url(request.jurisdiction), branding.seal_url(request.jurisdiction)]
    pages = []
    # The default language comes last: its prefix is the root, which every path starts with.
    for code in sorted(page_languages(request.jurisdiction), key=lambda code: code == settings.LANGUAGE_CODE):
        with override(code):
            pages.append(
                {
                    "language": code,
                    "prefix": reverse("requests_app:home"),
                    "start": reverse("requests_app:report"),
                    "offline": reverse("requests_app:offline"),
                    "catalog": reverse("requests_app:offline_catalog"),
                    "more": [reverse("demo:no_911")] if settings.DEMO else [],
                }
            )
    return {
        "name": "lamplighter",
        "sync": "send-reports",
        "looks": looks,
        "pages": pages,
        "never": [path for page in pages for path in _never(str(page["prefix"]))],
    }


def _never(prefix: str) -> list[str]:
    """The path prefixes that the worker ignores."""
    return [f"{prefix}{room}/" for room in ("staff", "accounts", "open311", "tiles")]
