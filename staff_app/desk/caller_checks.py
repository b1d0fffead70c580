"""What a taker sends from the left column: looking for the caller, having checked who it is, and a number that many people use."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.contacts import caller_views
from requests_app.actions.contacts import callers as actions
from requests_app.models import Contact, SharedPhone
from requests_app.rules.contacts import callers
from requests_app.rules.contacts.callers import Candidate
from requests_app.rules.people import permissions
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.contact import back_to_contact, on_open_contact, show_contact
from staff_app.desk.desk import PERMISSION
from staff_app.desk.forms import FindCallerForm, SharedPhoneForm
from staff_app.queue.search import EMAIL, as_contact

# Marks that were taken off, below those that hold.
EARLIER_SHOWN = 50


@require_POST
@staff_page
@on_open_contact
def find_caller(request: StaffRequest, contact: Contact) -> HttpResponse:
    """By name, number or email. Whose reports are shown is logged with the call."""
    form = FindCallerForm(request.POST)
    matching = _matching(request, contact, form)
    for candidate in matching or []:
        caller_views.log(contact, (own for own in candidate.requests if not own.is_private), actor=request.user)
    return show_contact(request, contact, find_form=form, matching=matching, status=422 if form.errors else 200)


def _matching(request: StaffRequest, contact: Contact, form: FindCallerForm) -> list[Candidate] | None:
    """None if nothing was typed, or not enough."""
    if not form.is_valid() or not (typed := form.cleaned_data["caller"].strip()):
        return None
    point = as_contact(typed)
    by = {"email": point} if EMAIL.match(typed) else {"phone": point} if point else {"name": typed}
    try:
        return callers.search(contact, request.user, street=form.cleaned_data["street"].strip(), **by)
    except callers.TooMany:
        form.add_error("caller", _("Too many people have that name. Enter the whole name and their street."))
        return None


@require_POST
@staff_page
@on_open_contact
def check_caller(request: StaffRequest, contact: Contact) -> HttpResponse:
    """The taker made sure who is calling: by a report number, or by name and street. Or it's somebody else."""
    if contact.taker_id != request.user.pk:
        raise Http404
    if "uncheck" in request.POST:
        actions.uncheck(contact, actor=request.user)
        return back_to_contact(contact)
    by, _colon, person = request.POST.get("checked", "").partition(":")
    # Asked again: nobody is checked who isn't on the page.
    candidates = callers.of_contact(contact, request.user).candidates
    candidates += _matching(request, contact, FindCallerForm(request.POST)) or []
    chosen = next((one for one in candidates if by in one.checks and str(one.person.pk) == person), None)
    if chosen is None:
        messages.warning(request, _("That changed meanwhile. Check again who is calling."))
        return back_to_contact(contact)
    actions.check(contact, chosen.person, by, actor=request.user)
    return back_to_contact(contact)


@require_POST
@staff_page
@on_open_contact
def share_caller_number(request: StaffRequest, contact: Contact) -> HttpResponse:
    """Many people call from the caller's number, so from now on it names nobody."""
    if phone := callers.number_of(contact):
        actions.mark_shared(request.jurisdiction, phone, name="", actor=request.user)
        if contact.checked == Contact.Checked.NOT_CHECKED:
            actions.uncheck(contact, actor=request.user)
    return back_to_contact(contact)


@staff_page
def shared_phones(request: StaffRequest) -> HttpResponse:
    """The numbers that many people use: who marked them, and who took the mark off."""
    if not permissions.can_in_city(request.user, "administer", request.jurisdiction):
        need_in_city(request, PERMISSION)
    form = SharedPhoneForm(request.POST if request.method == "POST" and "unmark" not in request.POST else None)
    if "unmark" in request.POST:
        number = request.POST["unmark"]
        mine = SharedPhone.objects.filter(jurisdiction=request.jurisdiction)
        shared = get_object_or_404(mine, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
        actions.unmark_shared(shared, actor=request.user)
        return redirect(reverse("staff_app:shared_phones"))
    if form.is_valid():
        actions.mark_shared(request.jurisdiction, **form.cleaned_data, actor=request.user)
        messages.success(request, _("Saved."))
        return redirect(reverse("staff_app:shared_phones"))
    rows = SharedPhone.objects.filter(jurisdiction=request.jurisdiction).select_related("marked_by", "unmarked_by")
    context = {
        "form": form,
        "shared": rows.filter(unmarked_at=None).order_by("name", "phone"),
        "earlier": rows.exclude(unmarked_at=None).order_by("-unmarked_at")[:EARLIER_SHOWN],
    }
    return render(request, "staff_app/desk/shared_phones.html", context, status=422 if form.errors else 200)
