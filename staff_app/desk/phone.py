"""The telephone that a taker sits at, and a test ring for it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import references
from requests_app.actions.contacts import calls
from requests_app.forms.fields import WordsField
from requests_app.models import DeskPhone, Jurisdiction, User
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.desk import PERMISSION

TEST_NUMBER = "617-555-0100"


class PhoneForm(forms.Form):
    extension = WordsField(
        label=gettext_lazy("Extension"),
        help_text=gettext_lazy("As your telephone system knows it. Leave it empty if you don’t take calls today."),
        required=False,
        max_length=40,
    )


@staff_page
def desk_phone(request: StaffRequest) -> HttpResponse:
    need_in_city(request, PERMISSION)
    if "test" in request.POST:
        test_ring(request.jurisdiction, request.user)
        messages.success(request, _("A test call is ringing. Nothing is counted."))
        return redirect("staff_app:desk")
    own = DeskPhone.objects.filter(jurisdiction=request.jurisdiction, user=request.user).first()
    form = PhoneForm(
        request.POST if request.method == "POST" else None, initial={"extension": own.extension if own else ""}
    )
    if request.method == "POST" and form.is_valid():
        calls.set_phone(request.jurisdiction, request.user, form.cleaned_data["extension"])
        messages.success(request, _("Saved. Calls to this telephone now appear at your desk."))
        return redirect("staff_app:desk")
    return render(request, "staff_app/desk/phone.html", {"form": form}, status=422 if form.errors else 200)


def test_ring(jurisdiction: Jurisdiction, user: User) -> None:
    """Rings at this user's desk alone, as the telephone system would."""
    call_id = f"test-{references.random_symbols(16)}"
    line = jurisdiction.desk_long_number or jurisdiction.desk_number
    calls.ring(jurisdiction, call_id, caller=TEST_NUMBER, line=line, takers=[user], is_practice=True)
