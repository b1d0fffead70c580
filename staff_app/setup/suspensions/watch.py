"""The city's two watches: for requests without an update, and over what was said to be fixed. No one sets them for themselves."""

from django.http import HttpResponse

from requests_app.actions.setup.watch import WATCH
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.setup.conflict import edit_city_columns
from staff_app.setup.suspensions.forms import WatchForm

PAGE = "staff_app/setup/suspensions/watch.html"


@staff_page
def watch(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return edit_city_columns(request, WatchForm, WATCH, PAGE, then="staff_app:watch")
