"""Articles for somebody who answers: found by words or by a service, each with what to say; and saying that one is wrong."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from requests_app.actions.answers import article_counts, article_problems
from requests_app.actions.people import staff_notices
from requests_app.core import markdown
from requests_app.core.localized import localized
from requests_app.models import Article, ArticleProblem
from requests_app.rules.answers import staff_articles as rules
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory
from staff_app.decorators import StaffRequest, staff_page

WORDS_MAX = 200


@staff_page
@require_safe
def staff_articles(request: StaffRequest) -> HttpResponse:
    """?q= finds them by words; ?service= lists those about a service. A piece of the page is swapped in where staff write."""
    city, user, language = request.jurisdiction, request.user, request.LANGUAGE_CODE
    q = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:WORDS_MAX]
    code = request.GET.get("service", "").replace("\x00", "")
    service = directory.of(city).service_by_code.get(code)
    found: list[rules.TakerAnswer] = []
    if q:
        found = rules.for_takers(city, q, language, user=user)
        if not found:
            article_counts.not_found(city, q)
    elif service is not None:
        found = rules.of_service(city, code, language, user=user)
    context = {
        "q": q,
        "q_max": WORDS_MAX,
        "service": localized(service.current.name) if service is not None and service.current else "",
        "answers": found,
        "is_asked": bool(q) or service is not None,
    }
    return render(request, "staff_app/articles/staff_articles.html", context)


@staff_page
@require_safe
def staff_article(request: StaffRequest, code: str) -> HttpResponse:
    article = _article_or_404(request, code, keeper_too=True)
    user, city = request.user, request.jurisdiction
    if rules.has_expired(article) and _may_write(request):
        messages.warning(
            request, _("This article has expired, so nobody is shown it. Give it a later end and publish it.")
        )
        return redirect("staff_app:edit_article", article.pk)
    staff_notices.mark_article_read(user, article)
    [answer] = rules.answers(city, [article], user=user, language=request.LANGUAGE_CODE)
    problems = ArticleProblem.objects.filter(article=article, mended_at=None).select_related("user").order_by("pk")
    context = {
        "answer": answer,
        "has_expired": rules.has_expired(article),
        "body": markdown.lead_and_rest(localized(article.body))[1],
        "problems": list(problems) if answer.is_marked else [],
        "text_max": article_problems.TEXT_MAX,
        "feedback": rules.feedback_for(user, article),
        "may_write": _may_write(request),
        "may_mend": _may_mend(request, article),
    }
    return render(request, "staff_app/articles/staff_article.html", context)


@staff_page
@require_POST
def report_wrong_article(request: StaffRequest, code: str) -> HttpResponse:
    """ "This is wrong", perhaps with what is wrong."""
    article = _article_or_404(request, code)
    text = " ".join(request.POST.get("text", "").replace("\x00", " ").split())
    article_problems.report(article, text=text, actor=request.user)
    messages.success(request, _("Thank you. We let its owner know, and it’s marked until it’s right."))
    return redirect("staff_app:staff_article", code)


@staff_page
@require_POST
def mend_article(request: StaffRequest, code: str) -> HttpResponse:
    """By who keeps it: it's right as it is. Publishing a change says so by itself."""
    article = _article_or_404(request, code)
    if not _may_mend(request, article):
        raise permissions.Denied("write_articles")
    article_problems.mend(article)
    messages.success(request, _("It’s no longer marked as wrong."))
    return redirect("staff_app:staff_article", code)


def _article_or_404(request: StaffRequest, code: str, *, keeper_too: bool = False) -> Article:
    """One that this reader may see; who writes articles also sees those of other departments. keeper_too: who keeps it, and who
    writes articles, also see one that has expired, which nobody else is shown."""
    city = request.jurisdiction
    readable = rules.readable(request.user, city)
    if _may_write(request):
        readable = Article.objects.valid().filter(jurisdiction=city)
    if keeper_too:
        published = Article.objects.filter(jurisdiction=city, published=True)
        kept = published if _may_write(request) else published.filter(owner=request.user)
        readable = published.filter(Q(pk__in=readable.values("pk")) | Q(pk__in=kept.values("pk")))
    article = readable.select_related("owner").filter(code=code).first()
    if article is None:
        raise Http404
    article.jurisdiction = city
    return article


def _may_write(request: StaffRequest) -> bool:
    return permissions.can_in_city(request.user, "write_articles", request.jurisdiction)


def _may_mend(request: StaffRequest, article: Article) -> bool:
    return _may_write(request) or article.owner_id == request.user.pk
