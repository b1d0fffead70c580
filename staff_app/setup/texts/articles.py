"""Articles: the list, a draft with its preview in each language, publishing, and earlier versions."""

import datetime as dt
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.answers import articles as actions
from requests_app.actions.people import staff_notices
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.core import markdown
from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.messages.setup_differences import differences
from requests_app.models import Article, ArticleProblem, Jurisdiction, SetupChange
from requests_app.rules.answers.staff_articles import feedback_for
from requests_app.rules.setup.catalog_rows import ARTICLE_REFERS_TO
from requests_app.rules.shared.names import Names
from requests_app.rules.shared.text_diff import Piece, text_diff
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.audit.wording import action_words
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import Edit
from staff_app.setup.forms import ASKED_MAX
from staff_app.setup.listing import Column, listing
from staff_app.setup.texts.forms import TITLE_MAX, ArticleForm

TABS = {
    "": gettext_lazy("All"),
    "wrong": gettext_lazy("Said to be wrong"),
    "due": gettext_lazy("Due for review"),
    "drafts": gettext_lazy("Drafts"),
}
COLUMNS = {
    "title": Column(gettext_lazy("Title"), ("code", "id")),
    "state": Column(gettext_lazy("State")),
    "owner": Column(gettext_lazy("Owner"), ("owner__name", "id")),
    "review": Column(gettext_lazy("Review on"), ("review_on", "id")),
}


@dataclass(frozen=True)
class Preview:
    """One language as residents will read it."""

    language: str
    name: str
    title: str
    body: SafeString


@dataclass(frozen=True)
class Difference:
    """Words of one field in one language, as a diff."""

    label: str
    language: str
    pieces: list[Piece]


@staff_page
def articles(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "write_articles")
    city, show = request.jurisdiction, request.GET.get("show", "")
    show = show if show in TABS else ""
    today = timezone.localdate()
    rows = Article.objects.filter(jurisdiction=city).select_related("owner")
    marked = ArticleProblem.objects.filter(article=OuterRef("pk"), mended_at=None)
    rows = rows.annotate(is_marked=Exists(marked))
    if show == "wrong":
        rows = rows.filter(is_marked=True)
    elif show == "due":
        rows = rows.filter(review_on__lte=today)
    elif show == "drafts":
        rows = rows.filter(Q(draft__isnull=False) | Q(published=False))
    context = {
        "list": listing(
            request,
            rows,
            caption=_("Articles"),
            columns=COLUMNS,
            row_template="staff_app/setup/texts/_article_row.html",
            empty=_("No articles are due for review.") if show == "due" else _("No articles here yet."),
            search=["code", *(f"{field}__{code}" for field in ("title", "draft__title") for code in city.languages)],
            kept={"show": show} if show else {},
            describe=lambda page_rows: [describe(article, today) for article in page_rows],
        ),
        "tabs": [{"code": code, "name": name} for code, name in TABS.items()],
        "show": show,
    }
    return render(request, "staff_app/setup/texts/articles.html", context)


def describe(article: Article, today: dt.date) -> dict[str, Any]:
    return {
        "article": article,
        "name": actions.name_of(article),
        "is_due": article.review_on is not None and article.review_on <= today,
    }


@staff_page
def new_article(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "write_articles")
    # What people didn't find, from the list of unanswered questions.
    words = request.GET.get("words", "").replace("\x00", "")[:ASKED_MAX]
    first = request.jurisdiction.languages[0]
    initial = {f"title_{first}": words.capitalize()[:TITLE_MAX], f"asked_{first}": words} if words else None
    edit = Edit(request, partial(ArticleForm, city=request.jurisdiction, initial=initial), seen="")
    form = edit.form
    if form.is_valid() and "preview" not in request.POST:
        article = actions.create(
            request.jurisdiction,
            form.draft(),
            owner=form.cleaned_data["owner"],
            review_on=form.cleaned_data["review_on"],
            actor=request.user,
        )
        messages.success(request, _("The draft is saved. Residents don’t see it until you publish it."))
        return redirect("staff_app:edit_article", article.pk)
    return _page(request, edit, None)


@staff_page
def edit_article(request: StaffRequest, article_id: int) -> HttpResponse:
    article = get_city_row_or_404(request, "write_articles", Article, article_id)
    prefetch_related_objects([article], *ARTICLE_REFERS_TO)
    initial = ArticleForm.initial_for(actions.draft_of(article), article)
    # The log has what was published, not who wrote the draft.
    edit = Edit(
        request,
        partial(ArticleForm, city=request.jurisdiction, code=article.code, initial=initial),
        seen=actions.seen_of(article),
    )
    form = edit.form
    if edit.is_valid() and "preview" not in request.POST:
        try:
            actions.save_draft(
                article.pk,
                form.draft(),
                owner=form.cleaned_data["owner"],
                review_on=form.cleaned_data["review_on"],
                seen=edit.seen,
                actor=request.user,
            )
        except ChangedMeanwhile as changed:
            return _page(request, edit, article, changed)
        messages.success(request, edit.saved(_("The draft is saved. Residents don’t see it until you publish it.")))
        return redirect("staff_app:edit_article", article.pk)
    return _page(request, edit, article)


