"""Answer templates: the list, and one of them with its placeholders."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.shared.edits import ChangedMeanwhile
from requests_app.actions.work import answer_templates as actions
from requests_app.models import AnswerTemplate
from requests_app.rules.work.answer_templates import PLACEHOLDERS
from staff_app import due
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import compared
from staff_app.setup.listing import Column, listing
from staff_app.setup.texts.forms import TemplateForm, service_name

COLUMNS = {
    "name": Column(gettext_lazy("Name"), ("name", "id")),
    "service": Column(gettext_lazy("Service")),
    "outcome": Column(gettext_lazy("Outcome"), ("outcome", "id")),
    "state": Column(gettext_lazy("State")),
}


@staff_page
def templates(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    found = listing(
        request,
        AnswerTemplate.objects.filter(jurisdiction=request.jurisdiction).select_related("service__current"),
        caption=_("Answer templates"),
        columns=COLUMNS,
        row_template="staff_app/setup/texts/_template_row.html",
        empty=_("No templates yet."),
        search=["name", *(f"words__{language}" for language in request.jurisdiction.languages)],
        describe=lambda rows: [_described(template) for template in rows],
    )
    return render(request, "staff_app/setup/texts/templates.html", {"list": found})


def _described(template: AnswerTemplate) -> dict[str, Any]:
    return {
        "template": template,
        "service": service_name(template.service) if template.service else _("All services"),
        "outcome": due.disposition_words(template.outcome) if template.outcome else _("Any answer"),
    }


@staff_page
def new_template(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    form = TemplateForm(request.POST if request.method == "POST" else None, city=request.jurisdiction)
    if form.is_valid():
        try:
            actions.add(request.jurisdiction, **form.columns(), actor=request.user)
        except actions.NameTaken:
            form.add_error("name", _("Another template has this name."))
        else:
            messages.success(request, _("The template is saved."))
            return redirect("staff_app:templates")
    context = {"form": form, "placeholders": PLACEHOLDERS}
    return render(request, "staff_app/setup/texts/edit_template.html", context, status=422 if form.errors else 200)


@staff_page
def edit_template(request: StaffRequest, template_id: int) -> HttpResponse:
    template = get_city_row_or_404(request, "administer", AnswerTemplate, template_id)
    data = request.POST if request.method == "POST" else None
    form = TemplateForm(data, city=request.jurisdiction, initial=TemplateForm.initial_for(template))
    typed = request.POST.get("revision", "")
    revision = int(typed) if typed.isdecimal() else template.revision if data is None else 0
    conflict = None
    if form.is_valid():
        columns = form.columns()
        try:
            actions.change(template.pk, revision=revision, **columns, actor=request.user)
        except ChangedMeanwhile as found:
            written = actions.written(AnswerTemplate(jurisdiction=request.jurisdiction, **columns))
            conflict, revision = compared(written, found.current), found.revision
        except actions.NameTaken:
            form.add_error("name", _("Another template has this name."))
        else:
            messages.success(request, _("The template is saved."))
            return redirect("staff_app:templates")
    context = {
        "form": form,
        "template": template,
        "revision": revision,
        "conflict": conflict,
        "placeholders": PLACEHOLDERS,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "staff_app/setup/texts/edit_template.html", context, status=status)


@staff_page
@require_POST
def remove_template(request: StaffRequest, template_id: int) -> HttpResponse:
    template = get_city_row_or_404(request, "administer", AnswerTemplate, template_id)
    actions.remove(template.pk, actor=request.user)
    messages.success(request, _("“%(name)s” was removed.") % {"name": template.name})
    return redirect("staff_app:templates")
