"""The place that somebody typed into a form: an address with suggestions, or the coordinates that came with one."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction
from requests_app.places import addresses, ownership

# Address matches above this confidence are accepted without asking.
SURE = 0.9


def find_place(
    form: forms.Form,
    city: Jurisdiction,
    cleaned: dict[str, Any],
    *,
    latitude: str = "latitude",
    longitude: str = "longitude",
) -> Point | None:
    """The point of cleaned["address"], which becomes the address as the city writes it. None, with an error of the form, if it
    isn't found or lies outside the city. latitude, longitude: the names of the form's fields."""
    if cleaned.get(latitude) is not None and cleaned.get(longitude) is not None:
        point = Point(cleaned[longitude], cleaned[latitude], srid=4326)
    else:
        matches = addresses.search(city, cleaned["address"], limit=3)
        sure = addresses.sure_or_about(matches) or next((one for one in matches if one.confidence >= SURE), None)
        if sure is None:
            near = ", ".join(match.label for match in matches)
            words = _("We couldn’t find this place. Did you mean: %(places)s?") % {"places": near}
            form.add_error(
                "address", words if near else _("We couldn’t find this place. Enter an address, a corner or a park.")
            )
            return None
        point, cleaned["address"] = sure.point, sure.label
    if not ownership.inside(city, point):
        form.add_error("address", _("This place is outside %(city)s.") % {"city": city.name})
        return None
    return point
