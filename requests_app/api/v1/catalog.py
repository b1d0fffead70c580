"""What can be reported, and what may answer it already: categories, services with their questions, articles, suggestions."""

import re
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.api.emergency import emergency_in
from requests_app.api.framework.problems import Problem
from requests_app.api.v1.questions import answers_schema, described
from requests_app.core import markdown
from requests_app.core.localized import localized
from requests_app.models import Article, Category, Jurisdiction, ServiceVersion
from requests_app.rules.answers import suggestions
from requests_app.rules.setup import offer_dates
from requests_app.rules.setup.offered_services import offered
from requests_app.rules.shared import intake

SERVICES, ARTICLES = 6, 4


def named(row: Any) -> dict[str, Any]:
    return {"code": row.code, "name": localized(row.name)}


def categories(city: Jurisdiction) -> list[dict[str, Any]]:
    """Those with a service that anybody may ask for."""
    used = offered(city).values("current__category")
    return [{**named(one), "icon": one.icon or None} for one in Category.objects.filter(pk__in=used)]


def services(city: Jurisdiction, category: str | None) -> list[dict[str, Any]]:
    listed = offered(city).select_related("current__service", "current__category", "current__department__calendar")
    if category is not None:
        listed = listed.filter(current__category__code=category)
    listed = listed.order_by("current__category__order", "current__category__code", "order", "service_code")
    return shaped(city, [service.current for service in listed if service.current is not None])


def service(city: Jurisdiction, code: str) -> dict[str, Any]:
    """Raises a 404 problem for a service that nobody may ask for."""
    version = find(city, code)
    questions = intake.questions_of(version)
    return {
        **shaped(city, [version])[0],
        "emergency_question": localized(version.emergency_screen) or None,
        "identity_reason": localized(version.identity_words) or None,
        "questions": [described(question, version) for question in questions],
        "answers_schema": answers_schema(questions, version),
    }


def find(city: Jurisdiction, code: str) -> ServiceVersion:
    # The address may hold what no code can, and what the database does not take (NUL).
    safe = code if re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", code) else ""
    related = ("current__service", "current__category", "current__department__calendar")
    found = offered(city).select_related(*related).filter(service_code=safe).first()
    if found is None or found.current is None:
        raise Problem("not-found", _("Service not found."))
    return found.current


def shaped(city: Jurisdiction, versions: Iterable[ServiceVersion]) -> list[dict[str, Any]]:
    versions, site, language = list(versions), links.base_url(city), get_language() or "en"
    today = {version.pk for version in offer_dates.offered_today(versions, city.zone)}
    return [
        {
            "code": version.service.service_code,
            "name": localized(version.name),
            "description": localized(version.description),
            "url": f"{site}/api/v1/services/{version.service.service_code}/",
            "html_url": f"{site}/service/{version.service.service_code}/",
            "category": named(version.category),
            "department": named(version.department),
            "keywords": version.keywords.get(language) or version.keywords.get("en") or [],
            "is_private": version.visibility == ServiceVersion.Visibility.PRIVATE,
            "photos": version.photo_policy,
            "needs_place": version.place_required,
            "needs_confirmation": version.must_confirm,
            "asset_kinds": version.asset_kinds,
            "offered": offer_dates.offer_dates(version.offered) or None,
            "is_offered_today": version.pk in today,
        }
        for version in versions
    ]


def articles(city: Jurisdiction) -> list[dict[str, Any]]:
    published = Article.objects.filter(jurisdiction=city, published=True).order_by("code")
    return [article_row(city, article) for article in published]


def article(city: Jurisdiction, code: str) -> dict[str, Any]:
    safe = code if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", code) else ""
    found = Article.objects.filter(jurisdiction=city, published=True, code=safe).first()
    if found is None:
        raise Problem("not-found", _("Article not found."))
    services = offered(city).filter(articles=found).order_by("service_code").values_list("service_code", flat=True)
    body = localized(found.body)
    return {
        **article_row(city, found),
        "body_markdown": body,
        "body_html": str(markdown.render(body)),
        "services": list(services),
    }


def article_row(city: Jurisdiction, article: Article) -> dict[str, Any]:
    language, site = get_language() or "en", links.base_url(city)
    return {
        "code": article.code,
        "title": localized(article.title),
        "language": language if article.body.get(language) else "en",
        "url": f"{site}/api/v1/articles/{article.code}/",
        "html_url": f"{site}/articles/{article.code}/",
        "updated_at": article.updated_at.astimezone(timezone.get_current_timezone()).replace(microsecond=0).isoformat(),
    }


def suggested(city: Jurisdiction, text: str) -> dict[str, Any]:
    emergency = emergency_in(city, text)
    if emergency and emergency["is_sure"]:
        return {"emergency": emergency, "services": [], "articles": []}
    found = suggestions.suggest(city, text, get_language() or "en", services=SERVICES, articles=ARTICLES)
    versions = ServiceVersion.objects.filter(pk__in=[version.pk for version in found.services])
    by_id = versions.select_related("service", "category", "department").in_bulk()
    return {
        "emergency": emergency,
        "services": shaped(city, [by_id[version.pk] for version in found.services]),
        "articles": [article_row(city, one) for one in found.articles],
    }
