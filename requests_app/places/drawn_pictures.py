"""Map pictures, drawn once for all who see the same."""

import hashlib
import json
from dataclasses import astuple

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction
from requests_app.places.map_picture import Mark, View, density_of, png, svg

DAY_S = 86_400


def drawn(
    jurisdiction: Jurisdiction,
    view: View,
    marks: list[Mark],
    *,
    ending: str,
    dark: bool,
    is_plain: bool = False,
) -> bytes:
    """From the cache, by what is on it: two reports at one place share a picture. Raises TimeUpError."""
    credit = basemap_attribution(jurisdiction)
    shown = json.dumps([astuple(view), [astuple(mark) for mark in marks], credit, ending, dark, is_plain])
    version = jurisdiction.basemap_version
    key = f"map_picture:{jurisdiction.pk}:{version}:{hashlib.sha256(shown.encode()).hexdigest()}"
    content: bytes | None = cache.get(key)
    if content is None:
        title = _("Map of %(city)s") % {"city": jurisdiction.name}
        drawing = svg(jurisdiction, view, marks, title=title, attribution=credit, dark=dark, is_plain=is_plain)
        content = png(drawing, density=density_of(view.width)) if ending == "png" else drawing.encode()
        cache.set(key, content, timeout=DAY_S)
    return content


def basemap_attribution(jurisdiction: Jurisdiction) -> str:
    return settings.BASEMAP_ATTRIBUTION or str(jurisdiction.map_view.get("attribution", ""))
