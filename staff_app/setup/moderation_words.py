"""Edit the moderation lists: links and threats that hold a report for review, and blocked email addresses."""

import structlog
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.publication import moderation
from requests_app.actions.shared.setup_rows import NameTaken
from requests_app.models import ModerationTerm
from requests_app.rules.publication import review
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.moderation.review_queue import reason_words
from staff_app.setup.forms import SentenceForm, TermForm
from staff_app.setup.listing import Column, listing
from staff_app.setup.word_history import change_lines, undo_change

log = structlog.get_logger(__name__)

Kind = ModerationTerm.Kind
NAMES = {
    Kind.THREAT: gettext_lazy("Threats"),
    Kind.LINK: gettext_lazy("Links"),
    Kind.ADDRESS: gettext_lazy("Addresses"),
}
SAYS = {
    Kind.THREAT: gettext_lazy(
        "We hold a report with one of these for review before everyone can read it, and tell staff it may contain a threat."
    ),
    Kind.LINK: gettext_lazy(
        "We hold a report that mentions one of these sites for review before everyone can read it. We do the same with three links."
    ),
    Kind.ADDRESS: gettext_lazy("People using these addresses can’t send, follow or confirm anything."),
}


@staff_page
def moderation_words(request: StaffRequest) -> HttpResponse:
    """One list, with the "add" and "try" forms."""
    need_in_city(request, "administer")
    kind = Kind(request.GET["kind"]) if request.GET.get("kind") in Kind.values else Kind.THREAT
    every = ModerationTerm.objects.filter(jurisdiction=request.jurisdiction)
    add, sentence = TermForm(kind=kind, jurisdiction=request.jurisdiction), SentenceForm()
    status, matches = 200, None
    if "undo" in request.POST:
        undo_change(request, moderation.TERM)
        return _back_to(kind)
    if "try" in request.POST:
        sentence = SentenceForm(request.POST)
        if sentence.is_valid():
            matches = review.find_matches(request.jurisdiction, [sentence.cleaned_data["sentence"]])
        else:
            status = 422
    elif request.method == "POST":
        add, status = TermForm(request.POST, kind=kind, jurisdiction=request.jurisdiction), 422
        if add.is_valid() and _added(request, add):
            return _back_to(kind)
    counts = dict(every.values_list("kind").annotate(count=Count("id")))
    terms = listing(
        request,
        every.filter(kind=kind),
        caption=str(NAMES[kind]),
        columns={"value": Column(NAMES[kind], ("value", "id")), "actions": Column(_("Actions"))},
        row_template="staff_app/setup/_term_row.html",
        empty=_("This list is empty."),
        search=["value"],
        kept={"kind": kind},
    )
    context = {
        # Only one form was posted; the title and the error summary are about that one.
        "form": sentence if sentence.errors else add,
        "add": add,
        "sentence": sentence,
        "matches": matches,
        "matches_why": reason_words(matches.reason) if matches and matches.reason else "",
        "list": terms,
        "changes": change_lines(request, moderation.TERM),
        "kind": kind,
        "kind_says": SAYS[kind],
        "kinds": [{"code": one, "name": name, "count": counts.get(one, 0)} for one, name in NAMES.items()],
    }
    return render(request, "staff_app/setup/moderation_words.html", context, status=status)


@staff_page
@require_POST
def remove_moderation_word(request: StaffRequest, term_id: int) -> HttpResponse:
    term = get_city_row_or_404(request, "administer", ModerationTerm, term_id)
    moderation.TERM.remove(term.pk, actor=request.user)
    # Only the id: email addresses do not belong in the log.
    log.info("moderation_term_removed", term_id=term_id, kind=term.kind, user_id=request.user.pk)
    messages.success(request, _("“%(value)s” is no longer on the list.") % {"value": term.value})
    return _back_to(term.kind)


def _added(request: StaffRequest, form: TermForm) -> bool:
    """Adds the term and a message, or an error to the form if it is already listed."""
    value = form.cleaned_data["value"]
    try:
        row = ModerationTerm(jurisdiction=request.jurisdiction, kind=form.kind)
        term = moderation.TERM.add(row, actor=request.user, value=value)
    except NameTaken:
        form.add_error("value", _("This is already on the list as “%(phrase)s”.") % {"phrase": value})
        return False
    log.info("moderation_term_added", term_id=term.pk, kind=term.kind, user_id=request.user.pk)
    messages.success(request, _("“%(value)s” is now on the list.") % {"value": value})
    return True


def _back_to(kind: str) -> HttpResponseRedirect:
    return redirect(f"{reverse('staff_app:moderation_words')}?kind={kind}")
