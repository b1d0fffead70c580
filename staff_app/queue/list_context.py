"""What the queue's page has around its rows: saved views, what is snoozed, the map, and the announcing of updates."""

from typing import Any
from urllib.parse import urlencode

from requests_app.rules.work import snoozes
from staff_app.decorators import StaffRequest
from staff_app.queue import saved_views
from staff_app.queue.list_position import OpenList
from staff_app.queue.updates import OpenPage


def around(request: StaffRequest, open_list: OpenList) -> dict[str, Any]:
    user, city = request.user, request.jurisdiction
    return {
        "list_query": urlencode(open_list.query),
        "open_page": OpenPage([row.pk for row in open_list.page.rows]).token(user),
        "pinned_views": saved_views.pinned(user, city),
        "current_view": saved_views.current(request),
        "snoozed_count": len(snoozes.hidden_ids(user, city)),
    }
