"""Copying a service: a new draft with its own name and code, and everything that nobody has to agree to."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup import service_drafts
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.copies import copy_of_service, not_copied
from staff_app.setup.services.editing import Editing, framing, load, show
from staff_app.setup.services.forms import CODE_MAX, NewServiceForm, Row


class CopyServiceForm(NewServiceForm):
    def __init__(self, *args: Any, editing: Editing, **kwargs: Any) -> None:
        initial = {"service_code": f"{editing.code[: CODE_MAX - 2]}-2"}
        super().__init__(*args, city=editing.city, initial=initial, **kwargs)
        self.original = editing.definition
        # As the original has them; the copy's pages change them.
        del self.fields["category"], self.fields["department"]

    def rows(self) -> list[Row]:
        names = [self[f"name_{language}"] for language in self.languages]
        return [Row(names, _("Name of the copy")), Row([self["service_code"]])]

    @property
    def name(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"name_{language}"] for language in self.languages}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for language in self.languages:
            text = cleaned.get(f"name_{language}")
            if text and text.casefold() == str((self.original.get("name") or {}).get(language, "")).casefold():
                self.add_error(f"name_{language}", _("Choose another name, so that people can tell them apart."))
        return cleaned


@framing
@staff_page
def copy_service(request: StaffRequest, code: str) -> HttpResponse:
    editing = load(request, code)
    form = CopyServiceForm(request.POST if request.method == "POST" else None, editing=editing)
    left_out = not_copied(editing.city, editing.definition, editing.code)
    if form.is_valid():
        definition = copy_of_service(editing.definition, code=form.cleaned_data["service_code"], name=form.name)
        try:
            draft = service_drafts.create(editing.city, definition, actor=request.user)
        except service_drafts.CodeTaken:
            form.add_error("service_code", _("Another service already has this code."))
        else:
            messages.success(request, _("The copy is a draft. Residents won’t see it until you publish it."))
            messages.info(request, _("Not copied: %(parts)s") % {"parts": " ".join(left_out)})
            return redirect("staff_app:service", draft.service_code)
    status = 422 if form.errors else 200
    return show(
        request, "copy_service", editing, section="copy_service", status=status, form=form, left_out=left_out
    )  # fmt: skip
