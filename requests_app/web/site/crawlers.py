"""robots.txt and the sitemap.

Neither lists requests. A page that staff hide must be gone at once, but search engines show old copies for weeks;
besides, ten million of them would bury the forty pages that help. The public list and Open311 have them all.
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.models import Area, Article, Category, Jurisdiction, Service, ServiceVersion
from requests_app.rules.shared.jurisdictions import page_languages

PAGES = (
    "home",
    "report",
    "find",
    "address",
    "areas",
    "services",
    "public_list",
    "map",
    "street_works",
    "numbers",
    "privacy",
    "accessibility",
)


@require_safe
@cache_control(max_age=3600, public=True)
def robots(request: HttpRequest) -> HttpResponse:
    """Keeps crawlers from reports, drafts, private links and the dashboard, and from the pages of addresses and blocks."""
    closed = [
        "report/",
        "address/?",
        "places/",
        "assets/",
        "requests/?",
        "map/?",
        "l/",
        "r/",
        "find/?",
        "my/",
        "photos/",
        "staff/",
        "accounts/",
        "demo/",
    ]
    city = request.jurisdiction  # type: ignore[attr-defined]
    lines = ["User-agent: *"]
    for home in _addresses("home", city):
        # The longer rule wins, so the first page of a service's form may be indexed.
        lines += [f"Allow: {home}report/$", f"Allow: {home}report/?service="]
        lines += [f"Disallow: {home}{path}" for path in closed]
    lines += ["", f"Sitemap: {links.base_url(city)}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
@cache_control(max_age=3600, public=True)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page in each language: static pages, categories, services and their forms, areas, articles."""
    city = request.jurisdiction  # type: ignore[attr-defined]
    site = links.base_url(city)
    codes = page_languages(city)
    pages = [
        [(code, site + address) for code, address in zip(codes, addresses, strict=True)] for addresses in _pages(city)
    ]
    return render(request, "requests_app/site/sitemap.xml", {"pages": pages}, content_type="application/xml")


def _pages(city: Jurisdiction) -> Iterator[list[str]]:
    """The URLs of each page in the city's languages."""
    for name in PAGES:
        yield _addresses(name, city)
    for code in Category.objects.filter(jurisdiction=city).values_list("code", flat=True):
        yield _addresses("category", city, code)
    offered = Service.objects.filter(jurisdiction=city, active=True, current__isnull=False)
    for code in (
        offered.exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .order_by("service_code")
        .values_list("service_code", flat=True)
    ):
        yield [f"{address}?service={code}" for address in _addresses("report", city)]
        yield _addresses("about_service", city, code)
    areas = Area.objects.filter(jurisdiction=city, is_ours=True).order_by("layer", "code")
    for layer, code in areas.values_list("layer", "code"):
        yield _addresses("area", city, layer, code)
    articles = Article.objects.public().filter(jurisdiction=city)
    for code in articles.order_by("code").values_list("code", flat=True):
        yield _addresses("article", city, code)


def _addresses(name: str, city: Jurisdiction, *parts: str) -> list[str]:
    addresses = []
    for code in page_languages(city):
        with override(code):
            addresses.append(reverse(f"requests_app:{name}", args=parts))
    return addresses
