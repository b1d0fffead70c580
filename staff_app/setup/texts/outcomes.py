"""What the city calls the outcomes of requests, in each language."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.actions.setup import outcome_words as actions
from requests_app.actions.shared.edits import ChangedMeanwhile
from requests_app.models import Jurisdiction
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import compared
from staff_app.setup.texts.forms import OutcomesForm
from staff_app.setup.texts.seen import read_seen, write_seen


@staff_page
def outcomes(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    # From the database: the request's city may be some seconds old.
    current = Jurisdiction.objects.values_list("outcome_words", flat=True).get(pk=request.jurisdiction.pk)
    initial = {f"{code}_{language}": words for code, texts in current.items() for language, words in texts.items()}
    data = request.POST if request.method == "POST" else None
    form = OutcomesForm(data, city=request.jurisdiction, initial=initial)
    conflict = None
    if form.is_valid():
        seen = read_seen(request.POST.get("seen", ""))
        try:
            actions.change(
                request.jurisdiction.pk, form.words(), seen=seen if seen is not None else {"": {}}, actor=request.user
            )
        except ChangedMeanwhile as found:
            conflict, current = compared(form.words(), found.current), found.current
        else:
            messages.success(request, _("The words are saved."))
            return redirect("staff_app:outcomes")
    context = {
        "form": form,
        "conflict": conflict,
        "seen": request.POST.get("seen", "") if form.errors else write_seen(current),
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "staff_app/setup/texts/outcomes.html", context, status=status)
