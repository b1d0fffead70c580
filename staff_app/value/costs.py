"""What each channel of the desk costs, by month or year: the list with a form for another one, and one of them."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.setup.contact_costs import COST
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.clock import app_now
from requests_app.models import ContactCost, Jurisdiction
from requests_app.rules.figures.contact_costs import CHANNELS
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.queue.filters import CHANNELS as CHANNEL_NAMES
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.people.forms import SetupForm
from staff_app.setup.word_history import change_lines, undo_change
from staff_app.value import names

PAGE = "staff_app/value/costs.html"
YEARS_BACK, YEARS_AHEAD = 10, 1


class CostForm(SetupForm):
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[(channel, CHANNEL_NAMES[channel]) for channel in CHANNELS]
    )
    year = forms.TypedChoiceField(label=gettext_lazy("Year"), coerce=int)
    month = forms.TypedChoiceField(
        label=gettext_lazy("Month"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", gettext_lazy("The whole year")), *MONTHS.items()],
        help_text=gettext_lazy("A month’s own amount counts instead of a twelfth of its year."),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        help_text=gettext_lazy(
            "All that the channel cost: pay, lines, software, rent. In dollars, without separators."
        ),
        error_messages={
            "required": gettext_lazy("Enter an amount like 41200."),
            "invalid": gettext_lazy("Enter an amount like 41200."),
        },
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.show_optional = False
        this_year = app_now().astimezone(city.zone).year
        years = range(this_year + YEARS_AHEAD, this_year - YEARS_BACK - 1, -1)
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


@staff_page
def desk_costs(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    if "undo" in request.POST:
        undo_change(request, COST)
        return redirect("staff_app:desk_costs")
    year = app_now().astimezone(request.jurisdiction.zone).year
    return _edit(request, ContactCost(jurisdiction=request.jurisdiction, channel=CHANNELS[0], year=year))


@staff_page
def desk_cost(request: StaffRequest, cost_id: int) -> HttpResponse:
    return _edit(request, get_city_row_or_404(request, "administer", ContactCost, cost_id))


@staff_page
@require_POST
def remove_desk_cost(request: StaffRequest, cost_id: int) -> HttpResponse:
    cost = get_city_row_or_404(request, "administer", ContactCost, cost_id)
    COST.remove(cost.pk, actor=request.user)
    messages.success(request, _("The amount was removed."))
    return redirect("staff_app:desk_costs")


def _edit(request: StaffRequest, row: ContactCost) -> HttpResponse:
    initial = {"channel": row.channel, "year": row.year, "month": row.month, "amount": row.amount}
    make = partial(CostForm, city=request.jurisdiction, initial=initial)
    edit = edit_row(request, make, COST, row)
    rows = ContactCost.objects.filter(jurisdiction=request.jurisdiction).order_by("-year", "month", "channel", "id")
    context: dict[str, Any] = {
        "cost": row,
        "costs": [(one, cost_name(one), names.money(one.amount)) for one in rows] if row.pk is None else [],
        "name": cost_name(row) if row.pk is not None else "",
        "changes": change_lines(request, COST) if row.pk is None else [],
    }
    if edit.is_valid():
        try:
            COST.save(row, actor=request.user, seen=edit.seen, **edit.form.cleaned_data)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, edit.form, edit=edit, changed=changed)
        except NameTaken:
            edit.form.add_error("month", _("There’s an amount for this channel and time already."))
        else:
            messages.success(request, edit.saved(_("Saved.")))
            return redirect("staff_app:desk_costs")
    return edit_page(request, PAGE, context, edit.form, edit=edit)


def cost_name(cost: ContactCost) -> str:
    """“Phone, November 2026”, or “Phone, 2026”."""
    time = names.short_month(dt.date(cost.year, cost.month, 1)) if cost.month else str(cost.year)
    return f"{CHANNEL_NAMES[cost.channel]}, {time}"
