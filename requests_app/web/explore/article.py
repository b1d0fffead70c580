"""One article: the answer to a question that many people have."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import markdown
from requests_app.localized import localized
from requests_app.models import Article


@require_safe
@cache_control(max_age=30, public=True)
def article(request: HttpRequest, code: str) -> HttpResponse:
    found = (
        Article.objects.filter(jurisdiction=request.jurisdiction, code=code, published=True)  # type: ignore[attr-defined]
        .prefetch_related("services__current")
        .first()
    )
    if found is None:
        raise Http404
    services = [
        service
        for service in found.services.all()
        if service.active and service.current is not None and service.current.visibility != "staff"
    ]
    return render(
        request,
        "requests_app/explore/article.html",
        {
            "article": found,
            "shared_title": localized(found.title),
            "body": markdown.render(localized(found.body)),
            # If the city has no text in the page's language, mark the language it is in.
            "body_language": get_language() if found.body.get(get_language() or "en") else "en",
            "services": services,
        },
    )
