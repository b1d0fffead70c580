"""What can be reported, and what may answer it already: the rows that catalog_serializers.py shows."""

import re
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app.api.emergency import emergency_in
from requests_app.api.framework.problems import Problem
from requests_app.models import Article, Category, Jurisdiction, Service, ServiceVersion
from requests_app.rules.answers import suggestions
from requests_app.rules.setup.offered_services import offered

SERVICES, ARTICLES = 6, 4


def categories(city: Jurisdiction) -> QuerySet[Category]:
    """Those with a service that anybody may ask for."""
    return Category.objects.filter(pk__in=offered(city).values("current__category"))


def services(city: Jurisdiction, category: str | None) -> list[ServiceVersion]:
    listed = _with_related(city)
    if category is not None:
        listed = listed.filter(current__category__code=category)
    listed = listed.order_by("current__category__order", "current__category__code", "order", "service_code")
    return [service.current for service in listed if service.current is not None]


def find(city: Jurisdiction, code: str) -> ServiceVersion:
    """Raises a 404 problem for a service that nobody may ask for."""
    # The address may hold what no code can, and what the database does not take (NUL).
    safe = code if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", code) else ""
    service = _with_related(city).filter(service_code=safe).first()
    if service is None or service.current is None:
        raise Problem("not-found", _("Service not found."))
    return service.current


def _with_related(city: Jurisdiction) -> QuerySet[Service]:
    return offered(city).select_related("current__service", "current__category", "current__department__calendar")


def articles(city: Jurisdiction) -> QuerySet[Article]:
    return Article.objects.public().filter(jurisdiction=city).order_by("code")


def find_article(city: Jurisdiction, code: str) -> Article:
    """Raises a 404 problem."""
    safe = code if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", code) else ""
    article = articles(city).filter(code=safe).first()
    if article is None:
        raise Problem("not-found", _("Article not found."))
    article.jurisdiction = city
    return article


def suggested(city: Jurisdiction, text: str) -> dict[str, Any]:
    emergency = emergency_in(city, text)
    if emergency and emergency["is_sure"]:
        return {"emergency": emergency, "services": [], "articles": []}
    matches = suggestions.suggest(city, text, get_language() or "en", services=SERVICES, articles=ARTICLES)
    versions = ServiceVersion.objects.filter(pk__in=[version.pk for version in matches.services])
    by_id = versions.select_related("service", "category", "department").in_bulk()
    return {
        "emergency": emergency,
        "services": [by_id[version.pk] for version in matches.services],
        "articles": matches.articles,
    }
