"""How the queue looks to its user: which columns it has besides the usual ones, and how dense its rows are."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue.filters import COLUMNS, QueueFilter


def shown(request: StaffRequest, filters: QueueFilter) -> list[str]:
    """Those that the address names, else the user's own choice."""
    return list(filters.columns) or [name for name in COLUMNS if name in request.user.queue_columns]


@staff_page
@require_POST
def queue_columns(request: StaffRequest) -> HttpResponse:
    user = request.user
    user.queue_columns = [name for name in COLUMNS if name in request.POST.getlist("columns")]
    user.queue_is_roomy = request.POST.get("rows") == "roomy"
    user.save(update_fields=["queue_columns", "queue_is_roomy"])
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        address = reverse("staff_app:queue")
    return redirect(address)
