"""Saved views of the queue: pinned ones with their counts, the list of all, saving, changing, sharing and deleting."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.work import saved_views as actions
from requests_app.forms.fields import WordsField
from requests_app.models import Jurisdiction, SavedView, SavedViewPin, User
from requests_app.rules.people import permissions
from requests_app.rules.work import saved_views as rules
from requests_app.rules.work.saved_views import SharedWith
from staff_app import tab_counts
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.queue.filters import Pairs, QueueFilter
from staff_app.queue.listing import Moment

VIEW = "view"
QUERY_MAX = 4000


@dataclass(frozen=True)
class Pinned:
    view: SavedView
    url: str
    count: str


# --- In the queue -------------------------------------------------------------------------------------------------------------


def url(view: SavedView) -> str:
    return f"{reverse('staff_app:queue')}?{urlencode([*map(tuple, view.query), (VIEW, view.pk)])}"


def pinned(user: User, city: Jurisdiction) -> list[Pinned]:
    """The views at the top of this user's queue. They and their counts are kept for half a minute."""
    views: list[SavedView] | None = cache.get(_key(user, city))
    if views is None:
        pins = SavedViewPin.objects.filter(user=user, view__jurisdiction=city).select_related("view").order_by("id")
        views = [pin.view for pin in pins[: rules.PINNED_MAX]]
        cache.set(_key(user, city), views, tab_counts.KEPT_S)
    if not views:
        return []
    key = "views " + " ".join(str(view.pk) for view in views)
    counts = tab_counts.kept(user, city, key, lambda: _counts(views, user, city))
    return [Pinned(view, url(view), counts.get(str(view.pk), "")) for view in views]


def _key(user: User, city: Jurisdiction) -> str:
    return f"pinned-views:{city.pk}:{user.pk}"


def _counts(views: Sequence[SavedView], user: User, city: Jurisdiction) -> tab_counts.Counts:
    """In one statement, each up to a hundred. A view with search words isn't counted: that would search on every page."""
    at = Moment.of(city)
    rows_of: dict[str, listing.Rows] = {}
    counted: list[listing.Tab] = []
    for view in views:
        filters = QueueFilter.from_query(view.query, user, city)
        if filters.q:
            continue
        tab = listing.tab_of(filters, user, city)
        code = str(view.pk)
        rows_of[code] = listing.rows(user, city, tab, filters, at)
        counted.append(listing.Tab(code, view.name, tab.filter))
    return listing.counts(counted, lambda one: rows_of[one.code])


