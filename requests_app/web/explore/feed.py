"""Recent changes for feed readers and other programs: Atom with GeoRSS points, with the filters of the public list."""

import datetime as dt
import hashlib
from typing import Any

from django.contrib.gis.feeds import GeoAtom1Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.messages.wording import now_for, status_words
from requests_app.models import ServiceRequest
from requests_app.places import named
from requests_app.places.public_filter import PublicFilter
from requests_app.rules.report import key_sentence
from requests_app.rules.shared import intake
from requests_app.web.explore import filters

ENTRIES = 50
# Characters of the description.
EXCERPT_MAX = 500
# A reader that polls once a month misses nothing; older changes are in the list.
WITHIN = dt.timedelta(days=31)


@require_safe
@cache_control(max_age=30, public=True)
def feed(request: HttpRequest) -> HttpResponse:
    """The last 50 changes of the last 31 days, newest first. Unknown filter values match nothing."""
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    # The feed has its own order.
    chosen = PublicFilter(jurisdiction, request.GET).but(sort="")
    site = links.base_url(jurisdiction)
    title = _("Reports to %(city)s") % {"city": jurisdiction.name}
    atom = Feed(
        title=": ".join([title, *filter(None, [" · ".join(filters.labels(chosen))])]),
        description="",
        subtitle=_("What people reported to the city, and what happened next. Private reports aren’t included."),
        link=site + filters.address(reverse("requests_app:public_list"), chosen),
        feed_url=site + filters.address(request.path, chosen),
        feed_guid=f"{site}{request.path}?{chosen.query}",
        language=get_language(),
        # Atom requires an author for each entry or for the feed.
        author_name=f"{jurisdiction.name} 311",
    )
    entries = list(changes(chosen))
    now = now_for(entries)
    for one in entries:
        # Share one jurisdiction, so that its cached properties are read once.
        one.jurisdiction = jurisdiction
        atom.add_item(**_entry(one, site, now))
    written = atom.writeString("utf-8").encode()
    response = HttpResponse(written, content_type="application/atom+xml; charset=utf-8")
    # ETag, never Last-Modified: hiding an entry changes the feed but no date in it.
    response["ETag"] = etag = f'"{hashlib.sha256(written).hexdigest()[:20]}"'
    return get_conditional_response(request, etag=etag, response=response) or response


def changes(chosen: PublicFilter) -> QuerySet[ServiceRequest]:
    found = chosen.requests().filter(updated_at__gte=app_now() - WITHIN)
    return found.select_related("service_version__category", "department", "owner").order_by("-updated_at", "-id")[
        :ENTRIES
    ]


class Feed(GeoAtom1Feed):
    def add_item(self, *args: Any, **item: Any) -> None:
        """Removes control characters from imported text; XML can't hold them and the feed would break."""
        clean: dict[str, Any] = {
            name: intake.clean_text(value) if isinstance(value, str) else value for name, value in item.items()
        }
        super().add_item(*args, **clean)

    def latest_post_date(self) -> dt.datetime:
        """An empty feed is dated today, not now, or it would change on every request."""
        latest: dt.datetime = super().latest_post_date()
        return latest if self.items else latest.replace(hour=0, minute=0, second=0, microsecond=0)


def _entry(service_request: ServiceRequest, site: str, now: dt.datetime | None) -> dict[str, Any]:
    """The id never changes, so that readers update the entry instead of adding another."""
    name = localized(service_request.service_version.name)
    return {
        "title": f"{name}: {status_words(service_request, to_reporter=False, now=now)}",
        "link": site + reverse("requests_app:track", args=[service_request.reference]),
        "unique_id": f"{site}/r/{service_request.reference}",
        # Readers render it as HTML: escape what residents typed, and mark its language.
        "description": format_html(
            '<p><bdi>{}</bdi></p><p lang="{}" dir="auto">{}</p>',
            named.public_words(service_request.public_address) or _("Location not shown"),
            service_request.language,
            key_sentence.first_words(service_request, EXCERPT_MAX),
        ),
        "pubdate": service_request.submitted_at,
        "updateddate": service_request.updated_at,
        "categories": [localized(service_request.service_version.category.name)],
        "geometry": service_request.public_point,
    }
