"""What the city sets for the value report and for planning takers: the share of visits avoided, the target, the handle time."""

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from requests_app.actions.setup.contact_costs import VALUE
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_city_columns
from staff_app.setup.people.forms import SetupForm

PAGE = "staff_app/value/settings.html"


class ValueForm(SetupForm):
    visits_avoided_percent = forms.IntegerField(
        label=gettext_lazy("Visits avoided, in percent"),
        help_text=gettext_lazy(
            "Of 100 people whose question was answered away from the counter, how many would have come in? It’s your own estimate,"
            " and the report marks it as a model. Leave it empty for no such figure."
        ),
        min_value=0,
        max_value=100,
        required=False,
    )
    takers_percent = forms.IntegerField(
        label=gettext_lazy("Calls to answer in time, in percent"), min_value=1, max_value=99
    )
    takers_answer_s = forms.IntegerField(label=gettext_lazy("In how many seconds"), min_value=0, max_value=3600)
    takers_handle_s = forms.IntegerField(
        label=gettext_lazy("Seconds for one call"),
        help_text=gettext_lazy(
            "To talk and to write it down. Leave it empty to use what the telephone system counted in recent weeks."
        ),
        min_value=1,
        max_value=7200,
        required=False,
    )


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def value_settings(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return edit_city_columns(request, ValueForm, VALUE, PAGE, then="staff_app:value_settings")
