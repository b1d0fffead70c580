"""Answers to what people ask most: the list by topic with its search, one article, and "who to call" for what isn't ours."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions.answers import article_counts, article_feedback
from requests_app.city_request import CityRequest
from requests_app.core import limits, markdown
from requests_app.core.localized import localized
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Article, ArticleTopic, DeskLine, Jurisdiction
from requests_app.rules.alarms.hotlines import help_in
from requests_app.rules.answers import suggestions
from requests_app.rules.answers.most_asked import most_asked
from requests_app.web.explore.missing_form import MissingForm
from requests_app.web.search_counts import count_unmatched

WORDS_MAX = 200
SERVICES, ARTICLES, LATEST = 3, 6, 5
# Votes counted of one network.
AN_HOUR = 60
# Texts about what was missing, kept of one network.
MISSING_AN_HOUR = 10


def published(city: Jurisdiction) -> Any:
    return Article.objects.public().filter(jurisdiction=city)


@require_safe
@cache_control(max_age=30, public=True)
def articles(request: CityRequest) -> HttpResponse:
    """?q= searches articles and services; the topics stay below."""
    city = request.jurisdiction
    q = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:WORDS_MAX]
    listed = published(city).only("code", "title", "topic", "updated_at", "jurisdiction")
    topics = ArticleTopic.objects.filter(jurisdiction=city).prefetch_related(
        Prefetch("articles", listed, to_attr="published")
    )
    context: dict[str, Any] = {
        "q": q,
        "q_max": WORDS_MAX,
        "topics": [(topic, _by_title(topic.published)) for topic in topics if topic.published],
        "others": _by_title(listed.filter(topic=None)),
    }
    if q:
        results = suggestions.suggest(city, q, request.LANGUAGE_CODE, services=SERVICES, articles=ARTICLES)
        # In danger, who can help comes first, and no service is offered.
        danger_help = help_in(city, q)
        if not (results.services or results.articles) and danger_help is None:
            count_unmatched(request, q)
        context |= {"results": results, "danger_help": danger_help}
    else:
        context |= {"most": most_asked(city), "latest": listed.order_by("-updated_at", "-pk")[:LATEST]}
    return render(request, "requests_app/explore/articles.html", context)


@require_safe
@cache_control(max_age=30, public=True)
def article(request: CityRequest, code: str) -> HttpResponse:
    article = published(request.jurisdiction).filter(code=code).prefetch_related("services__current").first()
    if article is None:
        return gone(request)
    services = [
        service
        for service in article.services.all()
        if service.active and service.current is not None and service.current.visibility != "staff"
    ]
    lead, rest = markdown.lead_and_rest(localized(article.body))
    context = {
        "article": article,
        "shared_title": localized(article.title),
        "lead": lead,
        "body": rest,
        # If the city has no text in the page's language, mark the language it is in.
        "body_language": get_language() if article.body.get(get_language() or "en") else "en",
        "services": services,
        "related": article.related.public().only("code", "title", "jurisdiction").order_by("code"),
        "thanked": "thanks" in request.GET,
    }
    return render(request, "requests_app/explore/article.html", context)


def gone(request: CityRequest) -> HttpResponse:
    """For an answer that was taken down, perhaps while somebody read it, and for one that never was."""
    return render(request, "requests_app/explore/article_gone.html", status=404)


# The article's own page has no form, so that it stays the same for everybody and can be cached.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def article_vote(request: CityRequest, code: str) -> HttpResponse:
    """ "Did this answer your question?": counted by day, with no link to anybody."""
    article = published(request.jurisdiction).filter(code=code).first()
    if article is None:
        return gone(request)
    helped = (request.POST if request.method == "POST" else request.GET).get("helped")
    if request.method != "POST" or helped not in ("yes", "no"):
        return render(request, "requests_app/explore/article_vote.html", {"article": article, "helped": helped})
    if limits.allow(request, "article_vote", AN_HOUR):
        article_counts.voted(article, helped=helped == "yes")
    return redirect(_thanks(code) if helped == "yes" else reverse("requests_app:article_missing", args=[code]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def article_missing(request: CityRequest, code: str) -> HttpResponse:
    """ "What was missing?", after a No: one box, which the article's owner reads and nobody else."""
    article = published(request.jurisdiction).filter(code=code).first()
    if article is None:
        return gone(request)
    form = MissingForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        text = form.cleaned_data["text"]
        if not text or limits.allow(request, "article_missing", MISSING_AN_HOUR):
            if text:
                article_feedback.add(article, text, language=request.LANGUAGE_CODE)
            return redirect(_thanks(code))
        form.add_error(None, too_many_requests(request.jurisdiction))
        status = 429
    elif form.errors:
        status = 422
    context = {"article": article, "form": form}
    return render(request, "requests_app/explore/article_missing.html", context, status=status)


def _thanks(code: str) -> str:
    return reverse("requests_app:article", args=[code]) + "?thanks=1#vote"


@require_safe
@cache_control(max_age=30, public=True)
def who_to_call(request: CityRequest) -> HttpResponse:
    """Who does what the city doesn't, which prints on one page; and the city's offices."""
    found = published(request.jurisdiction).filter(contact__isnull=False)
    articles = _by_title(found.only("code", "title", "contact", "jurisdiction"))
    others: list[Article] = []
    offices: dict[tuple[str, ...], list[Article]] = {}
    for article in articles:
        contact: dict[str, Any] = article.contact or {}
        if contact.get("outside"):
            others.append(article)
        else:
            key = (localized(contact["name"]), contact.get("phone") or "", localized(contact.get("hours")))
            offices.setdefault(key, []).append(article)
    listed = sorted(offices.items(), key=lambda office: [part.casefold() for part in office[0]])
    lines = DeskLine.objects.filter(jurisdiction=request.jurisdiction, is_active=True)
    return render(
        request, "requests_app/explore/who_to_call.html", {"others": others, "offices": listed, "lines": lines}
    )


def _by_title(articles: Any) -> list[Article]:
    return sorted(articles, key=lambda article: localized(article.title).casefold())
