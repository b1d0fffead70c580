"""The city's two watches: for requests without an update, and over what was said to be fixed. No one sets them for themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup.watch import WATCH
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_columns
from staff_app.setup.suspensions.forms import WatchForm

PAGE = "staff_app/setup/suspensions/watch.html"


@staff_page
def watch(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    edit = edit_columns(request, WatchForm, WATCH)
    if edit.is_valid():
        city, cleaned = request.jurisdiction, edit.form.cleaned_data
        try:
            WATCH.change(city.pk, actor=request.user, host=request.get_host(), seen=edit.seen, **cleaned)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, {}, edit.form, edit=edit, changed=changed)
        messages.success(request, edit.saved(_("Saved.")))
        return redirect("staff_app:watch")
    return edit_page(request, PAGE, {}, edit.form, edit=edit)
