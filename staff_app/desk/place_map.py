"""The map of a contact's place, for who has the contact, so without an address that anyone could open."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from requests_app.places.drawn_pictures import drawn
from requests_app.places.map_picture import Mark, View, mark_of
from requests_app.places.map_picture_links import NIGHT, SIZES
from requests_app.places.statement_timeout import TimeUpError
from requests_app.rules.report.path import Path
from staff_app.decorators import StaffRequest, staff_page
from staff_app.desk.contact import get_contact_or_404


@require_safe
@staff_page
def contact_map(request: StaffRequest, number: str, name: str) -> HttpResponse:
    """With the reports that may be about the same problem. name: a size of map_picture_links.py, "-night" for dark screens."""
    draft = get_contact_or_404(request, number).draft
    path = Path(draft) if draft is not None and draft.service_request_id is None else None
    point, size = path.point if path is not None else None, SIZES.get(name.removesuffix(NIGHT))
    if path is None or point is None or size is None or not request.jurisdiction.basemap_version:
        raise Http404
    requests = [candidate.service_request for candidate in path.candidates]
    near = [mark_of(one.public_point, one.service_version.visibility) for one in requests if one.public_point]
    marks = [
        *[Mark("open" if one.kind == "pin" else one.kind, one.longitude, one.latitude) for one in near],
        Mark("pin", point.x, point.y),
    ]
    try:
        drawing = drawn(request.jurisdiction, View.around(point, *size), marks, ending="svg", dark=name.endswith(NIGHT))
    except TimeUpError:
        raise Http404 from None
    return HttpResponse(drawing, content_type="image/svg+xml")
