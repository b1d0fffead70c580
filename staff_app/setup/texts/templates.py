"""Answer templates: the list, and one of them with its placeholders."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.actions.work.answer_templates import TEMPLATE
from requests_app.models import AnswerTemplate
from requests_app.rules.work.answer_templates import PLACEHOLDERS
from staff_app import due
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing
from staff_app.setup.texts.forms import TemplateForm, service_name

PAGE = "staff_app/setup/texts/edit_template.html"
COLUMNS = {
    "name": Column(gettext_lazy("Name"), ("name", "id")),
    "service": Column(gettext_lazy("Service")),
    "outcome": Column(gettext_lazy("Outcome"), ("outcome", "id")),
    "state": Column(gettext_lazy("State")),
}


@staff_page
def templates(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    listed = listing(
        request,
        AnswerTemplate.objects.filter(jurisdiction=request.jurisdiction).select_related("service__current"),
        caption=_("Answer templates"),
        columns=COLUMNS,
        row_template="staff_app/setup/texts/_template_row.html",
        empty=_("No templates yet."),
        search=["name", *(f"words__{language}" for language in request.jurisdiction.languages)],
        describe=lambda rows: [_described(template) for template in rows],
    )
    return render(request, "staff_app/setup/texts/templates.html", {"list": listed})


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
            TEMPLATE.add(AnswerTemplate(jurisdiction=request.jurisdiction), **form.columns(), actor=request.user)
        except NameTaken:
            form.add_error("name", _("Another template has this name."))
        else:
            messages.success(request, _("The template is saved."))
            return redirect("staff_app:templates")
    return edit_page(request, PAGE, {"placeholders": PLACEHOLDERS}, form)


@staff_page
def edit_template(request: StaffRequest, template_id: int) -> HttpResponse:
    template = get_city_row_or_404(request, "administer", AnswerTemplate, template_id)
    make = partial(TemplateForm, city=request.jurisdiction, initial=TemplateForm.initial_for(template))
    edit = edit_row(request, make, TEMPLATE, template)
    form = edit.form
    context = {"template": template, "placeholders": PLACEHOLDERS}
    if edit.is_valid():
        try:
            TEMPLATE.change(template.pk, seen=edit.seen, **form.columns(), actor=request.user)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        except NameTaken:
            form.add_error("name", _("Another template has this name."))
        else:
            messages.success(request, edit.saved(_("The template is saved.")))
            return redirect("staff_app:templates")
    return edit_page(request, PAGE, context, form, edit=edit)


@staff_page
@require_POST
def remove_template(request: StaffRequest, template_id: int) -> HttpResponse:
    template = get_city_row_or_404(request, "administer", AnswerTemplate, template_id)
    TEMPLATE.remove(template.pk, actor=request.user)
    messages.success(request, _("“%(name)s” was removed.") % {"name": template.name})
    return redirect("staff_app:templates")
