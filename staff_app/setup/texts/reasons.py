"""The lists of reasons that staff choose from: add, change, order, switch off."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.setup import listed_reasons as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.core.localized import localized
from requests_app.models import ListedReason
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing
from staff_app.setup.texts.forms import ReasonForm

PAGE = "staff_app/setup/texts/edit_reason.html"
Kind = ListedReason.Kind
NAMES = {
    Kind.CANNOT_DO: gettext_lazy("Can’t do it"),
    Kind.HOLD: gettext_lazy("On hold"),
    Kind.NO_EVIDENCE: gettext_lazy("No photo or visit"),
}
ABOUT = {
    Kind.CANNOT_DO: gettext_lazy("Why the city can’t do what was asked. The reporter reads it, with where to appeal."),
    Kind.HOLD: gettext_lazy("What a request is waiting for. Everyone reads it."),
    Kind.NO_EVIDENCE: gettext_lazy("Why there’s neither a photo nor a visit. Only staff read it."),
}


def _kind(request: StaffRequest) -> ListedReason.Kind:
    return Kind(request.GET["kind"]) if request.GET.get("kind") in Kind.values else Kind.CANNOT_DO


@staff_page
def reasons(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    kind = _kind(request)
    rows = ListedReason.objects.filter(jurisdiction=request.jurisdiction, kind=kind)
    context = {
        "list": listing(
            request,
            rows,
            caption=str(NAMES[kind]),
            columns={
                "order": Column(_("Reason"), ("order", "code", "id")),
                "state": Column(_("State")),
                "move": Column(_("Position")),
            },
            row_template="staff_app/setup/texts/_reason_row.html",
            empty=_("This list is empty."),
            search=["code", *(f"words__{language}" for language in request.jurisdiction.languages)],
            kept={"kind": kind},
        ),
        "kind": kind,
        "about": ABOUT[kind],
        "tabs": [{"code": code, "name": name} for code, name in NAMES.items()],
    }
    return render(request, "staff_app/setup/texts/reasons.html", context)


@staff_page
def new_reason(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    kind = _kind(request)
    form = ReasonForm(
        request.POST if request.method == "POST" else None, city=request.jurisdiction, kind=kind, is_new=True
    )
    if form.is_valid():
        actions.add(
            request.jurisdiction, kind, text=form.texts("words"), appeal=form.texts("appeal"), actor=request.user
        )
        messages.success(request, _("The reason is on the list."))
        return redirect(_list_of(kind))
    return edit_page(request, PAGE, {"kind": kind, "kind_name": NAMES[kind], "about": ABOUT[kind]}, form)


@staff_page
def edit_reason(request: StaffRequest, reason_id: int) -> HttpResponse:
    reason = get_city_row_or_404(request, "administer", ListedReason, reason_id)
    kind = Kind(reason.kind)
    initial = {
        **ReasonForm.initial_of("words", reason.words),
        **ReasonForm.initial_of("appeal", reason.appeal),
        "active": reason.active,
    }
    make = partial(ReasonForm, city=request.jurisdiction, kind=kind, initial=initial)
    edit = edit_row(request, make, actions.REASON, reason)
    form = edit.form
    context = {
        "reason": reason,
        "kind": kind,
        "kind_name": NAMES[kind],
        "about": ABOUT[kind],
        "may_remove": actions.added_at(reason) is not None,
    }
    if edit.is_valid():
        typed = {"words": form.texts("words"), "appeal": form.texts("appeal"), "active": form.cleaned_data["active"]}
        try:
            actions.change(reason.pk, **typed, seen=edit.seen, actor=request.user)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        else:
            messages.success(request, edit.saved(_("The reason is saved.")))
            return redirect(_list_of(kind))
    return edit_page(request, PAGE, context, form, edit=edit)


@staff_page
@require_POST
def move_reason(request: StaffRequest, reason_id: int) -> HttpResponse:
    reason = get_city_row_or_404(request, "administer", ListedReason, reason_id)
    actions.move(reason.pk, up="up" in request.POST, actor=request.user)
    return redirect(_list_of(reason.kind))


@staff_page
@require_POST
def remove_reason(request: StaffRequest, reason_id: int) -> HttpResponse:
    reason = get_city_row_or_404(request, "administer", ListedReason, reason_id)
    try:
        actions.remove(reason.pk, actor=request.user)
    except actions.InUse:
        messages.error(request, _("Requests may have this reason, so it can’t be removed. Switch it off instead."))
        return redirect("staff_app:edit_reason", reason.pk)
    messages.success(request, _("“%(reason)s” was removed.") % {"reason": localized(reason.words)})
    return redirect(_list_of(reason.kind))


def _list_of(kind: str) -> str:
    return f"{reverse('staff_app:reasons')}?kind={kind}"