def current(request: StaffRequest) -> SavedView | None:
    """The view that this page of the queue was opened with."""
    typed = request.GET.get(VIEW, "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):
        return None
    return rules.visible(request.user, request.jurisdiction).filter(pk=int(typed)).first()


# --- Pages --------------------------------------------------------------------------------------------------------------------


class ViewForm(forms.Form):
    name = WordsField(
        label=gettext_lazy("Name"),
        max_length=60,
        error_messages={"required": gettext_lazy("Enter a name, like “Potholes in Ward 5”.")},
    )
    shared_with = forms.ChoiceField(label=gettext_lazy("Who sees it"), initial="me")

    def __init__(
        self, *args: Any, user: User, city: Jurisdiction, view: SavedView | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.choices = {one.code: one for one in rules.audiences(user, city)}
        if view is not None:
            now = SharedWith(SavedView.Audience(view.audience), view.team, view.department)
            if view.owner_id != user.pk:
                # It stays its owner's, so "only me" would hide it from the one who changes it.
                self.choices.pop("me", None)
            self.choices.setdefault(now.code, now)
        field = self.fields["shared_with"]
        field.choices = [(code, audience_words(one)) for code, one in self.choices.items()]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False

    @property
    def audience(self) -> SharedWith:
        return self.choices[self.cleaned_data["shared_with"]]


def audience_words(shared_with: SharedWith) -> str:
    if shared_with.team is not None:
        return _("Team: %(name)s") % {"name": shared_with.team}
    if shared_with.department is not None:
        return str(shared_with.department)
    return _("Everyone in the city’s staff") if shared_with.audience == SavedView.Audience.CITY else _("Only me")


def _summary(view: SavedView, user: User, city: Jurisdiction) -> str:
    return query_words(view.query, user, city)


def query_words(query: Pairs, user: User, city: Jurisdiction) -> str:
    """ "Late · Service: Pothole"."""
    filters = QueueFilter.from_query(query, user, city)
    tab = listing.tab_of(filters, user, city)
    return " · ".join(str(words) for words in (tab.name, filters.sentence()) if words)


def _query(data: QueryDict, user: User, city: Jurisdiction) -> Pairs:
    """What can be saved of an address: the tab, the filters and the order."""
    filters = QueueFilter.from_query(data, user, city)
    return [("tab", listing.tab_of(filters, user, city).code), *filters.query()]


@staff_page
def saved_views(request: StaffRequest) -> HttpResponse:
    user, city = request.user, request.jurisdiction
    pins = set(SavedViewPin.objects.filter(user=user).values_list("view_id", flat=True))
    rows = [
        {
            "view": view,
            "url": url(view),
            "summary": _summary(view, user, city),
            "shared": audience_words(SharedWith(SavedView.Audience(view.audience), view.team, view.department)),
            "is_mine": view.owner_id == user.pk,
            "can_change": rules.may_change(user, view),
            "is_pinned": view.pk in pins,
        }
        for view in rules.visible(user, city)[: 3 * rules.VIEWS_MAX]
    ]
    context = {"rows": rows, "pinned_max": rules.PINNED_MAX}
    return render(request, "staff_app/queue/saved_views.html", context)


@staff_page
def save_view(request: StaffRequest) -> HttpResponse:
    """GET: with the queue's address, which is what gets saved."""
    user, city = request.user, request.jurisdiction
    posted = request.method == "POST"
    query = _query(QueryDict(request.POST.get("query", "")[:QUERY_MAX]) if posted else request.GET, user, city)
    form = ViewForm(request.POST if posted else None, user=user, city=city)
    if form.is_valid():
        try:
            view = actions.save(
                city, name=form.cleaned_data["name"], query=query, shared_with=form.audience, actor=user
            )
        except actions.TooMany:
            form.add_error(None, _("You have %(n)s views. Delete one first.") % {"n": rules.VIEWS_MAX})
        else:
            words = _("“%(name)s” is saved.")
            try:
                actions.pin(view, actor=user)
            except actions.TooMany:
                words = _("“%(name)s” is saved, but not pinned: eight views are pinned already.")
            cache.delete(_key(user, city))
            messages.success(request, words % {"name": view.name})
            return redirect(url(view))
    context = {"form": form, "query": urlencode(query), "summary": query_words(query, user, city)}
    return render(request, "staff_app/queue/save_view.html", context, status=422 if form.errors else 200)


@staff_page
def saved_view(request: StaffRequest, view_id: int) -> HttpResponse:
    """GET: with the queue's address if its filters are offered in place of the view's."""
    view = _changeable_or_404(request, view_id)
    user, city = request.user, request.jurisdiction
    posted = request.method == "POST"
    shared_with = SharedWith(SavedView.Audience(view.audience), view.team, view.department)
    form = ViewForm(
        request.POST if posted else None,
        user=user,
        city=city,
        view=view,
        initial={"name": view.name, "shared_with": shared_with.code},
    )
    typed = request.POST.get("query", "")[:QUERY_MAX] if posted else request.GET.urlencode()
    new = _query(QueryDict(typed), user, city) if typed else None
    if new == [tuple(pair) for pair in view.query]:
        new = None
    if form.is_valid():
        replaced = new if "replace" in request.POST else None
        actions.change(view, name=form.cleaned_data["name"], shared_with=form.audience, query=replaced)
        messages.success(request, _("“%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("staff_app:saved_views")
    context = {
        "form": form,
        "view": view,
        "summary": _summary(view, user, city),
        "query": urlencode(new) if new else "",
        "new_words": query_words(new, user, city) if new else "",
    }
    return render(request, "staff_app/queue/save_view.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def delete_saved_view(request: StaffRequest, view_id: int) -> HttpResponse:
    view = _changeable_or_404(request, view_id)
    actions.delete(view)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": view.name})
    return redirect("staff_app:saved_views")


@staff_page
@require_POST
def pin_saved_view(request: StaffRequest, view_id: int) -> HttpResponse:
    view = _visible_or_404(request, view_id)
    try:
        actions.pin(view, actor=request.user)
    except actions.TooMany:
        words = _("Up to %(n)s views can be pinned. Unpin one first.")
        messages.warning(request, words % {"n": rules.PINNED_MAX})
    else:
        messages.success(request, _("“%(name)s” is pinned to the top of your queue.") % {"name": view.name})
    return redirect("staff_app:saved_views")


@staff_page
@require_POST
def unpin_saved_view(request: StaffRequest, view_id: int) -> HttpResponse:
    view = _visible_or_404(request, view_id)
    actions.unpin(view, actor=request.user)
    messages.success(request, _("“%(name)s” is unpinned.") % {"name": view.name})
    return redirect("staff_app:saved_views")


def _visible_or_404(request: StaffRequest, view_id: int) -> SavedView:
    view = rules.visible(request.user, request.jurisdiction).filter(pk=view_id).first()
    if view is None:
        raise Http404
    if request.method == "POST":
        # Whatever is done to it shows at once to the one who does it.
        cache.delete(_key(request.user, request.jurisdiction))
    return view


def _changeable_or_404(request: StaffRequest, view_id: int) -> SavedView:
    view = _visible_or_404(request, view_id)
    if not rules.may_change(request.user, view):
        raise permissions.Denied(
            message=_("Only its owner and supervisors of the people it’s shared with can change this view.")
        )
    return view
