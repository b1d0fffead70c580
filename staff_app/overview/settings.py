"""What the overview shows in this city: the goal for on time, and open requests by person once somebody agreed."""

from crispy_forms.helper import FormHelper
from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions.setup.overview_settings import OVERVIEW
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_city_columns

PAGE = "staff_app/overview/settings.html"


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
    return edit_city_columns(request, OverviewForm, OVERVIEW, PAGE, then="staff_app:overview")
