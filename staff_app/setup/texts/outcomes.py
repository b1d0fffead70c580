"""What the city calls the outcomes of requests, in each language."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup import outcome_words as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.models import Jurisdiction
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_logged
from staff_app.setup.texts.forms import OutcomesForm

PAGE = "staff_app/setup/texts/outcomes.html"


@staff_page
def outcomes(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    # From the database: the request's city may be some seconds old.
    current = Jurisdiction.objects.values_list("outcome_words", flat=True).get(pk=request.jurisdiction.pk)
    initial = {f"{code}_{language}": words for code, texts in current.items() for language, words in texts.items()}
    make = partial(OutcomesForm, city=request.jurisdiction, initial=initial)
    edit = edit_logged(request, make, city=request.jurisdiction, kind=actions.KIND, key=actions.KEY, state=current)
    if edit.is_valid():
        names = edit.form.outcome_names()
        try:
            actions.change(request.jurisdiction.pk, names, seen=edit.seen, actor=request.user)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, {}, edit.form, edit=edit, changed=changed)
        messages.success(request, edit.saved(_("The words are saved.")))
        return redirect("staff_app:outcomes")
    return edit_page(request, PAGE, {}, edit.form, edit=edit)
