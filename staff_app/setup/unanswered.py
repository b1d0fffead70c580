"""Monday's list for those who write articles: what people searched for and didn't find, and the articles that didn't help."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from requests_app.actions.answers import settled_searches
from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.models import Article, UnansweredSearch
from requests_app.rules.answers import unanswered_searches
from staff_app.decorators import StaffRequest, need_in_city, staff_page

PERMISSION = "write_articles"


@staff_page
@require_safe
def unanswered(request: StaffRequest) -> HttpResponse:
    need_in_city(request, PERMISSION)
    city = request.jurisdiction
    articles = Article.objects.filter(jurisdiction=city).exclude(title={}).only("code", "title")
    context = {
        "searches": unanswered_searches.to_settle(city),
        "unhelpful": unanswered_searches.unhelpful(city),
        "articles": sorted(((one.pk, localized(one.title)) for one in articles), key=lambda one: one[1].casefold()),
        "languages": [(code, language_name(code)) for code in city.languages],
        "least": unanswered_searches.TIMES,
        "noes": unanswered_searches.NOES,
    }
    return render(request, "staff_app/setup/unanswered.html", context)


@staff_page
@require_POST
def settle_search(request: StaffRequest) -> HttpResponse:
    """`do`: write (a new article), add (to `article`, in `language`) or not_ours, about `text`."""
    need_in_city(request, PERMISSION)
    city, text = request.jurisdiction, request.POST.get("text", "").replace("\x00", "")
    if not UnansweredSearch.objects.filter(jurisdiction=city, words=text).exists():
        messages.info(request, _("These words aren’t on the list anymore."))
        return redirect("staff_app:unanswered")
    match request.POST.get("do"):
        case "write":
            settled_searches.begin_article(city, text, actor=request.user)
            return redirect(f"{reverse('staff_app:new_article')}?{urlencode({'words': text})}")
        case "add":
            pk = request.POST.get("article", "")
            if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
                messages.error(request, _("Choose the article that answers these words."))
                return redirect("staff_app:unanswered")
            article = get_object_or_404(Article, pk=int(pk), jurisdiction=city)
            language = request.POST.get("language", "")
            language = language if language in city.languages else city.languages[0]
            settled_searches.add_to(article, text, language=language, actor=request.user)
            messages.success(request, _("Added to the draft. Publish it, and people find it by these words."))
            return redirect("staff_app:edit_article", article.pk)
        case "not_ours":
            settled_searches.not_ours(city, text, actor=request.user)
            messages.success(request, _("These words won’t be listed again."))
    return redirect("staff_app:unanswered")
