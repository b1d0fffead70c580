"""Macros: the list of those one may use, and one of them with its steps. Everybody keeps their own; the city's are set up."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.actions.work.macros import MACRO
from requests_app.models import Department, Macro
from requests_app.rules.people import permissions
from requests_app.rules.work.steps import Refused
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import bulk_words, macro_choices
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing
from staff_app.setup.macros.forms import EVERYONE, MINE, MacroForm, initial_for

PAGE = "staff_app/setup/macros/edit_macro.html"
COLUMNS = {
    "name": Column(gettext_lazy("Name"), ("name", "id")),
    "key": Column(gettext_lazy("Key"), ("key", "id")),
    "audience": Column(gettext_lazy("Who can use it")),
    "steps": Column(gettext_lazy("What it does")),
}


@staff_page
def macros(request: StaffRequest) -> HttpResponse:
    administers = permissions.can_in_city(request.user, "administer", request.jurisdiction)
    listed = listing(
        request,
        _editable(request) if administers else macro_choices.usable_by(request.user, request.jurisdiction),
        caption=_("Macros"),
        columns=COLUMNS,
        row_template="staff_app/setup/macros/_macro_row.html",
        empty=_("No macros yet."),
        search=["name"],
        describe=lambda rows: [_described(request, macro, administers=administers) for macro in rows],
    )
    return render(request, "staff_app/setup/macros/macros.html", {"list": listed})


def _described(request: StaffRequest, macro: Macro, *, administers: bool) -> dict[str, Any]:
    return {
        "macro": macro,
        "audience": _("Me") if macro.owner_id else str(macro.department) if macro.department else _("Everyone"),
        "steps": bulk_words.sentences(macro.steps, request.jurisdiction),
        "may_edit": administers or macro.owner_id == request.user.pk,
    }


def _editable(request: StaffRequest) -> QuerySet[Macro]:
    """Their own; those of the city and its departments for administrators. Never a colleague's own."""
    own = Q(owner=request.user)
    if permissions.can_in_city(request.user, "administer", request.jurisdiction):
        own |= Q(owner=None)
    return Macro.objects.filter(own, jurisdiction=request.jurisdiction).select_related("department", "jurisdiction")


def _form(request: StaffRequest, data: QueryDict | None, **kwargs: Any) -> MacroForm:
    audiences = [(MINE, _("Only me"))]
    if permissions.can_in_city(request.user, "administer", request.jurisdiction):
        departments = Department.objects.filter(jurisdiction=request.jurisdiction, active=True)
        by_name = sorted(((one.code, str(one)) for one in departments), key=lambda one: one[1].casefold())
        audiences = [(EVERYONE, _("Everyone")), *by_name, *audiences]
    return MacroForm(data, city=request.jurisdiction, user=request.user, audiences=audiences, **kwargs)


@staff_page
def new_macro(request: StaffRequest) -> HttpResponse:
    form = _form(request, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            MACRO.add(Macro(jurisdiction=request.jurisdiction), actor=request.user, **form.columns())
        except NameTaken:
            form.add_error("name", _("Another macro has this name."))
        except Refused as error:
            form.add_error(None, bulk_words.refusal_words(error.reason))
        else:
            macro_choices.forget(request.user, request.jurisdiction)
            messages.success(request, _("The macro is saved."))
            return redirect("staff_app:macros")
    return edit_page(request, PAGE, {}, form)


@staff_page
def edit_macro(request: StaffRequest, macro_id: int) -> HttpResponse:
    macro = get_object_or_404(_editable(request), pk=macro_id)
    edit = edit_row(request, lambda data: _form(request, data, initial=initial_for(macro)), MACRO, macro)
    form = edit.form
    context = {"macro": macro, "steps": bulk_words.sentences(macro.steps, request.jurisdiction)}
    if edit.is_valid():
        try:
            MACRO.change(macro.pk, seen=edit.seen, actor=request.user, **form.columns())
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        except NameTaken:
            form.add_error("name", _("Another macro has this name."))
        except Refused as error:
            form.add_error(None, bulk_words.refusal_words(error.reason))
        else:
            macro_choices.forget(request.user, request.jurisdiction)
            messages.success(request, edit.saved(_("The macro is saved.")))
            return redirect("staff_app:macros")
    return edit_page(request, PAGE, context, form, edit=edit)


@staff_page
@require_POST
def remove_macro(request: StaffRequest, macro_id: int) -> HttpResponse:
    macro = get_object_or_404(_editable(request), pk=macro_id)
    MACRO.remove(macro.pk, actor=request.user)
    macro_choices.forget(request.user, request.jurisdiction)
    messages.success(request, _("“%(name)s” was removed.") % {"name": macro.name})
    return redirect("staff_app:macros")