def _page(
    request: StaffRequest, edit: Edit[ArticleForm], article: Article | None, changed: ChangedMeanwhile | None = None
) -> HttpResponse:
    form = edit.form
    draft = form.draft() if form.is_bound and form.is_valid() else actions.draft_of(article) if article else None
    live = actions.catalog_fields(article) if article and article.title else None
    is_own_draft = article is not None and actions.needs_second_person(article, request.user)
    context = {
        "article": article,
        "problems": _problems(request, article),
        "feedback": feedback_for(request.user, article) if article else [],
        "may_mend": True,
        "is_own_draft": is_own_draft,
        "name": actions.name_of(article) if article else "",
        "previews": previews(request.jurisdiction, draft) if draft else [],
        "changes": differences(
            actions.KIND,
            _without_texts(live),
            {**_without_texts(actions.draft_of(article)), "published": live["published"]},
            Names(request.jurisdiction),
        )
        if article and live and article.draft
        else [],
        "diffs": text_differences(request.jurisdiction, live, actions.draft_of(article))
        if article and live and article.draft
        else [],
        "may_publish": article is not None and (article.draft is not None or not article.published),
    }
    return edit_page(request, "staff_app/setup/texts/edit_article.html", context, form, edit=edit, changed=changed)


def _problems(request: StaffRequest, article: Article | None) -> list[ArticleProblem]:
    if article is None:
        return []
    if request.method == "GET":
        staff_notices.mark_article_read(request.user, article)
    problems = ArticleProblem.objects.filter(article=article, mended_at=None)
    return list(problems.select_related("user").order_by("pk"))


def _without_texts(state: dict[str, Any]) -> dict[str, Any]:
    """Without what is shown word by word."""
    return {name: value for name, value in state.items() if name not in ("title", "body")}


def previews(city: Jurisdiction, draft: dict[str, Any]) -> list[Preview]:
    return [
        Preview(
            language,
            language_name(language),
            draft["title"].get(language, ""),
            markdown.render(draft["body"].get(language, "")),
        )
        for language in city.languages
    ]


def text_differences(city: Jurisdiction, before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Only of texts that differ."""
    return [
        Difference(f"{label} ({language_name(language)})", language, text_diff(old, new))
        for field, label in (("title", _("Title")), ("body", _("Text")))
        for language in city.languages
        if (old := before.get(field, {}).get(language, "")) != (new := after.get(field, {}).get(language, ""))
    ]


@staff_page
@require_POST
def publish_article(request: StaffRequest, article_id: int) -> HttpResponse:
    article = get_city_row_or_404(request, "write_articles", Article, article_id)
    if request.POST.get("seen") != actions.seen_of(article):
        messages.error(request, _("Someone changed it meanwhile. Look at it again before you publish it."))
        return redirect("staff_app:edit_article", article.pk)
    try:
        article = actions.publish(article.pk, note=request.POST.get("note", "")[:500], actor=request.user)
    except actions.MissingWords as found:
        names = ", ".join(language_name(language) for language in found.languages)
        messages.error(request, _("Not published: title or text is missing in %(languages)s.") % {"languages": names})
    except actions.OwnDraft:
        messages.error(request, _("Not published: in your city a second person publishes what you wrote."))
    except actions.NothingToPublish:
        messages.info(request, _("There was nothing to publish."))
    else:
        messages.success(request, _("Published: “%(title)s”.") % {"title": localized(article.title)})
    return redirect("staff_app:edit_article", article.pk)


@staff_page
@require_POST
def discard_article_draft(request: StaffRequest, article_id: int) -> HttpResponse:
    article = get_city_row_or_404(request, "write_articles", Article, article_id)
    messages.success(request, _("Draft discarded."))
    if actions.discard_draft(article.pk) is None:
        return redirect("staff_app:articles")
    return redirect("staff_app:edit_article", article.pk)


@staff_page
@require_POST
def take_down_article(request: StaffRequest, article_id: int) -> HttpResponse:
    article = get_city_row_or_404(request, "write_articles", Article, article_id)
    actions.take_down(article.pk, actor=request.user)
    messages.success(request, _("Residents don’t see it anymore."))
    return redirect("staff_app:edit_article", article.pk)


@staff_page
def article_history(request: StaffRequest, article_id: int) -> HttpResponse:
    article = get_city_row_or_404(request, "write_articles", Article, article_id)
    prefetch_related_objects([article], *ARTICLE_REFERS_TO)
    now = {name: value for name, value in actions.catalog_fields(article).items() if name != "published"}
    versions = []
    for change in actions.versions(article):
        state = change.after or {}
        versions.append(
            {
                "change": change,
                "what": action_words(change),
                "diffs": text_differences(request.jurisdiction, change.before or {}, state),
                "is_current": article.published and all(state.get(name) == value for name, value in now.items()),
            }
        )
    context = {"article": article, "name": actions.name_of(article), "versions": versions}
    return render(request, "staff_app/setup/texts/article_history.html", context)


@staff_page
@require_POST
def roll_back_article(request: StaffRequest, article_id: int, change_id: int) -> HttpResponse:
    """To the state after that change, or with `before`, to the one before it."""
    article = get_city_row_or_404(request, "write_articles", Article, article_id)
    change = get_object_or_404(
        SetupChange, pk=change_id, jurisdiction=request.jurisdiction, kind=actions.KIND, key=article.code
    )
    state = change.before if "before" in request.POST else change.after
    if state and "body" in state:
        actions.roll_back(article.pk, state, actor=request.user)
        messages.success(request, _("Residents see that version again."))
    return redirect("staff_app:article_history", article.pk)
