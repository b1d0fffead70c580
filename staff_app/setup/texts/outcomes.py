"""What the city calls the outcomes of requests, in each language."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup import outcome_words as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, fingerprint
from requests_app.models import Jurisdiction
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page, seen_in
from staff_app.setup.texts.forms import OutcomesForm

PAGE = "staff_app/setup/texts/outcomes.html"


@staff_page
def outcomes(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    # From the database: the request's city may be some seconds old.
    current = Jurisdiction.objects.values_list("outcome_words", flat=True).get(pk=request.jurisdiction.pk)
    initial = {f"{code}_{language}": words for code, texts in current.items() for language, words in texts.items()}
    data = request.POST if request.method == "POST" else None
    form = OutcomesForm(data, city=request.jurisdiction, initial=initial)
    if form.is_valid():
        try:
            actions.change(request.jurisdiction.pk, form.outcome_names(), seen=seen_in(request), actor=request.user)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, {}, form, changed=changed, typed=form.outcome_names())
        messages.success(request, _("The words are saved."))
        return redirect("staff_app:outcomes")
    return edit_page(request, PAGE, {}, form, seen=fingerprint(current))
