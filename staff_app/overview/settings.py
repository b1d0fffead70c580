"""What the overview shows in this city: the goal for on time, and open requests by person once somebody agreed."""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions.setup import overview_settings as settings
from staff_app.decorators import StaffRequest, need_in_city, staff_page


class OverviewForm(forms.Form):
    on_time_goal = forms.IntegerField(label=gettext_lazy("Goal for on time, in percent"), min_value=1, max_value=100)
    load_by_person_agreed = forms.CharField(
        label=gettext_lazy("Who agreed to open requests by person"),
        help_text=gettext_lazy(
            "Name the agreement, like “Union Local 12 and the director, June 3.” Leave it empty, and nobody sees numbers by"
            " person. They are never public."
        ),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def overview_settings(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    initial = {name: getattr(city, name) for name in settings.FIELDS}
    form = OverviewForm(request.POST or None, initial=initial)
    if request.method == "POST":
        if form.is_valid():
            settings.save(city.pk, **form.cleaned_data, actor=request.user, host=request.get_host())
            messages.success(request, _("Saved."))
            return redirect("staff_app:overview")
        return render(request, "staff_app/overview/settings.html", {"form": form}, status=422)
    return render(request, "staff_app/overview/settings.html", {"form": form})
